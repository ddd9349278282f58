import type { Capability } from '../../fixtures/capabilities.ts'
import { scopes } from '../../fixtures/roles.ts'
import type { ProvisionData, ProvisionScope } from './provision.ts'

/** What a scope is: an entity of its own (Simple OAuth 6), or a Drupal role (5.2). */
export type ScopeModel = 'entities' | 'roles'

/** Lifetimes in seconds that 5.2 sets for the whole site, and Simple OAuth 6 for each consumer. */
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

/** The lifetimes set on a site that the suite installed: those of most clients. */
export const ownLifetimes: GlobalLifetimes = { accessTokenLifetime: 300, refreshTokenLifetime: 3600 }

/**
 * Adapts the fixtures to Simple OAuth 5.2: each scope is a role with the scope's permission, given to every user with that permission; a
 * consumer has one redirect URI and the site's lifetimes. Scopes that need more are left out.
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

/** The ID of the scope's role, without the colons and hyphens that IDs must not contain. */
const roleId = ({ name, grantsRole }: ProvisionScope): string =>
  grantsRole ?? name.toLowerCase().replace(/[^a-z0-9_]/gu, '_')
