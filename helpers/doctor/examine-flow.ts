import { diagnose, headerArrives } from '../diagnosis/diagnose.ts'
import { isBlocker } from '../contract/blocker.ts'
import { signsOf } from '../diagnosis/signs.ts'
import { registerTarget } from '../contract/register-target.ts'
import type { Layer } from '../../fixtures/diagnoses.ts'
import { users } from '../../fixtures/roles.ts'
import { signIn, type SignedIn } from '../drupal/sign-in.ts'
import { nextOf } from '../drupal/who-am-i.ts'
import type { HttpClient } from '../http/client.ts'
import { Redactor } from '../http/redact.ts'
import { registerSecrets } from '../http/secrets.ts'
import { describeAnswer } from '../judge/server-words.ts'
import { decodeToken, json, member, type Outcome } from '../judge/outcome.ts'
import type { Exchange } from '../model/exchange.ts'
import { TargetError, type ClientInfo, type TargetInfo, type UserInfo } from '../model/target.ts'
import { BlockedError, CaseState, type RunEnvironment } from '../oauth/case-state.ts'
import { clientCredentials, codeGrant, resource } from '../oauth/declare-steps.ts'
import { runStep } from '../oauth/driver.ts'
import { s256 } from '../oauth/pkce.ts'
import type { Step } from '../oauth/steps.ts'
import { ref } from '../oauth/values.ts'
import { asProblem } from './examine-front.ts'
import { problem } from './examine-facts.ts'
import type { Examined } from './report.ts'

/** Milliseconds for one flow. */
const patience = 60_000

/**
 * Logs each mapped user in once, and requests one token with each mapped client. Each leaves a session, a code and a token on the site, as
 * a run does.
 */
export async function examineFlows(http: HttpClient, target: TargetInfo): Promise<Examined[]> {
  const redactor = new Redactor()
  registerTarget(redactor, target)
  const sessions = new Map<string, SignedIn>()
  const found: Examined[] = []
  const mapped = Object.values(target.users)
  for (const user of mapped) {
    const signed = await signIn(http, { baseUrl: target.baseUrl, login: target.endpoints.login }, user, true)
    for (const exchange of signed.exchanges) registerSecrets(redactor, exchange)
    sessions.set(user.role, signed)
    const elsewhere = signed.failure?.cause === 'login-form-missing' ? await loginElsewhere(http, target) : null
    found.push(...(elsewhere === null ? examineLogin(user, signed, target) : [elsewhere]))
  }
  if (mapped.length === 0) found.push(notChecked('login', 'the site file maps no user'))
  const environment = environmentOf(target, http, redactor, sessions)
  found.push(
    ...(await examineClients(
      environment,
      [...sessions.values()].some(({ failure }) => failure === null),
    )),
  )
  const clean = (text: string): string => redactor.redact(text)
  return found.map((one) => ('text' in one ? { ...one, text: clean(one.text) } : { ...one, cause: clean(one.cause) }))
}

const notChecked = (layer: Layer, text: string): Examined => ({ layer, state: 'not checked', text })

function examineLogin(user: UserInfo, { failure, exchanges, uid }: SignedIn, target: TargetInfo): Examined[] {
  const name = JSON.stringify(user.name)
  if (failure !== null)
    return [reasonOf(exchanges, target, null) ?? problem('login-refused', { what: failure.message })]
  const admin = users[user.role].admin !== undefined
  return [
    { layer: 'login', state: 'ok', text: `${name} is logged in${uid === null ? '' : ` as user ${uid}`}` },
    ...(uid === '1' && !admin ? [problem('user-is-first', { what: name })] : []),
  ]
}

