import { bearerAccess } from '../core/bearer.ts'
import { startDraft, validate } from '../core/authorization.ts'
import type { Draft } from '../core/draft.ts'
import { openidScopes } from '../core/data.ts'
import { Failure } from '../core/failure.ts'
import { issueTokens, newGrantId } from '../core/issue.ts'
import { encodePath } from './login.ts'
import { answer, appendQuery, lastValue, withHeaders, type Answer, type Incoming, type Pairs } from '../core/message.ts'
import { consentPage, redirect, type Message } from '../core/pages.ts'
import {
  findSession,
  refusing,
  startSession,
  userPermissions,
  type SignedInUser,
  type Service,
} from '../core/service.ts'
import type { BrowserSession, Code } from '../core/state.ts'
import { errorAnswer } from './error-answer.ts'

/** The authorization endpoint (RFC 6749 §3.1): validates the request, redirects to the login, asks for consent, issues a code. */
export async function answerAuthorize(service: Service, incoming: Incoming): Promise<Answer> {
  let draft: Draft | undefined
  return refusing(
    async () => {
      draft = startDraft(service, incoming)
      validate(service, draft)
      return decide(service, incoming, draft)
    },
    (failure) => refuse(service, incoming, draft, failure),
  )
}

async function decide(service: Service, incoming: Incoming, draft: Draft): Promise<Answer> {
  const { mechanisms } = service
  const session = findSession(service, incoming)?.session ?? null
  const actor = await findActor(service, incoming, session)
  const prompt = mechanisms.promptHonoured ? (lastValue(draft.pairs, 'prompt') ?? '').split(' ') : []
  const mustLogIn = session !== null && mechanisms.loginAgain(draft.pairs, session, Math.floor(Date.now() / 1000))
  if (!actor || mustLogIn) {
    if (prompt.includes('none')) throw new Failure('prompt/login')
    return toLogin(service, incoming)
  }
  const hint = lastValue(draft.pairs, 'id_token_hint')
  if (hint !== null && !mechanisms.hintMatches(hint, actor.account)) throw new Failure('prompt/login')
  const permitted = mechanisms.mayGrantCodes(actor.permissions)
  if (prompt.includes('none') && !mechanisms.silentlyIssued) throw new Failure('prompt/consent')
  if (!prompt.includes('consent') && consentGiven(service, draft, actor)) {
    if (!permitted) throw new Failure('consent/not-permitted')
    return issueCode(service, incoming, draft, actor, session)
  }
  if (prompt.includes('none')) throw new Failure('prompt/consent')
  return askConsent(service, incoming, draft, actor, session, permitted)
}

async function findActor(
  service: Service,
  incoming: Incoming,
  session: BrowserSession | null,
): Promise<SignedInUser | null> {
  const access = await bearerAccess(service, incoming)
  if (access?.account) return { account: access.account, permissions: access.permissions }
  if (session?.user) return { account: session.user, permissions: userPermissions(service, session.user) }
  const someone = service.state.accounts[0]
  if (service.mechanisms.loginRequired || !someone) return null
  return { account: someone, permissions: userPermissions(service, someone) }
}

/**
 * A relative URL with the parameters sorted by name, as Drupal sends it. Parameters that forced a new login are removed, so that they do
 * not force another.
 */
function toLogin(service: Service, incoming: Incoming): Answer {
  const again = service.mechanisms.promptHonoured ? ['prompt', 'max_age'] : []
  const kept = incoming.query.filter(([name]) => !again.includes(name))
  const sorted = [...service.mechanisms.rememberedQuery(kept)].sort(([one], [other]) => (one < other ? -1 : 1))
  const query = sorted.map(([name, value]) => `${encodePath(name)}=${encodePath(value)}`).join('&')
  const location = `${service.mechanisms.loginBase(incoming)}/user/login?destination=${encodePath(`${incoming.path}?${query}`)}`
  return withHeaders(redirect(302, location), startSession(service, incoming, null, [service.labels.loginFirst]))
}

function consentGiven({ state, mechanisms }: Service, draft: Draft, actor: SignedInUser): boolean {
  const key = mechanisms.approvalKey(actor.account, draft.client)
  if (state.damaged.has(key)) throw new Failure('crash', 'the approval cannot be read')
  const approved = state.approvals.get(key) ?? new Set<string>()
  return (
    mechanisms.automaticApproval(draft.client) || mechanisms.rememberedApproval(draft.client, approved, draft.scopes)
  )
}

async function askConsent(
  service: Service,
  incoming: Incoming,
  draft: Draft,
  actor: SignedInUser,
  session: BrowserSession | null,
  permitted: boolean,
): Promise<Answer> {
  const { labels, mechanisms, state } = service
  const messages: Message[] = []
  if (incoming.method === 'POST' && lastValue(incoming.body, 'form_id') === 'simple_oauth_authorize_form') {
    const asked = mechanisms.decidedRequest(draft, session?.asked ?? null)
    const token = lastValue(incoming.body, 'form_token')
    const trusted = session ? mechanisms.formTokenMatches(session, token, state) : !mechanisms.loginRequired
    const decision = mechanisms.decision(lastValue(incoming.body, 'op'), labels.allow, labels.deny)
    const remembered = decision === 'allow' || (decision === 'deny' && mechanisms.rememberDenial)
    if (trusted && permitted && remembered) remember(service, draft, actor)
    if (!trusted) messages.push({ type: 'error', text: labels.outdated })
    else if (decision === 'deny' && !mechanisms.codeForDenial) throw new Failure('consent/denied')
    else if (decision !== null && permitted) return issueCode(service, incoming, asked, actor, session)
    else if (decision !== null) messages.push({ type: 'error', text: labels.notPermitted })
  }
  if (session) session.asked = draft
  return shownConsent(service, incoming, draft, session?.formToken ?? '', messages)
}

