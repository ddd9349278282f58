import { capabilities } from '../../fixtures/capabilities.ts'
import type { Reason } from './reason.ts'

type Of<K> = Extract<Reason, { kind: K }>

const texts: { readonly [K in Reason['kind']]: (reason: Of<K>) => string } = {
  capability: ({ capability }) => `needs ${capability}`,
  'needs-stress': () => 'needs site.stress',
  'needs-slow': () => 'needs --slow: nothing speaks against it so far, and only waiting proves it',
  'not-returned': ({ fact }) => `the server does not return ${fact}, which is optional`,
  'not-advertised': ({ member }) => `the server does not advertise ${member} in its metadata`,
  'lives-too-long': ({ value, seconds }) => `${value} lives for ${seconds} seconds, and a run does not wait that long`,
  filtered: () => 'a firewall in front of the site rejects the request (403, not an OAuth error)',
  unmapped: ({ roles }) => `not mapped in the site file: ${roles.join(', ')}`,
  'not-provisioned': ({ roles }) => `not provisioned: ${roles.join(', ')}`,
  'no-grant': ({ client, grant }) => `the consumer mapped as ${client} does not have the grant ${grant}`,
  'no-consent': ({ client }) =>
    `needs ${client} with "Remember previous approval" and "Automatic authorization" switched off; if they are, say "remembers: false" in the site file`,
  'default-scopes': ({ client }) =>
    `needs ${client} without default scopes: a request without a scope gets those of the consumer`,
  'no-password': ({ user }) => `no password in the site file: user ${user}`,
  'login-elsewhere': () => 'users log in at another address, to which a run sends nothing',
  'authorization-header-taken': () => 'HTTP Basic in front of the site takes the Authorization header',
  'absent-before': ({ value }) => `the server had no ${value} before the upgrade`,
  'otherwise-before': ({ value }) => `it was not so before the upgrade, either (${value})`,
  'needs-drush': () => 'needs drush: name the command that runs it as drush in the site file',
  'unreachable-key-set': () => 'the server cannot fetch the key set that the suite serves on 127.0.0.1',
  'suite-error': ({ message }) => message,
  'site-not-restored': ({ message }) => `the site was not restored: ${message}`,
}

/** Why a check was skipped, or what went wrong in the suite; the text for an error may have several lines. */
export const describeReason = (reason: Reason): string => (texts[reason.kind] as (of: Reason) => string)(reason)

/** The meaning of the capability for which a check was skipped; undefined for other reasons. */
export function capabilityOf(reason: Reason): string | undefined {
  if (reason.kind === 'needs-stress') return capabilities['site.stress']
  return reason.kind === 'capability' ? capabilities[reason.capability] : undefined
}
