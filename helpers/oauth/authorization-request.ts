import { clients, type ClientRole } from '../../fixtures/roles.ts'
import { consentRequest } from '../drupal/consent.ts'
import type { HttpRequest } from '../http/client.ts'
import type { Callback, Outcome } from '../judge/outcome.ts'
import type { ClientInfo } from '../model/target.ts'
import { sessionOf, walk, type End } from './browser-flow.ts'
import { BlockedError, NotMappedError, type CaseState, type StepResult } from './case-state.ts'
import { codeVerifier, randomState, s256 } from './pkce.ts'
import { applyChanges, requireResolvedParams, resolve, resolveHeaders } from './resolve.ts'
import type { AuthorizeStep, DecideStep } from './steps.ts'

/**
 * The authorization request and everything that follows, until the client is redirected or a page ends the flow (RFC 6749 §4.1.1, §4.1.2).
 */
export async function runAuthorize(caseState: CaseState, step: AuthorizeStep, client: ClientInfo): Promise<StepResult> {
  const sent = authorizationRequest(caseState, step, client)
  const before = caseState.exchanges.length
  const earlier = step.browserOf === undefined ? undefined : caseState.result(step.browserOf).open
  const cookies = earlier?.cookies ?? (await sessionOf(caseState, step))
  const redirectUris = { registered: client.redirectUris, requested: sent.values['redirect_uri'] }
  const end = await walk(caseState, step, sent.request, redirectUris, { cookies, decided: false })
  requireConsentForm(caseState, step, client, end)
  const outcome = outcomeOf(end, sent.values, caseState.exchanges.slice(before))
  const open = end.page === 'consent' && end.consent ? { form: end.consent, cookies, then: cookies.clone() } : undefined
  return { outcome, client, at: performance.now(), ...(open ? { open } : {}) }
}

/** The decision on a consent form that an earlier step left open. No login follows. */
export async function runDecision(caseState: CaseState, step: DecideStep): Promise<StepResult> {
  const { open, client, outcome } = caseState.result(step.of)
  if (!open || !client) throw new BlockedError('no-consent-form', `the step "${step.of}" left no consent form open`)
  const { form, cookies, then } = open
  const { decision = 'allow' } = step
  const button = decision === 'deny' ? form.deny : form.allow
  if (button === null) throw new BlockedError('no-deny-button', 'the consent form has no button to deny')
  const before = caseState.exchanges.length
  const end = await walk(
    caseState,
    { do: 'authorize', session: 'none', decision },
    consentRequest(form, button),
    { registered: client.redirectUris, requested: outcome.values['redirect_uri'] },
    { cookies: step.cookies === 'then' ? then.clone() : cookies, decided: true },
  )
  return {
    outcome: outcomeOf(end, outcome.values, caseState.exchanges.slice(before)),
    client,
    at: performance.now(),
  }
}

const outcomeOf = (end: End, sent: Outcome['values'], exchanges: Outcome['exchanges']): Outcome => ({
  kind: 'authorize',
  exchanges,
  last: end.last,
  callback: end.callback,
  page: end.page,
  values: {
    ...callbackValues(end.callback),
    ...sent,
    ...(end.consent?.formToken ? { form_token: end.consent.formToken } : {}),
  },
  ...(end.consent
    ? { facts: { 'consent.scopes': end.consent.scopes.length, 'consent.foreign': end.consent.foreign.length } }
    : {}),
  basic: false,
})

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
  if (client.requests.length > 0) own['this.scope'] = client.requests.join(' ')
  if (redirectUri !== undefined) own['this.redirect_uri'] = redirectUri
  const pairs = applyChanges(defaults, requireResolvedParams(step.params), {
    value: (of) => own[of] ?? caseState.value(of),
    scopeName: (role) => caseState.scopeName(role),
    clientSecret: (role) => caseState.clientSecret(role),
    clientOrigin: () => caseState.clientOrigin(),
    url: (path) => caseState.url(path),
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
  const own = resolveHeaders(headers, caseState)
  if (method !== 'POST') return { method, url: `${url}?${parameters}`, headers: own }
  return { method, url, headers: [['content-type', 'application/x-www-form-urlencoded'], ...own], body: parameters }
}

/** What later steps may use from the redirect; it must not replace values that were sent, such as the verifier. */
function callbackValues(callback: Callback | null): Record<string, string> {
  const names = ['code', 'state', 'iss']
  return Object.fromEntries(Object.entries(callback?.params ?? {}).filter(([name]) => names.includes(name)))
}

/**
 * A step about the consent form proves nothing if no form is served. The suite's own consumers always ask for consent; for a mapped one
 * that is the site's choice, and Drupal remembers approval by default.
 */
function requireConsentForm(
  { environment }: CaseState,
  { decision, form }: AuthorizeStep,
  { role, remembers }: ClientInfo,
  end: End,
): void {
  const { mapped, provisioned, capabilities } = environment.target
  // In Simple OAuth 5.2, only a site-wide setting decides whether approval is remembered.
  const asks = provisioned && capabilities.includes('consumer.remember-approval')
  if (!mapped || asks || end.consent !== null) return
  // If its owner says that it always asks, the case is about exactly this: a code without consent.
  if (remembers === false) return
  if (end.callback?.params['code'] === undefined || (decision !== 'deny' && decision !== 'stop' && !form)) return
  const fixture = Object.hasOwn(clients, role) ? clients[role as ClientRole] : undefined
  if (fixture === undefined || fixture.rememberApproval || fixture.automaticAuthorization) return
  throw new NotMappedError({ kind: 'no-consent', client: role as ClientRole })
}
