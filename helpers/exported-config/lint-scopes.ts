import { finding, type LintFinding } from './finding.ts'
import { memberOf, type ConfigFile, type ExportedScope } from './read-config.ts'

/** A scope without a granularity, permission or role. */
export function scopeOpens(scope: ExportedScope, named: ReadonlyMap<string, ConfigFile>): LintFinding[] {
  const { file, name, umbrella, granularity, opens } = scope
  const next = 'Choose one, or delete the scope.'
  if (umbrella) return []
  if (granularity === '')
    return [
      finding(file)(
        'scope-no-granularity',
        'problem',
        ['granularity_id'],
        `The scope "${name}" has no granularity and opens nothing. ${next}`,
        'key',
      ),
    ]
  const path = ['granularity_configuration', granularity]
  if ((granularity === 'permission' || granularity === 'role') && opens === '')
    return [
      finding(file)(
        'scope-opens-nothing',
        'problem',
        path,
        `The scope "${name}" has no ${granularity} and opens nothing. ${next}`,
      ),
    ]
  if (granularity === 'role' && !named.has(`user.role.${opens}`))
    return [
      finding(file)(
        'scope-opens-nothing',
        'problem',
        path,
        `The scope "${name}" has the role "${opens}", which is not exported. ${next}`,
      ),
    ]
  return []
}

/** Clients know a scope by its name alone. */
export function scopeName({ file, id, name }: ExportedScope): LintFinding[] {
  if (name === '')
    return [
      finding(file)(
        'scope-no-name',
        'problem',
        ['name'],
        `The scope "${id}" has no name, and clients request a scope by its name.`,
        'key',
      ),
    ]
  const message = `Clients request this scope as "${name}"; "${id}" is only its ID.`
  return id === name ? [] : [finding(file)('scope-id-not-name', 'note', ['id'], message)]
}

const known = new Set(['authorization_code', 'client_credentials', 'refresh_token'])

/** Grants of other modules, and a status of the wrong type. */
export function scopeGrants({ file, name, grants }: ExportedScope): LintFinding[] {
  const at = (grant: string): readonly string[] => ['grant_types', grant, 'status']
  return grants.flatMap((grant) => [
    ...(known.has(grant)
      ? []
      : [
          finding(file)(
            ...(['grant-unknown', 'note', ['grant_types', grant]] as const),
            `The scope "${name}" has the grant "${grant}", which is of another module and is not tested.`,
            'key',
          ),
        ]),
    ...(memberOf(file, at(grant)) === true
      ? []
      : [
          finding(file)(
            ...(['status-not-boolean', 'note', at(grant)] as const),
            `The status of "${grant}" is ${JSON.stringify(memberOf(file, at(grant)))}; the schema has true or false.`,
          ),
        ]),
  ])
}

/** A parent that is not exported. */
export function scopeParent({ file, name }: ExportedScope, scopes: readonly ExportedScope[]): LintFinding[] {
  const parent = memberOf(file, ['parent'])
  if (typeof parent !== 'string' || parent === '' || scopes.some(({ id }) => id === parent)) return []
  return [
    finding(file)(
      'scope-no-parent',
      'problem',
      ['parent'],
      `The parent of the scope "${name}", "${parent}", is not exported.`,
    ),
  ]
}

const grantCodes = 'grant simple_oauth codes'

/** Reports that no role may grant codes: user 1 and administrators, who have every permission, would not notice. */
export function codesGranted(config: readonly ConfigFile[], scopes: readonly ExportedScope[]): LintFinding[] {
  const roles = config.filter(({ name }) => name.startsWith('user.role.'))
  const grants = (role: ConfigFile): boolean => {
    const permissions = memberOf(role, ['permissions'])
    return Array.isArray(permissions) && permissions.includes(grantCodes)
  }
  const scope = scopes.find((one) => one.grants.includes('authorization_code'))
  const everyone = roles.find(({ name }) => name === 'user.role.authenticated')
  if (scope === undefined || everyone === undefined || roles.some(grants)) return []
  return [
    finding(everyone)(
      ...(['no-role-grants-codes', 'problem', ['permissions']] as const),
      `No role has the permission "${grantCodes}", but scopes have the authorization code grant: only administrators can give consent. Give it to the role of the users that log in to clients.`,
      'key',
    ),
  ]
}
