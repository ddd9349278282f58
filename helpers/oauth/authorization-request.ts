import { clients, type ClientRole, type UserRole } from '../../fixtures/roles.ts'
import { consentRequest, findConsentForm, type ConsentForm } from '../drupal/consent.ts'
import { findLoginForm } from '../drupal/login-form.ts'
import type { HttpRequest } from '../http/client.ts'
import { Cookies } from '../http/cookies.ts'
import { header, type Exchange } from '../model/exchange.ts'
import type { Callback, Outcome, Page } from '../judge/outcome.ts'
import type { ClientInfo } from '../model/target.ts'
import { NotMappedError, BlockedError, type CaseState, type StepResult } from './case-state.ts'
import { codeVerifier, randomState, s256 } from './pkce.ts'
import { applyChanges, requireResolvedParams, resolve, resolveParam } from './resolve.ts'
import type { AuthorizeStep } from './steps.ts'

const mostHops = 10

/** The authorization request and all that follows until the client is redirected or a page ends the flow (RFC 6749 §4.1.1, §4.1.2). */
export async function runAuthorize(caseState: CaseState, step: AuthorizeStep, client: ClientInfo): Promise<StepResult> {
  const sent = authorizationRequest(caseState, step, client)
  const before = caseState.exchanges.length
  const end = await walk(caseState, step, sent.request, {
    registered: client.redirectUris,
    requested: sent.values['redirect_uri'],
  })
  requireConsentForm(caseState, step, client, end)
  const outcome: Outcome = {
    kind: 'authorize',
    exchanges: caseState.exchanges.slice(before),
    last: end.last,
    callback: end.callback,
    page: end.page,
    values: {
      ...callbackValues(end.callback),
      ...sent.values,
      ...(end.consent?.formToken ? { form_token: end.consent.formToken } : {}),
    },
    ...(end.consent
      ? { facts: { 'consent.scopes': end.consent.scopes.length, 'consent.foreign': end.consent.foreign.length } }
      : {}),
    basic: false,
  }
  return { outcome, client, at: performance.now() }
}

function authorizationRequest(
  caseState: CaseState,
  step: AuthorizeStep,
  client: ClientInfo,
): { request: HttpRequest; values: Record<string, string> } {
  const redirectUri = client.redirectUris[0]
  const defaults = new Map([
    ['response_type', 'code'],
    ['client_id', client.client_id],
    ...(redirectUri === undefined ? [] : [['redirect_uri', redirectUri] as const]),
    ['scope', client.requests.join(' ')],
    ['state', randomState()],
  ])
  const verifier =
    step.verifier === null ? null : step.verifier === undefined ? codeVerifier() : resolve(step.verifier, caseState)
  if (verifier !== null) {
    caseState.environment.redactor.register('code_verifier', verifier)
    defaults.set('code_challenge', s256(verifier))
    defaults.set('code_challenge_method', 'S256')
  }
  const own: Record<string, string> =
    verifier === null ? {} : { 'this.code_verifier': verifier, 'this.code_challenge': s256(verifier) }
  own['this.client_id'] = client.client_id
  if (redirectUri !== undefined) own['this.redirect_uri'] = redirectUri
  const pairs = applyChanges(defaults, requireResolvedParams(step.params), {
    value: (of) => own[of] ?? caseState.value(of),
    scopeName: (role) => caseState.scopeName(role),
    clientSecret: (role) => caseState.clientSecret(role),
    keySetUrl: () => caseState.keySetUrl(),
  })
  const sent = Object.fromEntries(pairs)
  const { state, ...others } = sent
  return {
    request: requestOf(
      caseState,
      step,
      caseState.url(caseState.environment.target.endpoints.authorize),
      new URLSearchParams(pairs).toString(),
    ),
    values: {
      ...others,
      ...(state === undefined ? {} : { sent_state: state }),
      ...(verifier === null ? {} : { code_verifier: verifier }),
    },
  }
}

function requestOf(
  caseState: CaseState,
  { method = 'GET', headers = {} }: AuthorizeStep,
  url: string,
  parameters: string,
): HttpRequest {
  const own = Object.entries(headers).flatMap(([name, value]) =>
    resolveParam(value, caseState).map((text) => [name, text] as const),
  )
  if (method !== 'POST') return { method, url: `${url}?${parameters}`, headers: own }
  return { method, url, headers: [['content-type', 'application/x-www-form-urlencoded'], ...own], body: parameters }
}

