import type { Capability } from '../../fixtures/capabilities.ts'
import { json, member, statusOf } from '../judge/outcome.ts'
import type { ClientInfo } from '../model/target.ts'
import { NotMappedError, type CaseState, type StepResult } from './case-state.ts'
import { details, requireResolved } from './grants.ts'
import { requireResolvedParams, resolve } from './resolve.ts'
import type { IntrospectStep, RevokeStep } from './steps.ts'
import { requestToken, type TokenRequest } from './token-request.ts'

const lacks = (capability: Exclude<Capability, 'site.stress'>): NotMappedError =>
  new NotMappedError({ kind: 'capability', capability })

/** @throws NotMappedError if the server has no such endpoint, or says that it does not revoke access tokens. */
export async function revoke(caseState: CaseState, step: RevokeStep, client: ClientInfo): Promise<StepResult> {
  const { revocation: path } = caseState.environment.target.endpoints
  if (path === undefined) throw lacks('revocation')
  const { hint = null } = step
  const result = await requestToken(caseState, {
    ...{ client, path, changes: requireResolvedParams(step.params) },
    parameters: new Map([
      ['token', resolve(step.token, caseState)],
      ...(hint === null ? [] : [['token_type_hint', resolve(hint, caseState)] as const]),
    ]),
    ...details(caseState, step),
  })
  // RFC 7009 §2.2.1: a dedicated error for what §2 only recommends.
  if (member(json(result.outcome), 'error') === 'unsupported_token_type') throw lacks('revocation.access-token')
  return result
}

const wrong = { secret: 'not-the-secret-of-this-client', bearer: 'not-an-access-token' }

/**
 * Authenticates as a client or, if that is not accepted, with an access token.
 * @throws NotMappedError if the server has no such endpoint.
 */
export async function introspect(caseState: CaseState, step: IntrospectStep, client: ClientInfo): Promise<StepResult> {
  const { introspection: path } = caseState.environment.target.endpoints
  if (path === undefined) throw lacks('introspection')
  const credentials = requireResolved(step.credentials) ?? 'own'
  const ask = (how: Partial<TokenRequest>): Promise<StepResult> =>
    requestToken(caseState, {
      ...{ client, path, changes: {} },
      parameters: new Map([['token', resolve(step.token, caseState)]]),
      ...how,
    })
  if (credentials === 'none') return ask({ authentication: 'none' })
  const asClient = await ask(credentials === 'wrong' ? { secret: wrong.secret } : {})
  if (statusOf(asClient.outcome) !== 401) return asClient
  const bearer = credentials === 'wrong' ? wrong.bearer : resolve(step.caller, caseState)
  const asCaller = await ask({
    ...{ authentication: 'none', changes: { client_id: null }, headers: { authorization: `Bearer ${bearer}` } },
  })
  const exchanges = [...asClient.outcome.exchanges, ...asCaller.outcome.exchanges]
  return { ...asCaller, outcome: { ...asCaller.outcome, exchanges } }
}
