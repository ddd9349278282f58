import type { Capability } from '../../fixtures/capabilities.ts'
import { scopes } from '../../fixtures/roles.ts'
import type { ProvisionData, ProvisionScope } from './provision.ts'

/** What a scope is: an entity of its own (Simple OAuth 6), or a Drupal role (5.2). */
export type ScopeModel = 'entities' | 'roles'

/** Settings of the whole site that Simple OAuth 6 has for each consumer. Seconds. */
export interface GlobalLifetimes {
  readonly accessTokenLifetime: number
  readonly refreshTokenLifetime: number
}

/** What Simple OAuth 5.2 lacks. */
export const lackedByRoles: readonly Capability[] = [
  'scope.grants',
  'scope.umbrella',
  'consumer.scopes',
  'consumer.code-scopes',
  'consumer.grants',
  'consumer.lifetimes',
  'consumer.redirect-uris',
  'consumer.remember-approval',
  'consent.deny',
]

/** What is set on a site that the suite installed. The lifetimes are those of most clients. */
export const ownLifetimes: GlobalLifetimes = { accessTokenLifetime: 300, refreshTokenLifetime: 3600 }

/**
 * The fixtures as Simple OAuth 5.2 can have them: each scope is a role with the scope's permission, given to every user with that
 * permission; a consumer has one redirect URI, and the lifetimes of the site. Scopes that need more are left out.
 */
export function asRoles(data: ProvisionData, lifetimes: GlobalLifetimes): ProvisionData {
  const kept = data.scopes.filter(({ role }) => [undefined, 'resource.jsonapi'].includes(scopes[role].requires))
  const ids = new Map(kept.map((scope) => [scope.name, roleId(scope)]))
  const named = (names: readonly string[]): string[] => names.flatMap((name) => ids.get(name) ?? [])
  const withPermission = kept.flatMap((scope) =>
    scope.permission === undefined ? [] : [{ id: roleId(scope), permission: scope.permission }],
  )
  return {
    ...data,
    scopes: kept.map((scope) => ({ ...scope, name: roleId(scope) })),
    users: data.users.map((user) => {
      const own = withPermission.filter(
        ({ permission }) => user.admin !== undefined || user.permissions.includes(permission),
      )
      return { ...user, roles: { ...user.roles, ...Object.fromEntries(own.map((one) => [one.id, [one.permission]])) } }
    }),
    clients: data.clients.map((client) => ({
      ...client,
      ...lifetimes,
      redirectUris: client.redirectUris.slice(0, 1),
      requests: named(client.requests),
      scopes: named(client.scopes),
      authorizationCodeScopes: named(client.authorizationCodeScopes ?? []),
    })),
  }
}

/** The ID of the role that is the scope: no ID contains a colon or a hyphen. */
const roleId = ({ name, grantsRole }: ProvisionScope): string =>
  grantsRole ?? name.toLowerCase().replace(/[^a-z0-9_]/gu, '_')
