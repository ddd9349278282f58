import { logIn } from '../drupal/login.ts'
import { Cookies } from '../http/cookies.ts'
import { registerSecrets } from '../http/secrets.ts'
import { json, member, type Outcome } from '../judge/outcome.ts'
import type { ClientInfo, ConsumerName } from '../model/target.ts'
import { BlockedError, type CaseState, type StepResult } from './case-state.ts'
import { runAuthorize } from './authorization-request.ts'
import { requireResolvedParams, resolve } from './resolve.ts'
import type {
  CodeGrantStep,
  ExchangeStep,
  LoginStep,
  ObtainStep,
  RaceStep,
  RefreshStep,
  Step,
  TokenOptions,
  WaitStep,
} from './steps.ts'
import { requestToken, type TokenRequest } from './token-request.ts'
import type { VariantValue } from './values.ts'

/**
 * Runs one step and remembers what it led to. The only place that builds OAuth requests; it asserts nothing,
 * retries nothing and follows no redirect unseen.
 * @throws Obstruction where the step cannot reach the request that decides.
 */
export async function runStep(actor: CaseState, step: Step): Promise<Outcome> {
  const trace = await dispatch(actor, step)
  if (step.as !== undefined) actor.traces.set(step.as, trace)
  return trace.outcome
}

async function dispatch(actor: CaseState, step: Step): Promise<StepResult> {
  switch (step.do) {
    case 'authorize':
      return runAuthorize(actor, step, actor.client(clientOf(step)))
    case 'codeGrant':
      return codeGrant(actor, step)
    case 'exchange':
      return exchange(actor, step, actor.trace(step.of))
    case 'refresh': {
      const flow = actor.trace(step.of)
      return requestToken(actor, {
        client: actingClient(actor, step, flow),
        parameters: new Map([
          ['grant_type', 'refresh_token'],
          ['refresh_token', actor.value(`${step.of}.refresh_token`)],
        ]),
        changes: requireResolvedParams(step.params),
        ...details(actor, step),
      })
    }
    case 'clientCredentials': {
      const client = actor.client(clientOf(step))
      return requestToken(actor, {
        client,
        parameters: new Map([
          ['grant_type', 'client_credentials'],
          ...(client.requests.length > 0 ? [['scope', client.requests.join(' ')] as const] : []),
        ]),
        changes: requireResolvedParams(step.params),
        ...details(actor, step),
      })
    }
    case 'obtain':
      return obtain(actor, step, actor.client(clientOf(step)))
    case 'race':
      return race(actor, step)
    case 'login':
      return attemptLogin(actor, step)
    case 'resource': {
      const token = step.token === null ? null : resolve(step.token, actor)
      const { resource, userinfo } = actor.world.target.endpoints
      return get(actor, 'resource', step.at === 'userinfo' ? userinfo : resource, {
        token,
        placement: step.placement ?? 'header',
        scheme: step.scheme === undefined ? 'Bearer' : resolve(step.scheme, actor),
        ...(step.inQuery === undefined ? {} : { inQuery: resolve(step.inQuery, actor) }),
      })
    }
    case 'jwks':
      return get(actor, 'jwks', actor.world.target.endpoints.jwks)
    case 'document':
      return get(actor, 'document', resolve(step.path, actor))
    case 'wait':
      return waitFor(actor, step)
    case 'changeSite':
      await actor.world.changeSite(step.change)
      return { outcome: emptyOutcome('changeSite'), client: actor.clientIfAny(), at: performance.now() }
  }
}

const clientOf = (step: Step): ConsumerName | undefined => ('client' in step ? requireResolved(step.client) : undefined)

/** Of a step that goes on with an earlier one. */
const actingClient = (actor: CaseState, step: ExchangeStep | RefreshStep, flow: StepResult): ClientInfo =>
  step.client === undefined ? (flow.client ?? actor.client()) : actor.client(requireResolved(step.client))

/** Variants are filled in before a case runs. */
function requireResolved<T>(value: T | VariantValue): Exclude<T, VariantValue> {
  if (typeof value === 'object' && value !== null && '$' in value)
    throw new Error(`the variant's value "${value.name}" was not filled in`)
  return value as Exclude<T, VariantValue>
}

