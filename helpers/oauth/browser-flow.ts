import { consentRequest, findConsentForm, type ConsentForm } from '../drupal/consent.ts'
import { findLoginForm } from '../drupal/login-form.ts'
import type { LoginOutcome } from '../drupal/login.ts'
import type { HttpRequest } from '../http/client.ts'
import { Cookies } from '../http/cookies.ts'
import { header, type Exchange } from '../model/exchange.ts'
import type { Callback, Page } from '../judge/outcome.ts'
import { BlockedError, type CaseState } from './case-state.ts'
import { requireResolvedParams, resolveParam } from './resolve.ts'
import type { AuthorizeStep } from './steps.ts'

const mostHops = 10

/** Sessions in which a login form ends the flow. */
const withoutLogin: ReadonlySet<AuthorizeStep['session']> = new Set(['none', 'kept', 'ended'])

/** Where the flow ended in the browser. */
export interface End {
  readonly last: Exchange
  readonly callback: Callback | null
  readonly page: Page | null
  /** The last consent form that was served. */
  readonly consent: ConsentForm | null
}

/** Distinguishes redirects to the client from those within the site. */
export interface RedirectUris {
  readonly registered: readonly string[]
  readonly requested: string | undefined
}

/** A browser at the authorization endpoint. */
export interface Browser {
  readonly cookies: Cookies
  /** Whether the decision was already sent. */
  readonly decided: boolean
}

/**
 * Sends any authorization request in the browser of the step's user: logs in, decides at the consent form, and ends when the client is
 * redirected or a page ends the flow. The redirect is caught, never requested. The default browser is that of the step's session. @throws
 * BlockedError if the flow cannot continue.
 */
export async function walk(
  caseState: CaseState,
  step: AuthorizeStep,
  start: HttpRequest,
  redirectUris: RedirectUris,
  browser?: Browser,
): Promise<End> {
  const session = step.session ?? 'shared'
  const cookies = browser?.cookies ?? (await sessionOf(caseState, step))
  const user = step.user ?? caseState.user
  const origin = new URL(start.url).origin
  let last = await caseState.send(start, cookies)
  let loggedIn = session !== 'fresh'
  let decided = browser?.decided ?? false
  let consent: ConsentForm | null = null
  for (let hop = 0; hop < mostHops; hop++) {
    const { url } = last.request
    const location = redirectOf(last)
    if (location !== null) {
      const callback = parseCallback(location, url, origin, redirectUris)
      if (callback) return { last, callback, page: null, consent }
      last = await caseState.send({ method: 'GET', url: new URL(location, url).href }, cookies)
      continue
    }
    if (last.response.truncated)
      throw new BlockedError('answer-too-long', 'a page is longer than any form, so the rest was not read')
    const html = last.response.body
    const form = findConsentForm(html, url)
    if (form) {
      consent = form
      if (decided || step.decision === 'stop') return { last, callback: null, page: 'consent', consent }
      decided = true
      last = await caseState.send(decisionOn(form, step, caseState), cookies)
      continue
    }
    if (!findLoginForm(html, url)) {
      if (!decided) requireDecision(step, last)
      return { last, callback: null, page: last.response.status >= 400 ? 'error' : 'other', consent }
    }
    if (endsAtLogin(step, loggedIn)) return { last, callback: null, page: 'login', consent }
    if (loggedIn)
      throw new BlockedError('session-lost', `the session of ${user} was lost: the login form was served again`)
    loggedIn = true
    last = await caseState.send((await logIn(caseState, step, cookies, url)) ?? start, cookies)
  }
  throw new BlockedError('endless-redirects', `more than ${String(mostHops)} redirects`)
}