function shownConsent(
  { labels, mechanisms, state }: Service,
  incoming: Incoming,
  draft: Draft,
  formToken: string,
  messages: readonly Message[],
): Answer {
  const describe = (scopeName: string) => {
    const scope = state.data.scopes.find((known) => known.name === scopeName)
    return scope?.description ?? (openidScopes.includes(scopeName) ? `OpenID Connect: ${scopeName}` : scopeName)
  }
  const name = draft.client.label ?? draft.client.client_id
  const consent = {
    action: mechanisms.formAction(incoming),
    label: mechanisms.consentLabel(name),
    title: mechanisms.consentTitle(labels.grantTitle, name),
    scopes: mechanisms.consentScopes(draft.listed, draft.scopes).map(describe),
    formToken,
    redirectUri: draft.redirectUri ?? '',
  }
  return withHeaders(consentPage(labels, consent, messages), mechanisms.consentHeaders)
}

function remember({ state, mechanisms }: Service, { client, scopes }: Draft, { account }: SignedInUser): void {
  if (!client.rememberApproval) return
  const key = mechanisms.approvalKey(account, client)
  state.approvals.set(key, new Set([...(state.approvals.get(key) ?? []), ...scopes]))
}

async function issueCode(
  service: Service,
  incoming: Incoming,
  draft: Draft,
  actor: SignedInUser,
  session: BrowserSession | null,
): Promise<Answer> {
  const { state, mechanisms } = service
  const grant = {
    grantId: newGrantId(),
    nonce: lastValue(draft.pairs, 'nonce'),
    authTime: session?.authTime ?? Math.floor(Date.now() / 1000),
  }
  if (draft.responseType === 'token') {
    const { client, scopes } = draft
    const issuing = { ...grant, client, scopes, refreshScopes: [], user: actor.account, grantType: 'implicit' }
    const members = await issueTokens(service, incoming, issuing)
    const shown = Object.entries(members).map(([name, value]): [string, string] => [name, String(value)])
    const fragment = appendQuery('', [...shown, ...echo(service, draft)]).slice(1)
    return redirect(mechanisms.redirectStatus, `${draft.redirectUri}#${fragment}`)
  }
  const code = mechanisms.codeValue(mechanisms.secretValue(420), draft.challenge)
  const issued: Code = {
    ...grant,
    clientId: draft.client.client_id,
    user: actor.account,
    scopes: draft.scopes,
    expires: Date.now() + mechanisms.codeLifetime(draft.client) * 1000,
    redirectUri: draft.givenRedirectUri,
    challenge: draft.challenge,
    method: draft.method,
    used: false,
  }
  state.codes.set(code, mechanisms.codeAsIssued(issued, incoming))
  return toClient(service, incoming, draft, [['code', code], ...echo(service, draft)])
}

function echo({ mechanisms }: Service, { state }: Draft): Pairs {
  const echoed = state === null ? null : mechanisms.responseState(state)
  return echoed === null ? [] : [['state', echoed]]
}

function toClient({ mechanisms }: Service, incoming: Incoming, draft: Draft, params: Pairs): Answer {
  const issuer = mechanisms.authorizationIssuer(incoming.origin)
  const location = appendQuery(draft.redirectUri ?? '', issuer === null ? params : [...params, ['iss', issuer]])
  return answer(mechanisms.redirectStatus, '', [
    ['Location', location],
    ['Content-Type', 'text/html; charset=UTF-8'],
  ])
}

/** Sends the error to the client if the profile does so (RFC 6749 §4.1.2.1); shows it on the server otherwise. */
function refuse(service: Service, incoming: Incoming, draft: Draft | undefined, failure: Failure): Answer {
  const error = service.mechanisms.oauthError(failure)
  const untrusted = failure.kind === 'client/redirect-uri'
  // RFC 9700 §4.11.2, with the exception of silent authentication.
  const isSilent = draft !== undefined && (lastValue(draft.pairs, 'prompt') ?? '').split(' ').includes('none')
  if (service.mechanisms.errorsAfterLogin && draft?.redirectUri && error.redirect && !isSilent) {
    if (!findSession(service, incoming)?.session.user) return toLogin(service, incoming)
  }
  if (draft?.redirectUri && (error.redirect || untrusted)) {
    const state = draft.state ?? readState(service, draft)
    const body = service.mechanisms.errorBody(error)
    const members = Object.entries(body).map(([name, value]): [string, string] => [name, String(value)])
    return toClient(service, incoming, draft, [...echo(service, { ...draft, state }), ...members])
  }
  return errorAnswer(service, failure, incoming)
}

/** Reads `state` if the request failed before it was read. */
function readState({ mechanisms }: Service, draft: Draft): string | null {
  try {
    return mechanisms.stateParameter(draft.pairs)
  } catch {
    return null
  }
}