async function codeGrant(actor: CaseState, step: CodeGrantStep): Promise<StepResult> {
  const { do: _, authorize, token, authentication, as: __, expect: ___, ...options } = step
  const flow = await runAuthorize(
    actor,
    { do: 'authorize', ...options, ...(authorize ? { params: authorize } : {}) },
    actor.client(requireResolved(step.client)),
  )
  if (flow.outcome.values['code'] === undefined) {
    const { callback, page, last } = flow.outcome
    const came = callback
      ? `a redirect with ${Object.keys(callback.params).join(', ')}${callback.params['error'] ? ` (error ${callback.params['error']})` : ''}`
      : `status ${String(last?.response.status)}, page: ${page ?? 'none'}`
    throw new BlockedError('no-code', `the authorization request led to no code: ${came}`)
  }
  return exchange(
    actor,
    { do: 'exchange', of: '', params: requireResolvedParams(token), ...(authentication ? { authentication } : {}) },
    flow,
  )
}

async function obtain(actor: CaseState, step: ObtainStep, client: ClientInfo): Promise<StepResult> {
  const given = requireResolved(step.grant)
  const grant =
    given ?? (client.grantTypes.includes('authorization_code') ? 'authorization_code' : 'client_credentials')
  const scope = step.scope === undefined ? {} : { scope: step.scope }
  const who = step.client === undefined ? {} : { client: step.client }
  if (grant === 'implicit') {
    return runAuthorize(actor, { do: 'authorize', params: { response_type: 'token', ...scope } }, client)
  }
  if (grant !== 'authorization_code' && grant !== 'refresh_token') {
    // Of the password grant: whoever checks a password before the grant has nothing to check here.
    const params = { grant_type: grant, ...(grant === 'password' ? { username: '', password: '' } : {}), ...scope }
    return dispatch(actor, { do: 'clientCredentials', ...who, params })
  }
  const flow = await runAuthorize(actor, { do: 'authorize', params: scope }, client)
  if (flow.outcome.values['code'] === undefined) return flow
  const tokens = await exchange(actor, { do: 'exchange', of: '' }, flow)
  if (grant === 'authorization_code') return tokens
  const refresh_token = tokens.outcome.values['refresh_token']
  return requestToken(actor, {
    client,
    parameters: new Map([
      ['grant_type', 'refresh_token'],
      ['refresh_token', refresh_token ?? ''],
    ]),
    changes: {},
  })
}

async function exchange(actor: CaseState, step: ExchangeStep, flow: StepResult): Promise<StepResult> {
  const { code, redirect_uri, code_verifier } = flow.outcome.values
  return requestToken(actor, {
    client: actingClient(actor, step, flow),
    parameters: new Map([
      ['grant_type', 'authorization_code'],
      ['code', code ?? ''],
      ...(redirect_uri === undefined ? [] : [['redirect_uri', redirect_uri] as const]),
      ...(code_verifier === undefined ? [] : [['code_verifier', code_verifier] as const]),
    ]),
    changes: requireResolvedParams(step.params),
    ...details(actor, step),
    flow: flow.outcome.values,
  })
}

function details(actor: CaseState, step: TokenOptions): Partial<TokenRequest> {
  const { authentication, secret, placement, method, mediaType, headers, body } = step
  return {
    ...(placement === undefined ? {} : { placement }),
    ...(authentication === undefined ? {} : { authentication: requireResolved(authentication) }),
    ...(secret === undefined ? {} : { secret: resolve(secret, actor) }),
    ...(method === undefined ? {} : { method: resolve(method, actor) }),
    ...(mediaType === undefined ? {} : { mediaType: mediaType === null ? null : resolve(mediaType, actor) }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body: resolve(body, actor) }),
  }
}

