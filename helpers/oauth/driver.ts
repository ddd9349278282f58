import { json, member, type Outcome } from '../judge/outcome.ts'
import { attemptLogin } from './attempt-login.ts'
import { runAuthorize, runDecision } from './authorization-request.ts'
import { poll, requestDevice } from './device.ts'
import { changeConsumer, changed, changeUser, endBrowserSession } from './change-entity.ts'
import { BlockedError, NotMappedError, type CaseState, type StepResult } from './case-state.ts'
import { requireNoDefaultScopes } from './default-scopes.ts'
import { requestContent } from './content.ts'
import { emptyOutcome, get, getKeySet } from './get.ts'
import { readMetadata } from './metadata.ts'
import { askPreflight } from './preflight.ts'
import { needsKeySet, requireResolvedParams, resolve, resolveHeaders } from './resolve.ts'
import { authorizingClient, clientCredentials, clientOf, codeGrant, exchange, obtain, refresh } from './grants.ts'
import { manageRegistration, register } from './registration.ts'
import { introspect, revoke } from './token-endpoints.ts'
import type { Single } from './values.ts'
import { verifyUserCode } from './verification-page.ts'
import { waitFor } from './wait.ts'
import {
  raceRounds,
  raceTime,
  type AuthorizeStep,
  type DocumentStep,
  type LogOutStep,
  type RaceStep,
  type ResourceStep,
  type Step,
} from './steps.ts'

/**
 * Runs one step and remembers its result. The only place that builds OAuth requests; it asserts nothing, retries nothing and follows no
 * redirect unseen.
 * @throws BlockedError if the step cannot reach the decisive request.
 */
export async function runStep(caseState: CaseState, step: Step): Promise<Outcome> {
  if (needsKeySet(step)) await caseState.serveKeySet()
  const result = await dispatch(caseState, step)
  if (step.as !== undefined) {
    caseState.results.set(step.as, result)
    caseState.steps.set(step.as, step)
  }
  return result.outcome
}

type Drivers = {
  readonly [Kind in Step['do']]: (
    caseState: CaseState,
    step: Extract<Step, { do: Kind }>,
  ) => StepResult | Promise<StepResult>
}

/** What each kind of step does. */
const drivers: Drivers = {
  authorize: (caseState, step) => authorize(caseState, step),
  decide: (caseState, step) => runDecision(caseState, step),
  logOut: (caseState, step) => endSession(caseState, step),
  codeGrant: (caseState, step) => codeGrant(caseState, step),
  exchange: (caseState, step) => exchange(caseState, step, caseState.result(step.of)),
  refresh: (caseState, step) => refresh(caseState, step, caseState.result(step.of)),
  clientCredentials: (caseState, step) => clientCredentials(caseState, step, caseState.client(clientOf(step))),
  obtain: (caseState, step) => obtain(caseState, step, caseState.client(clientOf(step))),
  deviceAuthorization: (caseState, step) => requestDevice(caseState, step, caseState.client(clientOf(step))),
  verifyUserCode: (caseState, step) => verifyUserCode(caseState, step),
  poll: (caseState, step) => poll(caseState, step, caseState.result(step.of)),
  register: (caseState, step) => register(caseState, step, caseState.client()),
  manageRegistration: (caseState, step) => manageRegistration(caseState, step),
  revoke: (caseState, step) => revoke(caseState, step, caseState.client(clientOf(step))),
  introspect: (caseState, step) => introspect(caseState, step, caseState.client(clientOf(step))),
  race: (caseState, step) => race(caseState, step),
  login: (caseState, step) => attemptLogin(caseState, step),
  resource: (caseState, step) => requestResource(caseState, step),
  preflight: (caseState, step) => askPreflight(caseState, step),
  jsonapi: (caseState, step) => requestContent(caseState, step),
  everyAnswer: (caseState) => everyAnswer(caseState),
  jwks: (caseState) => keySet(caseState),
  document: (caseState, step) => requestDocument(caseState, step),
  offers: (caseState) => readOffers(caseState),
  metadata: (caseState, step) => readMetadata(caseState, step, resolve(step.path, caseState)),
  wait: (caseState, step) => waitFor(caseState, step),
  changeUser: (caseState, step) => changeUser(caseState, step),
  changeConsumer: (caseState, step) => changeConsumer(caseState, step),
  changeSite: async (caseState, step) => changed(caseState, await caseState.environment.changeSite(step.change)),
}

async function dispatch(caseState: CaseState, step: Step): Promise<StepResult> {
  const drive = drivers[step.do] as (caseState: CaseState, step: Step) => StepResult | Promise<StepResult>
  return drive(caseState, step)
}

async function authorize(caseState: CaseState, step: AuthorizeStep): Promise<StepResult> {
  const flow = await runAuthorize(caseState, step, authorizingClient(caseState, step))
  await requireNoDefaultScopes(caseState, step, flow, () => exchange(caseState, { do: 'exchange', of: '' }, flow))
  return flow
}

/** @throws NotMappedError if there is no drush command to ask. */
function readOffers(caseState: CaseState): StepResult {
  const { grants } = caseState.environment.target.offers ?? {}
  if (grants === undefined) throw new NotMappedError({ kind: 'needs-drush' })
  const outcome: Outcome = { ...emptyOutcome('document'), facts: { 'offers.grants': Object.keys(grants).sort() } }
  return { outcome, client: caseState.clientIfAny(), at: performance.now() }
}

