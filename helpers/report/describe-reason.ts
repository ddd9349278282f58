import { capabilities } from '../../fixtures/capabilities.ts'
import type { Reason } from '../model/reason.ts'
import type { RunReason } from '../model/run-reason.ts'
import { count, type Summary } from './run.ts'

type Of<K> = Extract<Reason, { kind: K }>

const texts: { readonly [K in Reason['kind']]: (reason: Of<K>) => string } = {
  capability: ({ capability }) => `needs ${capability}`,
  'needs-stress': () => 'needs site.stress',
  'needs-slow': () => 'needs --slow: nothing speaks against it so far, and only waiting proves it',
  unmapped: ({ roles }) => `not mapped in the site file: ${roles.join(', ')}`,
  'not-provisioned': ({ roles }) => `not provisioned: ${roles.join(', ')}`,
  'no-grant': ({ client, grant }) => `the consumer mapped as ${client} does not have the grant ${grant}`,
  'no-consent': ({ client }) =>
    `needs ${client} with "Remember previous approval" and "Automatic authorization" switched off`,
  'no-password': ({ user }) => `no password in the site file: user ${user}`,
  'authorization-header-taken': () => 'HTTP Basic in front of the site takes the Authorization header',
  'suite-error': ({ message }) => message,
  'site-not-restored': ({ message }) => `the site was not restored: ${message}`,
}

/** Why a check was skipped, or how the suite went wrong, in one text; that of an error may have several lines. */
export const describeReason = (reason: Reason): string => (texts[reason.kind] as (of: Reason) => string)(reason)

/** What a capability means that a check was skipped for; undefined of other reasons. */
export function capabilityOf(reason: Reason): string | undefined {
  if (reason.kind === 'needs-stress') return capabilities['site.stress']
  return reason.kind === 'capability' ? capabilities[reason.capability] : undefined
}

type OfRun<K> = Extract<RunReason, { kind: K }>

const runTexts: { readonly [K in RunReason['kind']]: (reason: OfRun<K>) => string } = {
  'run-failed': ({ code }) => `the run failed: ${code}`,
  interrupted: ({ signal, completed, planned }) =>
    `interrupted by ${signal} after ${completed} of ${count(planned, 'check')}`,
  'nothing-selected': () => 'nothing was selected',
  'nothing-proven': () => 'nothing was proven: no check completed',
  fail: ({ checks }) => `${count(checks, 'check')} failed`,
  warn: ({ checks }) => `${count(checks, 'warning')}, counted as failed (strict)`,
  stale: ({ checks }) => `${count(checks, 'check')} stale: the known issue no longer occurs`,
  blocked: ({ checks }) => `${count(checks, 'check')} blocked: nothing was proven there`,
  error: ({ checks }) => `${count(checks, 'check')} in error: the suite itself went wrong`,
  'no-verdict': ({ checks }) => `${count(checks, 'check')} without a verdict`,
  'critical-not-tested': ({ contracts }) => `critical contracts not tested: ${contracts.join(', ')}`,
}

/** Why the exit code of a run is not 0, in one line. */
export const describeRunReason = (reason: RunReason): string =>
  (runTexts[reason.kind] as (of: RunReason) => string)(reason)

/** "conformant", "no new differences (120 known)" */
export const describeConclusion = ({ conclusion, known }: Summary): string =>
  conclusion === 'no new differences' ? `${conclusion} (${known} known)` : conclusion
