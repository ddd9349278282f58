import { scopes as scopeFixtures, type ScopeRole } from '../../fixtures/roles.ts'
import { memberOf, scopesOf, type ConfigFile, type ExportedScope } from './read-config.ts'

/**
 * Proposes lines of a site file from an exported configuration: scopes by role, and a policy. Consumers and users are content and not
 * exported, so the policy contains a placeholder and is commented out.
 */
export function proposedLines(config: readonly ConfigFile[]): {
  readonly scopes: readonly string[]
  readonly policy: readonly string[]
} {
  const scopes = scopesOf(config)
  return { scopes: scopeLines(scopes), policy: policyLines(config, scopes) }
}

const quoted = (text: string): string => JSON.stringify(text)

/** A role is mapped to a scope with the same permission and the same grants. */
export function scopeLines(scopes: readonly Omit<ExportedScope, 'file' | 'id' | 'umbrella'>[]): string[] {
  const roles = (Object.keys(scopeFixtures) as ScopeRole[]).flatMap((role) => {
    const { permission, grantTypes } = scopeFixtures[role]
    const fitting = scopes.find(
      ({ granularity, opens, grants }) =>
        permission !== undefined &&
        granularity === 'permission' &&
        opens === permission &&
        grantTypes.every((one) => grants.includes(one)),
    )
    return fitting === undefined ? [] : [[role, fitting.name] as const]
  })
  const unique = roles.filter(([, name], index) => roles.findIndex(([, other]) => other === name) === index)
  return unique.length === 0 ? [] : ['scopes:', ...unique.map(([role, name]) => `  ${role}: ${quoted(name)}`)]
}

const tested = ['authorization_code', 'refresh_token', 'client_credentials']

function policyLines(config: readonly ConfigFile[], scopes: readonly ExportedScope[]): string[] {
  const pkce = config.find(({ name }) => name === 'simple_oauth_pkce.settings')
  const isMandatory = pkce !== undefined && memberOf(pkce, ['enforcement']) === 'mandatory'
  const methods = pkce === undefined ? [] : pkceMethods(pkce)
  const ofGrant = (grant: string): readonly string[] =>
    scopes.filter(({ grants, name }) => grants.includes(grant) && name !== '').map(({ name }) => name)
  const grants = (wanted: readonly string[]): string =>
    tested.filter((one) => wanted.includes(one) && ofGrant(one).length > 0).join(', ')
  const codes = ofGrant('authorization_code')
  const machine = ofGrant('client_credentials')
  const list = (names: readonly string[]): string => `[${names.map(quoted).join(', ')}]`
  const entries = [
    ...(codes.length === 0
      ? []
      : [
          '#  - consumer: my-app',
          '#    redirectUri: https://app.example.org/callback',
          `#    requests: ${list(codes)}`,
          '#    promises:',
          ...(isMandatory ? ['#      pkce: required'] : []),
          ...(methods.length > 0 ? [`#      challengeMethods: [${methods.join(', ')}]`] : []),
          `#      grants: [${grants(['authorization_code', 'refresh_token'])}]`,
          '#      accessTokenLifetime: 300',
        ]),
    ...(machine.length === 0
      ? []
      : [
          '#  - consumer: my-job',
          '#    client_secret: ${JOB_SECRET}',
          '#    promises:',
          '#      grants: [client_credentials]',
          `#      scopes: ${list(machine)}`,
        ]),
  ]
  return entries.length === 0 ? [] : ['#policy:', ...entries]
}

const pkceMethods = (file: ConfigFile): readonly string[] => [
  ...(memberOf(file, ['s256_enabled']) === true ? ['S256'] : []),
  ...(memberOf(file, ['plain_enabled']) === true ? ['plain'] : []),
]
