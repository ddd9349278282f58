import type { Role, SkipReason } from '../model/reason.ts'
import type { Capability } from '../../fixtures/capabilities.ts'
import { scopes as scopeFixtures, type ScopeRole } from '../../fixtures/roles.ts'
import type { TargetInfo } from '../model/target.ts'
import type { Check } from './case.ts'
import { fixtureOf, roleNeeds, type RoleNeeds } from './role-needs.ts'

/**
 * Why a check cannot run against a target: a missing capability or, on a third-party site, a role that its owner did not map. Null if it
 * can run.
 */
export function skipReason(check: Check, target: TargetInfo): SkipReason | null {
  const needs = roleNeeds(check, target)
  const missing = [...check.requires, ...requiredByRoles(needs)].find(
    (capability) => !target.capabilities.includes(capability),
  )
  if (missing === 'site.stress') return { kind: 'needs-stress' }
  if (missing !== undefined) return { kind: 'capability', capability: missing }
  if (!target.mapped) return null
  return (
    missingRoles(needs, target) ??
    missingGrant(check, needs, target) ??
    missingPassword(needs, target) ??
    // RFC 9110 §11.6.2: a request has one Authorization header.
    (target.takesAuthorization && needs.authorization ? { kind: 'authorization-header-taken' } : null)
  )
}

/** What the server must have for the clients and scopes that a check names. */
const requiredByRoles = ({ clients, scopes }: RoleNeeds): Capability[] =>
  [...[...clients].map(fixtureOf), ...[...scopes].map((role) => scopeFixtures[role])].flatMap(
    (fixture) => fixture?.requires ?? [],
  )

function missingRoles(needs: RoleNeeds, target: TargetInfo): SkipReason | null {
  const [first, ...others] = [
    ...[...needs.clients].filter((role) => target.clients[role] === undefined).map((role): Role => `client ${role}`),
    ...[...needs.users].filter((role) => target.users[role] === undefined).map((role): Role => `user ${role}`),
    ...missingScopes(needs, target).map((role): Role => `scope ${role}`),
  ]
  if (first === undefined) return null
  return { kind: target.provisioned ? 'not-provisioned' : 'unmapped', roles: [first, ...others] }
}

/** Scopes that the check names or its clients request by default, but the site file does not map. */
function missingScopes({ scopes, clients }: RoleNeeds, target: TargetInfo): ScopeRole[] {
  const byDefault = [...clients].flatMap((role) =>
    target.clients[role]?.requests.length === 0 ? (fixtureOf(role)?.requests ?? []) : [],
  )
  return [...new Set([...scopes, ...byDefault])].filter((role) => target.scopes[role] === undefined)
}

function missingGrant({ requires }: Check, { clients }: RoleNeeds, target: TargetInfo): SkipReason | null {
  for (const client of clients) {
    const grants = target.clients[client]?.grantTypes ?? []
    const grant = fixtureOf(client)?.grantTypes.find((type) => requires.includes(type) && !grants.includes(type))
    if (grant !== undefined) return { kind: 'no-grant', client, grant }
  }
  return null
}

function missingPassword({ passwords }: RoleNeeds, target: TargetInfo): SkipReason | null {
  const user = [...passwords].find((role) => target.users[role]?.password === undefined)
  if (user !== undefined) return { kind: 'no-password', user }
  // One login per user and run: more of them only where the owner allows it, or the users are our own.
  const allowed = target.provisioned === true || target.capabilities.includes('site.stress')
  return passwords.size > 0 && !allowed ? { kind: 'needs-stress' } : null
}