/** The path to which the authorization endpoint sends a visitor to log in, if it is not the usual one; else null. */
async function loginElsewhere(http: HttpClient, { baseUrl, endpoints, clients }: TargetInfo): Promise<Examined | null> {
  const client = Object.values(clients).find(({ grantTypes }) => grantTypes.includes('authorization_code'))
  if (client === undefined) return null
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: client.client_id, redirect_uri: client.redirectUris[0] ?? '' },
    ...{ scope: client.requests.join(' '), state: 'none' },
    ...{ code_challenge: s256('none'), code_challenge_method: 'S256' },
  })
  const to = nextOf(await http.send({ method: 'GET', url: `${baseUrl}${endpoints.authorize}?${query.toString()}` }))
  const path = to?.startsWith(`${baseUrl}/`) ? to.slice(baseUrl.length).replace(/[?#].*/su, '') : null
  return path === null || path === endpoints.login
    ? null
    : problem('login-elsewhere', { location: endpoints.login, what: path })
}

/** The condition that the last answer shows; null if no rule matches. */
function reasonOf(exchanges: readonly Exchange[], target: TargetInfo, arrives: boolean | null): Examined | null {
  const last = exchanges.at(-1)
  const found = last === undefined ? null : diagnose(signsOf(last, target, [], arrives))
  return found === null ? null : asProblem(found)
}

async function examineClients(environment: RunEnvironment, hasSession: boolean): Promise<Examined[]> {
  const clients = Object.values(environment.target.clients)
  const withCode = clients.find(({ grantTypes }) => grantTypes.includes('authorization_code'))
  const machine = clients.find(({ grantTypes }) => grantTypes.includes('client_credentials'))
  const why = !hasSession
    ? 'no mapped user could log in'
    : 'the site file maps no client with the authorization code grant'
  const ofCode =
    withCode && hasSession ? await examineClient(environment, withCode, codeGrant({ as: 'flow' }), 'consent') : []
  const ofMachine = machine
    ? await examineClient(environment, machine, clientCredentials({ as: 'flow' }), 'consumers')
    : []
  return [
    ...(ofCode.length > 0 ? ofCode : [notChecked('consent', why)]),
    ...ofMachine,
    ...(ofCode.length + ofMachine.length > 0 ? [] : [notChecked('resource', 'no client got a token')]),
  ]
}

/** One flow that ends with a token, and a request for the resource with it. */
async function examineClient(
  environment: RunEnvironment,
  client: ClientInfo,
  flow: Step,
  layer: Layer,
): Promise<Examined[]> {
  const user = Object.values(environment.target.users)[0]?.role
  const given = { client: client.role, ...(user === undefined ? {} : { user }) }
  const state = new CaseState(environment, given, AbortSignal.timeout(patience))
  const quoted = JSON.stringify(client.client_id)
  const issued = await examineStep(state, flow, layer)
  if ('cause' in issued) return [issued]
  if (member(json(issued.outcome), 'access_token') === undefined)
    return [await reasonFor(state, layer, `${quoted} got no access token: ${describeAnswer(issued.outcome)}`)]
  const issuer = issuerOf(issued.outcome)
  const { baseUrl } = environment.target
  if (issuer !== null && new URL(issuer).hostname !== new URL(baseUrl).hostname)
    return [problem('issuer-differs', { location: baseUrl, what: issuer })]
  const ok: Examined = { layer, state: 'ok', text: `${quoted} got an access token` }
  const opened = await examineStep(state, resource(ref('flow.access_token')), 'resource')
  if ('cause' in opened) return [ok, opened]
  const status = opened.outcome.last?.response.status ?? 0
  if (status !== 200)
    return [
      ok,
      await reasonFor(state, 'resource', `The token of ${quoted} is answered with ${describeAnswer(opened.outcome)}`),
    ]
  return [
    ok,
    { layer: 'resource', state: 'ok', text: `the token of ${quoted} opens ${environment.target.endpoints.resource}` },
  ]
}

/** The `iss` of the access token, if that is a URL. */
function issuerOf(outcome: Outcome): string | null {
  const token = member(json(outcome), 'access_token')
  const issuer = member(decodeToken(token)?.claims, 'iss')
  return typeof issuer === 'string' && URL.canParse(issuer) ? issuer : null
}

type Failed = Extract<Examined, { cause: string }>

async function examineStep(state: CaseState, step: Step, layer: Layer): Promise<{ outcome: Outcome } | Failed> {
  try {
    return { outcome: await runStep(state, step) }
  } catch (error) {
    if (!isBlocker(error)) throw error
    return reasonFor(state, layer, error.message)
  }
}

async function reasonFor(state: CaseState, layer: Layer, otherwise: string): Promise<Failed> {
  const { target, http } = state.environment
  const reason = reasonOf(state.exchanges, target, await headerArrives(http, target))
  return reason !== null && 'cause' in reason
    ? reason
    : { ...{ layer, state: 'problem', id: `${layer}-failed`, cause: otherwise, remedy: '' } }
}

/** By now every user has logged in or failed to: no login is tried twice. */
function environmentOf(
  target: TargetInfo,
  http: HttpClient,
  redactor: Redactor,
  sessions: ReadonlyMap<string, SignedIn>,
): RunEnvironment {
  const refused = (what: string) => (): Promise<never> =>
    Promise.reject(new TargetError('not-by-doctor', `doctor does not ${what}`))
  return {
    ...{ target, http, redactor },
    login: (user) => {
      const signed = sessions.get(user)
      if (signed?.failure !== null)
        return Promise.reject(new BlockedError('login-failed', signed?.failure.message ?? `${user} is not mapped`))
      return Promise.resolve({ cookies: signed.cookies.clone(), uid: signed.uid })
    },
    logInAgain: refused('log in twice'),
    internals: () => [],
    keptSession: () => {
      throw new BlockedError('not-kept', 'doctor keeps no browser session')
    },
    forgetLogin: refused('end a session'),
    changeSite: refused('change the site'),
    keySet: () => Promise.resolve(null),
    sleep: () => Promise.resolve(),
  }
}
