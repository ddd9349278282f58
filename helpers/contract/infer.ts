import { capabilities, type Capability } from '../../fixtures/capabilities.ts'
import type { ClientRole, UserRole } from '../../fixtures/roles.ts'
import type { ConsumerName } from '../model/target.ts'
import type { ChangeConsumerStep, Step } from '../oauth/steps.ts'
import { fixtureOf } from './role-needs.ts'

/** The user of a case that names none, unless its client names one. */
export const defaultUser: UserRole = 'editor'

/** The user of a case that names none, by its client, if the steps need a user. */
export const usualUser = (client: ConsumerName): UserRole => fixtureOf(client)?.resourceOwner ?? defaultUser

const withUser: ReadonlySet<Step['do']> = new Set(['authorize', 'codeGrant', 'obtain', 'login', 'verifyUserCode'])

/** Whether a user has to log in or to consent in one of the steps. */
export const needsUser = (steps: readonly Step[]): boolean =>
  steps.some((step) => withUser.has(step.do) || (step.do === 'metadata' && step.try !== undefined))

/** The client of a case that names none, by what its steps need. Steps with a client of their own do not count. */
export function usualClient(steps: readonly Step[]): ClientRole {
  const own = steps.filter((step) => !('client' in step))
  return own.some((step) => step.do === 'clientCredentials') && !needsUser(own) ? 'machine' : 'publicPkce'
}

/** What the target must have for the steps, in the order of `fixtures/capabilities.ts`. */
export function requiredBy(steps: readonly Step[]): Capability[] {
  const found = new Set(steps.flatMap(requiredByStep))
  return (Object.keys(capabilities) as Capability[]).filter((capability) => found.has(capability))
}

function requiredByStep(step: Step): Capability[] {
  return [...neededBy(step), ...(names(step, 'refresh_token') ? (['refresh_token'] as const) : [])]
}

function neededBy(step: Step): readonly Capability[] {
  switch (step.do) {
    case 'authorize':
    case 'codeGrant':
      return [
        'authorization_code',
        ...(step.verifier === null ? [] : (['pkce.s256'] as const)),
        ...denial(step),
        ...openid(step),
        ...(step.password === undefined ? [] : (['site.stress'] as const)),
      ]
    case 'decide':
      return ['authorization_code', ...denial(step)]
    case 'obtain':
      return neededFor(step.grant)
    case 'race':
      return ['site.stress', ...requiredByStep(step.step)]
    case 'resource':
      return step.path === undefined && step.at !== 'login' ? [resourceAt[step.at ?? 'resource']] : []
    case 'changeConsumer':
      return ['site.own-entities', ...settingsNeed(step.change)]
    case 'metadata':
      return step.try === undefined ? [] : neededFor('authorization_code')
    case 'preflight':
      return preflightAt[typeof step.at === 'string' ? step.at : ''] ?? []
    default:
      return always[step.do] ?? []
  }
}

/** Capabilities that changes of a consumer's settings need. */
function settingsNeed(change: ChangeConsumerStep['change']): Capability[] {
  if (change === 'unpublish') return ['consumer.unpublish']
  if (typeof change !== 'object' || '$' in change) return []
  const { grantTypes, scopes } = change
  return [...(grantTypes ? (['consumer.grants'] as const) : []), ...(scopes ? (['consumer.scopes'] as const) : [])]
}

/** What a kind of step always needs. */
const always: Readonly<Partial<Record<Step['do'], readonly Capability[]>>> = {
  exchange: ['authorization_code'],
  logOut: ['authorization_code'],
  refresh: ['refresh_token'],
  clientCredentials: ['client_credentials'],
  revoke: ['revocation'],
  introspect: ['introspection'],
  deviceAuthorization: ['device'],
  verifyUserCode: ['device'],
  poll: ['device'],
  // A registration stays on the site if its server cannot delete it.
  register: ['registration', 'site.control'],
  manageRegistration: ['registration.management'],
  login: ['site.stress'],
  jsonapi: ['resource.jsonapi'],
  jwks: ['jwks'],
  changeSite: ['site.control'],
  changeUser: ['site.own-entities'],
}

const denial = ({ decision }: { readonly decision?: string }): readonly Capability[] =>
  decision === 'deny' ? ['consent.deny'] : []

const resourceAt = { resource: 'resource.debug', userinfo: 'oidc', rolePage: 'resource.role' } as const

const preflightAt: Readonly<Record<string, readonly Capability[]>> = {
  resource: ['resource.debug'],
  userinfo: ['oidc'],
  content: ['resource.jsonapi'],
}

// With client_credentials a client needs no user; a grant that no server offers needs nothing.
const byGrant: Readonly<Record<string, readonly Capability[]>> = {
  authorization_code: ['authorization_code', 'pkce.s256'],
  refresh_token: ['authorization_code', 'pkce.s256', 'refresh_token'],
  client_credentials: ['client_credentials'],
}

const neededFor = (grant: unknown): readonly Capability[] => byGrant[typeof grant === 'string' ? grant : ''] ?? []

/** The scope `openid` (OpenID Connect Core 1.0 §3.1.2.1). */
const openid = (step: Step): Capability[] => (/\bopenid\b/u.test(JSON.stringify(step)) ? ['oidc'] : [])

/** Whether a step refers to a value of this name of an earlier one. */
function names(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  return '$' in value && 'of' in value
    ? String(value.of).endsWith(`.${name}`)
    : Object.values(value).some((part) => names(part, name))
}