/** The cookies of the step's browser session. */
export async function sessionOf(
  caseState: CaseState,
  { session = 'shared', user = caseState.user }: Pick<AuthorizeStep, 'session' | 'user'>,
): Promise<Cookies> {
  if (session === 'kept') return caseState.environment.keptSession(user)
  if (session === 'ended') {
    const ended = caseState.endedSessions.get(user)
    if (!ended) throw new BlockedError('no-session', `${user} had no browser session before the change`)
    return ended.clone()
  }
  if (session !== 'none') caseState.requireExisting(`user ${user}`)
  if (session !== 'shared') return new Cookies()
  const { cookies, uid } = await caseState.environment.login(user)
  if (user === caseState.user) caseState.uid = uid
  return cookies
}

/** Whether the flow ends at a login form: also at the one after a wrong password. */
const endsAtLogin = ({ session, loginAgain, password }: AuthorizeStep, loggedIn: boolean): boolean =>
  withoutLogin.has(session) || loginAgain === 'stop' || (loggedIn && password !== undefined)

/** Where the login leads; null if it leads back to the beginning. */
async function logIn(
  caseState: CaseState,
  step: AuthorizeStep,
  cookies: Cookies,
  url: string,
): Promise<HttpRequest | null> {
  const login = await caseState.environment.logInAgain(step.user ?? caseState.user, cookies, url, step.password)
  caseState.exchanges.push(...login.exchanges)
  if (login.failure && !isRejection(step, login)) throw new BlockedError(login.failure.cause, login.failure.message)
  return login.location === null ? null : { method: 'GET', url: login.location }
}

/** Whether the site rejected the password that the step names instead of the user's own. */
const isRejection = ({ password }: AuthorizeStep, { failure }: LoginOutcome): boolean =>
  password !== undefined && (failure?.cause === 'login-failed' || failure?.cause === 'login-blocked')

function decisionOn(
  form: ConsentForm,
  step: Pick<AuthorizeStep, 'form' | 'decision'>,
  caseState: CaseState,
): HttpRequest {
  const changes = Object.fromEntries(
    Object.entries(requireResolvedParams(step.form)).map(([name, param]) => [
      name,
      resolveParam(param, caseState)[0] ?? null,
    ]),
  )
  const button = step.decision === 'deny' ? form.deny : form.allow
  if (button === null) throw new BlockedError('no-deny-button', 'the consent form has no button to deny')
  return consentRequest(form, button, changes)
}

/** A decision that was never sent would count as rejected. */
function requireDecision({ form, decision }: AuthorizeStep, { response }: Exchange): void {
  if (form || decision === 'deny')
    throw new BlockedError('no-consent-form', `expected the consent form, got ${String(response.status)}`)
}

/** The target of a redirect. A browser follows none of several (RFC 9110 §10.2.2 allows one). */
function redirectOf({ response }: Exchange): string | null {
  if (response.status < 300 || response.status >= 400) return null
  const locations = new Set(response.headers.flatMap(([name, value]) => (name === 'location' ? [value] : [])))
  if (locations.size > 1)
    throw new BlockedError('several-locations', 'a redirect has several Location headers: no browser follows it')
  return header(response, 'location')
}

/** On the loopback address an app listens on any port (RFC 8252 §7.3). */
const portless = (uri: string): string => uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d+(?=\/|$)/u, '$1')

/** A redirect to the client or to any other site, which is caught and never requested. */
function parseCallback(location: string, base: string, origin: string, redirectUris: RedirectUris): Callback | null {
  const bare = (uri: string): string => uri.split(/[?#]/u)[0] ?? ''
  const registered = redirectUris.registered.some((uri) => portless(bare(uri)) === portless(bare(location)))
  const requested = redirectUris.requested !== undefined && bare(redirectUris.requested) === bare(location)
  const url = URL.canParse(location, base) ? new URL(location, base) : null
  if (!registered && !requested && url?.origin === origin) return null
  const query = location.split('#')[0]?.split('?').slice(1).join('?') ?? ''
  const fragment = location.split('#').slice(1).join('#')
  const params: Record<string, string> = {}
  for (const [name, value] of [...new URLSearchParams(query), ...new URLSearchParams(fragment)]) params[name] ??= value
  return { location, registered, params }
}