async function requestResource(caseState: CaseState, step: ResourceStep): Promise<StepResult> {
  const { resource, ...others } = caseState.environment.target.endpoints
  const { token, cookieOf } = step
  const refused = step.ifIssued ? caseState.refusalFor(token) : null
  if (refused) return { ...refused, outcome: { ...refused.outcome, kind: 'resource' } }
  const path = step.path === undefined ? ((step.at && others[step.at]) ?? resource) : resolve(step.path, caseState)
  const url = new URL(caseState.url(path))
  if (step.ownAddress) url.searchParams.set('contract-address', caseState.ownAddress)
  return get(caseState, 'resource', url.href, {
    ...(step.method === undefined ? {} : { method: resolve(step.method, caseState) }),
    headers: resolveHeaders(step.headers, caseState),
    token: token === null ? null : resolve(token, caseState),
    placement: step.placement ?? 'header',
    scheme: step.scheme === undefined ? 'Bearer' : resolve(step.scheme, caseState),
    ...(step.inQuery === undefined ? {} : { inQuery: resolve(step.inQuery, caseState) }),
    ...(cookieOf === undefined ? {} : { cookies: (await caseState.environment.login(cookieOf)).cookies }),
  })
}

/** @throws NotMappedError if the server does not advertise what the case is about. */
async function requestDocument(caseState: CaseState, step: DocumentStep): Promise<StepResult> {
  const { advertises, otherwise } = step
  const request = (path: Single) => get(caseState, 'document', caseState.url(resolve(path, caseState)))
  const first = await request(step.path)
  const result =
    otherwise !== undefined && first.outcome.last?.response.status === 404 ? await request(otherwise) : first
  if (advertises === undefined) return result
  const value = member(json(result.outcome), advertises)
  if (value !== true && typeof value !== 'string')
    throw new NotMappedError({ kind: 'not-advertised', member: advertises })
  return result
}

async function endSession(caseState: CaseState, { of }: LogOutStep): Promise<StepResult> {
  const { open, client } = caseState.result(of)
  if (!open) throw new BlockedError('no-consent-form', `the step "${of}" left no browser open`)
  const exchanges = await endBrowserSession(caseState, open.cookies)
  const outcome: Outcome = { ...emptyOutcome('login'), exchanges, last: exchanges.at(-1) ?? null }
  return { outcome, client, at: performance.now() }
}

function everyAnswer(caseState: CaseState): StepResult {
  const facts = { 'answers.internals': [...caseState.environment.internals()] }
  return {
    outcome: { ...emptyOutcome('everyAnswer'), facts },
    client: caseState.clientIfAny(),
    at: performance.now(),
  }
}

/**
 * The first two requests are equal; each of the others has its own value of a parameter that servers must ignore (RFC 6749 §3.2), because a
 * server that only recognises repeated bodies does not prevent reuse.
 */
function racing(step: RaceStep['step'], index: number): RaceStep['step'] {
  return index < 2
    ? step
    : { ...step, params: { ...requireResolvedParams(step.params), 'contract-race': String(index) } }
}

/**
 * The first round in which not exactly one request succeeded is the last, and is judged: whether two requests overlap is chance, and the
 * verdict must not be.
 */
async function race(caseState: CaseState, step: RaceStep): Promise<StepResult> {
  const maker = caseState.steps.get(step.step.of)
  const rounds = maker?.do === 'authorize' || maker?.do === 'codeGrant' ? raceRounds : 1
  const end = performance.now() + raceTime
  for (let round = 1; ; round++) {
    const result = await raceOnce(caseState, step)
    const { 'race.successes': successes, 'race.broken': broken } = result.outcome.facts ?? {}
    if (successes !== 1 || broken !== 0 || round >= rounds || performance.now() > end || !maker) return result
    await runStep(caseState, maker)
  }
}

async function raceOnce(caseState: CaseState, step: RaceStep): Promise<StepResult> {
  const results = await Promise.all(
    Array.from({ length: step.times }, (_, index) => dispatch(caseState, racing(step.step, index))),
  )
  const answers = results.map(({ outcome }) => outcome)
  const succeeded = ({ outcome }: StepResult): boolean => member(json(outcome), 'access_token') !== undefined
  // Which request wins is chance; the winner's answer is what is observed.
  const shown = results.find(succeeded) ?? results[0]
  if (!shown) throw new Error('a race needs at least one request')
  const outcome: Outcome = {
    ...shown.outcome,
    kind: 'race',
    exchanges: answers.flatMap((answer) => answer.exchanges),
    facts: {
      'race.successes': results.filter(succeeded).length,
      'race.broken': answers.filter((answer) => (answer.last?.response.status ?? 500) >= 500).length,
    },
  }
  return { ...shown, outcome }
}

/**
 * The key set. Simple OAuth 5.2 and 6.0.0 to 6.0.8 serve it only to authenticated requests: then it is requested again with a token of the
 * case's client, so that signatures can be verified there, too.
 */
async function keySet(caseState: CaseState): Promise<StepResult> {
  const { jwks } = caseState.environment.target.endpoints
  const anonymous = await getKeySet(caseState, jwks)
  const status = anonymous.outcome.last?.response.status ?? 0
  const client = caseState.clientIfAny()
  if (![401, 403].includes(status) || client === null) return anonymous
  const grants = await obtain(caseState, { do: 'obtain' }, client)
  const token = member(json(grants.outcome), 'access_token')
  if (typeof token !== 'string') return anonymous
  const authenticated = await getKeySet(caseState, jwks, { token, placement: 'header', scheme: 'Bearer' })
  const facts = { 'keys.anonymous': status }
  return { ...authenticated, outcome: { ...authenticated.outcome, facts } }
}
