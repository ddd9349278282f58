import type { Account } from '../core/data.ts'
import { lastValue, withHeaders, type Answer, type Incoming } from '../core/message.ts'
import { loginPage, logoutPage, page, redirect, type Message } from '../core/pages.ts'
import { endSession, findSession, startSession, type Service } from '../core/service.ts'

const sixHours = 6 * 3600 * 1000

/** A path on the site itself; anything else is ignored, as it would be an open redirect. */
function destination(incoming: Incoming): string | null {
  const given = lastValue(incoming.query, 'destination')
  return given !== null && /^\/(?![/\\])/.test(given) ? given : null
}

export function answerLogin(service: Service, incoming: Incoming): Answer {
  const found = findSession(service, incoming)
  if (found?.session.user) {
    return redirect(302, incoming.origin + (destination(incoming) ?? `/user/${found.session.user.uid}`))
  }
  if (incoming.method === 'POST' && lastValue(incoming.body, 'form_id') === 'user_login_form') {
    return submitLogin(service, incoming)
  }
  const messages: Message[] = (found?.session.flash ?? []).map((text) => ({ type: 'status', text }))
  // The anonymous session contained only the message.
  const cookie = found ? endSession(service, incoming, found.id) : []
  return withHeaders(form(service, incoming, messages), cookie)
}

function form(service: Service, incoming: Incoming, messages: readonly Message[]): Answer {
  const target = lastValue(incoming.query, 'destination')
  const action = target === null ? '/user/login' : `/user/login?destination=${encodePath(target)}`
  return loginPage(service.labels, action, messages)
}

function submitLogin(service: Service, incoming: Incoming): Answer {
  const { state, mechanisms, labels } = service
  const name = lastValue(incoming.body, 'name')?.trim().toLowerCase() ?? ''
  const account = state.accounts.find((known) => known.name.toLowerCase() === name)
  if (account && recentFailures(service, account).length >= mechanisms.floodLimit) {
    return page(labels, labels.logIn, `<p>${labels.flooded}</p>`, [], 403)
  }
  if (!account || !mechanisms.passwordMatches(account, lastValue(incoming.body, 'pass') ?? '')) {
    if (account) state.failedLogins.set(account.uid, [...recentFailures(service, account), Date.now()])
    const opened = account && mechanisms.sessionAfterFailedLogin ? startSession(service, incoming, account, []) : []
    return withHeaders(form(service, incoming, [{ type: 'error', text: labels.wrongLogin }]), opened)
  }
  if (!mechanisms.loginAllowed(state, account))
    return form(service, incoming, [{ type: 'error', text: labels.blocked }])
  state.failedLogins.delete(account.uid)
  const target = destination(incoming) ?? `/user/${account.uid}`
  const location = `${incoming.origin}${target}${target.includes('?') ? '&' : '?'}check_logged_in=1`
  return withHeaders(redirect(mechanisms.loginRedirectStatus, location), startSession(service, incoming, account, []))
}

const recentFailures = ({ state }: Service, account: Account) =>
  (state.failedLogins.get(account.uid) ?? []).filter((time) => time > Date.now() - sixHours)

/** /user redirects to the user's page, or to the login form. */
export function answerUser(service: Service, incoming: Incoming): Answer {
  const user = findSession(service, incoming)?.session.user
  return redirect(302, `${incoming.origin}/user/${user ? user.uid : 'login'}`)
}

export function answerLogout(service: Service, incoming: Incoming): Answer {
  const found = findSession(service, incoming)
  if (!found?.session.user) return redirect(302, `${incoming.origin}/`)
  if (incoming.method !== 'POST') {
    return incoming.path === '/user/logout'
      ? redirect(302, `${incoming.origin}/user/logout/confirm`)
      : logoutPage(service.labels)
  }
  const { state, mechanisms } = service
  mechanisms.userChanged(state, found.session.user, 'logOut')
  const cookies = endSession(service, incoming, found.id)
  if (!mechanisms.logoutEndsSession) state.sessions.set(found.id, found.session)
  return withHeaders(redirect(303, `${incoming.origin}/`), cookies)
}

/** Encodes a path for a query as Drupal does: everything except the slashes. */
export function encodePath(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
}
