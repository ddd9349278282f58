import { describeAnswer } from '../judge/server-words.ts'
import type { ClientInfo, ConsumerName } from '../model/target.ts'
import { runAuthorize } from './authorization-request.ts'
import { BlockedError, type CaseState, type StepResult } from './case-state.ts'
import { requireResolvedParams, resolve } from './resolve.ts'
import type {
  AuthorizeStep,
  ClientCredentialsStep,
  CodeGrantStep,
  ExchangeStep,
  ObtainStep,
  PollStep,
  RefreshStep,
  Step,
  TokenOptions,
} from './steps.ts'
import { requestToken, type TokenRequest } from './token-request.ts'
import type { VariantValue } from './values.ts'
import { wellFormed } from './well-formed-grant.ts'

/** The role of the client that a step names; undefined for the client of the case. */
export const clientOf = (step: Step): ConsumerName | undefined =>
  'client' in step ? requireResolved(step.client) : undefined

/** The client of an authorization request: one that the case registered, or one of the site. */
export function authorizingClient(caseState: CaseState, step: AuthorizeStep | CodeGrantStep): ClientInfo {
  if (step.registered === undefined) return caseState.client(requireResolved(step.client))
  const { client } = caseState.result(step.registered)
  if (!client) throw new BlockedError('not-registered', `the step "${step.registered}" registered no client`)
  return client
}

/** The client of a step that continues an earlier one. */
export const actingClient = (
  caseState: CaseState,
  step: ExchangeStep | RefreshStep | PollStep,
  flow: StepResult,
): ClientInfo =>
  step.client === undefined ? (flow.client ?? caseState.client()) : caseState.client(requireResolved(step.client))

/** Values of variants are resolved before a case runs. */
export function requireResolved<T>(value: T | VariantValue): Exclude<T, VariantValue> {
  if (typeof value === 'object' && value !== null && '$' in value)
    throw new Error(`the variant's value "${value.name}" was not resolved`)
  return value as Exclude<T, VariantValue>
}

export async function codeGrant(caseState: CaseState, step: CodeGrantStep): Promise<StepResult> {
  const { do: _, authorize, token, authentication, as: __, expect: ___, ...options } = step
  const flow = await runAuthorize(
    caseState,
    { do: 'authorize', ...options, ...(authorize ? { params: authorize } : {}) },
    authorizingClient(caseState, step),
  )
  if (flow.outcome.values['code'] === undefined) {
    throw new BlockedError(
      'no-code',
      `expected a code from the authorization request, got ${describeAnswer(flow.outcome)}`,
    )
  }
  return exchange(
    caseState,
    { do: 'exchange', of: '', params: requireResolvedParams(token), ...(authentication ? { authentication } : {}) },
    flow,
  )
}

export async function obtain(caseState: CaseState, step: ObtainStep, client: ClientInfo): Promise<StepResult> {
  const grant =
    requireResolved(step.grant) ??
    (client.grantTypes.includes('authorization_code') ? 'authorization_code' : 'client_credentials')
  // A request without a scope may be rejected for that reason only.
  const own = client.requests.length === 0 && client.scopes.length > 0 ? { scope: client.scopes.join(' ') } : {}
  const asked = step.scope === undefined ? {} : { scope: step.scope }
  const scope = { ...own, ...asked }
  const who = step.client === undefined ? {} : { client: step.client }
  if (grant === 'implicit') {
    return runAuthorize(caseState, { do: 'authorize', params: { response_type: 'token', ...scope } }, client)
  }
  if (grant !== 'authorization_code' && grant !== 'refresh_token') {
    const params = { grant_type: grant, ...wellFormed(caseState, grant), ...asked }
    return clientCredentials(caseState, { do: 'clientCredentials', ...who, params }, client)
  }
  const flow = await runAuthorize(caseState, { do: 'authorize', params: scope }, client)
  if (flow.outcome.values['code'] === undefined) return flow
  const tokens = await exchange(caseState, { do: 'exchange', of: '' }, flow)
  if (grant === 'authorization_code') return tokens
  const refresh_token = tokens.outcome.values['refresh_token']
  return requestToken(caseState, {
    client,
    parameters: new Map([
      ['grant_type', 'refresh_token'],
      ['refresh_token', refresh_token ?? ''],
    ]),
    changes: {},
  })
}

export async function exchange(caseState: CaseState, step: ExchangeStep, flow: StepResult): Promise<StepResult> {
  const { code, redirect_uri, code_verifier } = flow.outcome.values
  return requestToken(caseState, {
    client: actingClient(caseState, step, flow),
    parameters: new Map([
      ['grant_type', 'authorization_code'],
      ['code', code ?? ''],
      ...(redirect_uri === undefined ? [] : [['redirect_uri', redirect_uri] as const]),
      ...(code_verifier === undefined ? [] : [['code_verifier', code_verifier] as const]),
    ]),
    changes: requireResolvedParams(step.params),
    ...details(caseState, step),
    flow: flow.outcome.values,
  })
}

export async function refresh(caseState: CaseState, step: RefreshStep, flow: StepResult): Promise<StepResult> {
  return requestToken(caseState, {
    client: actingClient(caseState, step, flow),
    parameters: new Map([
      ['grant_type', 'refresh_token'],
      ['refresh_token', caseState.value(`${step.of}.refresh_token`)],
    ]),
    changes: requireResolvedParams(step.params),
    ...details(caseState, step),
  })
}

export async function clientCredentials(
  caseState: CaseState,
  step: ClientCredentialsStep,
  client: ClientInfo,
): Promise<StepResult> {
  return requestToken(caseState, {
    client,
    parameters: new Map([
      ['grant_type', 'client_credentials'],
      ...(client.requests.length > 0 ? [['scope', client.requests.join(' ')] as const] : []),
    ]),
    changes: requireResolvedParams(step.params),
    ...details(caseState, step),
  })
}

/** The changes that a step makes to a token request. */
export function details(caseState: CaseState, step: TokenOptions): Partial<TokenRequest> {
  const { authentication, secret, placement, query, method, mediaType, headers, body } = step
  return {
    ...(placement === undefined ? {} : { placement }),
    ...(query === undefined ? {} : { query: requireResolvedParams(query) }),
    ...(authentication === undefined ? {} : { authentication: requireResolved(authentication) }),
    ...(secret === undefined ? {} : { secret: resolve(secret, caseState) }),
    ...(method === undefined ? {} : { method: resolve(method, caseState) }),
    ...(mediaType === undefined ? {} : { mediaType: mediaType === null ? null : resolve(mediaType, caseState) }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body: resolve(body, caseState) }),
  }
}