/** What a later step may take from the redirect; it must not replace what was sent, like the verifier. */
function callbackValues(callback: Callback | null): Record<string, string> {
  const names = ['code', 'state', 'iss']
  return Object.fromEntries(Object.entries(callback?.params ?? {}).filter(([name]) => names.includes(name)))
}

interface End {
  readonly last: Exchange
  readonly callback: Callback | null
  readonly page: Page | null
  /** The last consent form that was served. */
  readonly consent: ConsentForm | null
}

interface RedirectUris {
  readonly registered: readonly string[]
  readonly requested: string | undefined
}

/** Sessions in which a login form ends the flow. */
const withoutLogin: ReadonlySet<AuthorizeStep['session']> = new Set(['none', 'kept', 'ended'])

async function walk(
  caseState: CaseState,
  step: AuthorizeStep,
  start: HttpRequest,
  redirectUris: RedirectUris,
): Promise<End> {
  const session = step.session ?? 'shared'
  const user = step.user ?? caseState.user
  const cookies = await sessionOf(caseState, session, user)
  const origin = new URL(start.url).origin
  let last = await caseState.send(start, cookies)
  let loggedIn = session !== 'fresh'
  let decided = false
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
      const changes = Object.fromEntries(
        Object.entries(requireResolvedParams(step.form)).map(([name, param]) => [
          name,
          resolveParam(param, caseState)[0] ?? null,
        ]),
      )
      const button = step.decision === 'deny' ? form.deny : form.allow
      if (button === null) throw new BlockedError('no-deny-button', 'the consent form has no button to deny')
      last = await caseState.send(consentRequest(form, button, changes), cookies)
      continue
    }
    if (!findLoginForm(html, url)) {
      if (!decided) requireDecision(step, last)
      return { last, callback: null, page: last.response.status >= 400 ? 'error' : 'other', consent }
    }
    if (withoutLogin.has(session)) return { last, callback: null, page: 'login', consent }
    if (loggedIn)
      throw new BlockedError('session-lost', `the session of ${user} was lost: the login form was served again`)
    loggedIn = true
    const login = await caseState.environment.logInAgain(user, cookies, url)
    caseState.exchanges.push(...login.exchanges)
    if (login.failure) throw new BlockedError(login.failure.cause, login.failure.message)
    last = await caseState.send(login.location === null ? start : { method: 'GET', url: login.location }, cookies)
  }
  throw new BlockedError('endless-redirects', `more than ${String(mostHops)} redirects`)
}

/** A decision that was never sent would count as rejected. */
function requireDecision({ form, decision }: AuthorizeStep, { response }: Exchange): void {
  if (form || decision === 'deny')
    throw new BlockedError('no-consent-form', `expected the consent form, got ${String(response.status)}`)
}

/**
 * A step that is about the consent form proves nothing where none is served. A consumer of ours always asks; whether a mapped one does
 * is the site's own choice, and Drupal's default is to remember approval.
 */
function requireConsentForm(
  { environment }: CaseState,
  { decision, form }: AuthorizeStep,
  { role, remembers }: ClientInfo,
  end: End,
): void {
  const { mapped, provisioned, capabilities } = environment.target
  // In Simple OAuth 5.2, only the site's own setting decides whether approval is remembered.
  const asks = provisioned && capabilities.includes('consumer.remember-approval')
  if (!mapped || asks || end.consent !== null) return
  // Its owner says that it asks every time: then a code without a question is what the case is about.
  if (remembers === false) return
  if (end.callback?.params['code'] === undefined || (decision !== 'deny' && decision !== 'stop' && !form)) return
  const fixture = Object.hasOwn(clients, role) ? clients[role as ClientRole] : undefined
  if (fixture === undefined || fixture.rememberApproval || fixture.automaticAuthorization) return
  throw new NotMappedError({ kind: 'no-consent', client: role as ClientRole })
}

async function sessionOf(
  caseState: CaseState,
  session: NonNullable<AuthorizeStep['session']>,
  user: UserRole,
): Promise<Cookies> {
  if (session === 'kept') return caseState.environment.keptSession(user)
  if (session === 'ended') {
    const ended = caseState.endedSessions.get(user)
    if (!ended) throw new BlockedError('no-session', `${user} had no browser session before the change`)
    return ended.clone()
  }
  if (session !== 'none') caseState.requireExisting(`user ${user}`)
  return session === 'shared' ? sharedSession(caseState, user) : new Cookies()
}

async function sharedSession(caseState: CaseState, user: UserRole): Promise<Cookies> {
  const { cookies, uid } = await caseState.environment.login(user)
  if (user === caseState.user) caseState.uid = uid
  return cookies
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

/** A redirect to the client, or to any other site: it is caught and never requested. */
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
