import {
  clients,
  type ClientFixture,
  type ClientRole,
  type GrantType,
  type ScopeRole,
  type UserRole,
} from '../../fixtures/roles.ts'
import type { ObtainStep, Step } from '../oauth/steps.ts'
import type { ConsumerName, TargetInfo } from '../model/target.ts'
import type { Check } from './case.ts'

/**
 * Why a check cannot run against a target, or null: the capability that is absent, or on a site of somebody else what its owner did
 * not map. The words stand in the report.
 */
export function skipReason(check: Check, target: TargetInfo): string | null {
  const missing = check.requires.find((capability) => !target.capabilities.includes(capability))
  if (missing !== undefined) return missing
  return target.mapped ? unmapped(check, target) : null
}

function unmapped(check: Check, target: TargetInfo): string | null {
  const needs = needsOf(check, target)
  const roles = [
    ...needs.clients.filter((role) => target.clients[role] === undefined).map((role) => `client ${role}`),
    ...needs.users.filter((role) => target.users[role] === undefined).map((role) => `user ${role}`),
    ...scopesOf(needs, target).map((role) => `scope ${role}`),
  ]
  if (roles.length > 0)
    return `${target.provisioned ? 'not provisioned' : 'not mapped in the site file'}: ${roles.join(', ')}`
  for (const role of needs.clients) {
    const lost = ofRole(role)?.grantTypes.find((grant) => check.requires.includes(grant) && !has(target, role, grant))
    if (lost !== undefined) return `the consumer mapped as ${role} has no grant ${lost}`
  }
  if (needs.passwords.length > 0) {
    const role = needs.passwords.find((user) => target.users[user]?.password === undefined)
    if (role !== undefined) return `no password in the site file: user ${role}`
    // One login per user and run: more of them only where the owner allows it, or the users are our own.
    if (!target.provisioned && !target.capabilities.includes('site.stress')) return 'site.stress'
  }
  // RFC 9110 §11.6.2: a request has one Authorization header.
  if (target.takesAuthorization && needs.authorization)
    return 'HTTP Basic in front of the site takes the Authorization header'
  return null
}

/** What the suite says of a role; nothing of a consumer that only promises something. */
const ofRole = (role: ConsumerName): ClientFixture | undefined =>
  Object.hasOwn(clients, role) ? clients[role as ClientRole] : undefined

const has = (target: TargetInfo, role: ConsumerName, grant: GrantType): boolean =>
  target.clients[role]?.grantTypes.includes(grant) ?? false

/** Scopes that are named, or asked for because a client of the suite would, and are not on the site. */
function scopesOf({ scopes, clients: acting }: Needs, target: TargetInfo): ScopeRole[] {
  const byDefault = acting.flatMap((role) =>
    target.clients[role]?.requests.length === 0 ? (ofRole(role)?.requests ?? []) : [],
  )
  return [...new Set([...scopes, ...byDefault])].filter((role) => target.scopes[role] === undefined)
}

interface Needs {
  readonly clients: readonly ConsumerName[]
  readonly users: readonly UserRole[]
  /** Users who log in by the form in the middle of the check. */
  readonly passwords: readonly UserRole[]
  readonly scopes: readonly ScopeRole[]
  /** A step sends an Authorization header of its own. */
  readonly authorization: boolean
}

/** Steps in which no client acts. */
const withoutClient: ReadonlySet<Step['do']> = new Set(['resource', 'jwks', 'wait', 'changeSite', 'login'])

/** What in a declaration names a role. */
interface Named {
  readonly $?: string
  readonly is?: string
  readonly roles?: readonly ScopeRole[]
  readonly scopes?: readonly ScopeRole[]
  readonly client?: ClientRole
}

/** Whether a user has to allow it: client_credentials and password need none. */
function obtainsByUser({ client, grant }: ObtainStep, given: ConsumerName, target: TargetInfo): boolean {
  if (typeof grant === 'string') return ['authorization_code', 'refresh_token', 'implicit'].includes(grant)
  return has(target, typeof client === 'string' ? client : given, 'authorization_code')
}

/** Whom and what a check names, in its control too. A declaration is plain data, so that nothing can hide. */
function needsOf({ given, control, when, slow, afterwards, then }: Check, target: TargetInfo): Needs {
  const acting = new Set<ConsumerName>()
  const users = new Set<UserRole>()
  const passwords = new Set<UserRole>()
  const scopes = new Set<ScopeRole>()
  let authorization = false
  const user = given.user ?? 'editor'

  const value = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    const named = part as Named
    if (named.$ === 'scopes') for (const role of named.roles ?? []) scopes.add(role)
    if (named.is === 'scopes') for (const role of named.scopes ?? []) scopes.add(role)
    if (named.$ === 'clientSecret' && named.client !== undefined) acting.add(named.client)
    if (named.is === 'client-id') acting.add(given.client)
    for (const inner of Object.values(part)) value(inner)
  }
  const step = (one: Step): void => {
    if (one.do === 'race') {
      step(one.step)
      return
    }
    if (!withoutClient.has(one.do))
      acting.add('client' in one && typeof one.client === 'string' ? one.client : given.client)
    if ((one.do === 'authorize' || one.do === 'codeGrant') && one.session !== 'none') users.add(one.user ?? user)
    if (one.do === 'obtain' && obtainsByUser(one, given.client, target)) users.add(user)
    if ('session' in one && one.session === 'fresh') passwords.add(one.user ?? user)
    if (one.do === 'login') {
      users.add(one.user ?? user)
      passwords.add(one.user ?? user)
    }
    if ('authentication' in one && one.authentication === 'basic') authorization = true
    if (one.do === 'resource' && one.token !== null && (one.placement ?? 'header') === 'header') authorization = true
  }
  const steps = [...control, ...when, ...(slow?.when ?? []), ...afterwards]
  for (const one of steps) step(one)
  value([steps, then, slow?.then])
  return {
    clients: [...acting],
    users: [...users],
    passwords: [...passwords],
    scopes: [...scopes],
    authorization,
  }
}
