import { capabilities, type Capability } from '../../fixtures/capabilities.ts'
import type { UserRole } from '../../fixtures/roles.ts'
import type { Step } from '../oauth/steps.ts'

/** The user of a case that names none: whoever the steps need somebody to be. */
export const usualUser: UserRole = 'editor'

const withUser: ReadonlySet<Step['do']> = new Set(['authorize', 'codeGrant', 'obtain', 'login', 'verifyUserCode'])

/** Whether a user has to log in or to consent in one of the steps. */
export const needsUser = (steps: readonly Step[]): boolean =>
  steps.some((step) => withUser.has(step.do) || (step.do === 'metadata' && step.try !== undefined))

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
      return byGrant[typeof step.grant === 'string' ? step.grant : ''] ?? []
    case 'race':
      return ['site.stress', ...requiredByStep(step.step)]
    case 'resource':
      return step.path === undefined && step.at !== 'login' ? [resourceAt[step.at ?? 'resource']] : []
    case 'metadata':
      return step.try === undefined ? [] : ['authorization_code', 'pkce.s256']
    case 'preflight':
      return preflightAt[typeof step.at === 'string' ? step.at : ''] ?? []
    default:
      return always[step.do] ?? []
  }
}

/** What a step needs whatever it says. */
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
  // A registration stays on the site unless its server can delete it.
  register: ['registration', 'site.control'],
  manageRegistration: ['registration.management'],
  login: ['site.stress'],
  jsonapi: ['resource.jsonapi'],
  jwks: ['jwks'],
  changeSite: ['site.control'],
}

const denial = ({ decision }: { readonly decision?: string }): readonly Capability[] =>
  decision === 'deny' ? ['consent.deny'] : []

const resourceAt = { resource: 'resource.debug', userinfo: 'oidc', rolePage: 'resource.role' } as const

const preflightAt: Readonly<Record<string, readonly Capability[]>> = {
  resource: ['resource.debug'],
  userinfo: ['oidc'],
  content: ['resource.jsonapi'],
}

// By client_credentials a client gets its token without anybody; a grant that no server offers needs nothing.
const byGrant: Readonly<Record<string, readonly Capability[]>> = {
  authorization_code: ['authorization_code', 'pkce.s256'],
  refresh_token: ['authorization_code', 'pkce.s256', 'refresh_token'],
  client_credentials: ['client_credentials'],
}

/** The scope `openid` (OpenID Connect Core 1.0 §3.1.2.1). */
const openid = (step: Step): Capability[] => (/\bopenid\b/u.test(JSON.stringify(step)) ? ['oidc'] : [])

/** Whether a step refers to a value of this name of an earlier one. */
function names(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  return '$' in value && 'of' in value
    ? String(value.of).endsWith(`.${name}`)
    : Object.values(value).some((part) => names(part, name))
}