async function race(actor: CaseState, step: RaceStep): Promise<StepResult> {
  const traces = await Promise.all(Array.from({ length: step.times }, () => dispatch(actor, step.step)))
  const answers = traces.map(({ outcome }) => outcome)
  const succeeded = ({ outcome }: StepResult): boolean => member(json(outcome), 'access_token') !== undefined
  // Which of them wins is left to chance; what is observed of the winner is not.
  const shown = traces.find(succeeded) ?? traces[0]
  if (!shown) throw new Error('a race needs at least one request')
  const outcome: Outcome = {
    ...shown.outcome,
    kind: 'race',
    exchanges: answers.flatMap((answer) => answer.exchanges),
    facts: {
      'race.successes': traces.filter(succeeded).length,
      'race.broken': answers.filter((answer) => (answer.last?.response.status ?? 500) >= 500).length,
    },
  }
  return { ...shown, outcome }
}

async function attemptLogin(actor: CaseState, step: LoginStep): Promise<StepResult> {
  const { target, http, redactor } = actor.world
  const { name, password } = actor.userInfo(step.user ?? actor.user)
  const attempt = await logIn(http, new Cookies(), actor.url(target.endpoints.login), {
    name,
    password: step.password ?? password ?? '',
  })
  for (const exchange of attempt.exchanges) registerSecrets(redactor, exchange)
  actor.exchanges.push(...attempt.exchanges)
  const answered = attempt.ok || attempt.failure?.cause === 'login-failed' || attempt.failure?.cause === 'login-blocked'
  if (!answered) throw new BlockedError(attempt.failure?.cause ?? 'login-failed', attempt.failure?.message ?? '')
  const last = attempt.exchanges.at(-1) ?? null
  const outcome: Outcome = {
    ...emptyOutcome('login'),
    exchanges: attempt.exchanges,
    last,
    facts: { 'login.accepted': attempt.ok },
  }
  return { outcome, client: actor.clientIfAny(), at: performance.now() }
}

interface Bearer {
  readonly token: string | null
  readonly placement: 'header' | 'query' | 'body'
  readonly scheme: string
  readonly inQuery?: string
}

async function get(
  actor: CaseState,
  kind: 'resource' | 'jwks' | 'document',
  path: string,
  bearer: Bearer = { token: null, placement: 'header', scheme: 'Bearer' },
): Promise<StepResult> {
  const before = actor.exchanges.length
  const url = new URL(actor.url(path))
  const { token, placement, scheme, inQuery = placement === 'query' ? token : null } = bearer
  if (inQuery !== null) url.searchParams.set('access_token', inQuery)
  const accept = ['accept', 'application/json'] as const
  const last = await actor.send(
    token !== null && placement === 'body'
      ? {
          method: 'POST',
          url: url.href,
          headers: [accept, ['content-type', 'application/x-www-form-urlencoded']],
          body: new URLSearchParams({ access_token: token }).toString(),
        }
      : {
          method: 'GET',
          url: url.href,
          headers: [
            accept,
            ...(token !== null && placement === 'header' ? [['authorization', `${scheme} ${token}`] as const] : []),
          ],
        },
  )
  const outcome: Outcome = { ...emptyOutcome(kind), exchanges: actor.exchanges.slice(before), last }
  const body = json(outcome) === undefined ? {} : { body: last.response.body }
  return { outcome: { ...outcome, values: body }, client: actor.clientIfAny(), at: performance.now() }
}

const emptyOutcome = (kind: Outcome['kind']): Outcome => ({
  kind,
  exchanges: [],
  last: null,
  callback: null,
  page: null,
  values: {},
  basic: false,
})

/** A second and a half past the configured lifetime: servers count in whole seconds. */
async function waitFor(actor: CaseState, step: WaitStep): Promise<StepResult> {
  const trace = actor.trace(step.of)
  const { accessTokenLifetime, refreshTokenLifetime } = trace.client ?? actor.client()
  const given = requireResolved(step.for)
  const lifetime =
    typeof given === 'number' ? given : given === 'refresh-token-expiry' ? refreshTokenLifetime : accessTokenLifetime
  await actor.world.sleep(Math.max(0, trace.at + (lifetime + 1.5) * 1000 - performance.now()))
  return { ...trace, outcome: emptyOutcome('changeSite') }
}
