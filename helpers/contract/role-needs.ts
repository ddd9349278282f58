import { clients, type ClientFixture, type ClientRole, type ScopeRole, type UserRole } from '../../fixtures/roles.ts'
import type { ConsumerName, TargetInfo } from '../model/target.ts'
import type { ObtainStep, Step } from '../oauth/steps.ts'
import type { Check } from './case.ts'

/** The roles that a check acts as or names. */
export interface RoleNeeds {
  readonly clients: ReadonlySet<ConsumerName>
  readonly users: ReadonlySet<UserRole>
  /** Users who log in by the form in the middle of the check. */
  readonly passwords: ReadonlySet<UserRole>
  readonly scopes: ReadonlySet<ScopeRole>
  /** A step sends an Authorization header of its own. */
  readonly authorization: boolean
}

/** Steps in which no client acts. */
const withoutClient: ReadonlySet<Step['do']> = new Set([
  'resource',
  'preflight',
  'jsonapi',
  'everyAnswer',
  'offers',
  'jwks',
  'wait',
  'changeSite',
  'changeUser',
  'login',
  'decide',
  'logOut',
  'verifyUserCode',
  'manageRegistration',
])

/** The roles that a check names, its control included. A declaration is plain data, so none can be missed. */
export function roleNeeds(check: Check, target: TargetInfo): RoleNeeds {
  const { control, before = [], when, slow, afterwards, then } = check
  const all = [...control, ...before, ...when, ...(slow?.when ?? []), ...afterwards]
  const steps = all.map((step) => (step.do === 'race' ? step.step : step))
  const named = namesIn([all, then, slow?.then], check.given.client)
  const users = steps.flatMap((step) => usersOf(step, check, target))
  return {
    clients: new Set([...steps.flatMap((step) => clientsOf(step, check)), ...named.clients]),
    users: new Set(users.map(({ role }) => role)),
    passwords: new Set(users.filter(({ byPassword }) => byPassword).map(({ role }) => role)),
    scopes: named.scopes,
    authorization: steps.some(sendsAuthorization),
  }
}

function clientsOf(step: Step, { given }: Check): ConsumerName[] {
  if (withoutClient.has(step.do) || (step.do === 'metadata' && step.try === undefined)) return []
  return ['client' in step && typeof step.client === 'string' ? step.client : given.client]
}

interface ActingUser {
  readonly role: UserRole
  readonly byPassword: boolean
}

function usersOf(step: Step, { given }: Check, target: TargetInfo): ActingUser[] {
  const { user = 'editor' } = given
  switch (step.do) {
    case 'authorize':
    case 'codeGrant':
      return step.session === 'none' ? [] : [{ role: step.user ?? user, byPassword: step.session === 'fresh' }]
    case 'verifyUserCode':
      return step.session === 'none' ? [] : [{ role: step.user ?? user, byPassword: false }]
    case 'metadata':
      return step.try === undefined ? [] : [{ role: user, byPassword: false }]
    case 'obtain':
      return obtainsByUser(step, given.client, target) ? [{ role: user, byPassword: false }] : []
    case 'login':
      return [{ role: step.user ?? user, byPassword: true }]
    case 'changeUser':
      return [{ role: step.user ?? user, byPassword: false }]
    case 'resource':
      return step.cookieOf === undefined ? [] : [{ role: step.cookieOf, byPassword: false }]
    default:
      return []
  }
}

/** Whether a user has to consent, or gives the client a password. */
function obtainsByUser({ client, grant }: ObtainStep, acting: ConsumerName, target: TargetInfo): boolean {
  if (typeof grant === 'string') return ['authorization_code', 'refresh_token', 'implicit', 'password'].includes(grant)
  const role = typeof client === 'string' ? client : acting
  return target.clients[role]?.grantTypes.includes('authorization_code') ?? false
}

const sendsAuthorization = (step: Step): boolean =>
  ('authentication' in step && step.authentication === 'basic') ||
  (step.do === 'resource' && step.token !== null && (step.placement ?? 'header') === 'header') ||
  (step.do === 'jsonapi' && step.token !== null)

/** What in a declaration names a role. */
interface Named {
  readonly $?: string
  readonly is?: string
  readonly roles?: readonly ScopeRole[]
  readonly scopes?: readonly ScopeRole[]
  readonly client?: ClientRole
}

/** The names that one walk through a declaration collects. */
interface Names {
  readonly clients: Set<ConsumerName>
  readonly scopes: Set<ScopeRole>
}

function namesIn(part: unknown, acting: ConsumerName, names: Names = { clients: new Set(), scopes: new Set() }): Names {
  if (typeof part !== 'object' || part === null) return names
  const { $, is, roles = [], scopes = [], client } = part as Named
  if ($ === 'clientSecret' && client !== undefined) names.clients.add(client)
  if ($ === 'clientOrigin' || is === 'client-id' || is === 'client-audience') names.clients.add(acting)
  if ($ === 'scopes') for (const role of roles) names.scopes.add(role)
  if (is === 'scopes') for (const role of scopes) names.scopes.add(role)
  for (const value of Object.values(part)) namesIn(value, acting, names)
  return names
}

/** The fixture of a role; none for a consumer that only has guarantees. */
export const fixtureOf = (role: ConsumerName): ClientFixture | undefined =>
  Object.hasOwn(clients, role) ? clients[role as ClientRole] : undefined
