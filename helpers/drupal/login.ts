import { browse } from '../http/browse.ts'
import { type HttpClient, type HttpRequest, TransportError } from '../http/client.ts'
import type { Cookies } from '../http/cookies.ts'
import { type Exchange, header } from '../model/exchange.ts'
import { type Form, hasDrupalId, submission } from './forms.ts'
import { findLoginForm } from './login-form.ts'
import { pageFacts } from './page-facts.ts'

export interface LoginOutcome {
  readonly ok: boolean
  readonly exchanges: readonly Exchange[]
  /** The absolute URL that Drupal redirects the user to; null without a redirect. */
  readonly location: string | null
  /**
   * `login-form-missing`, `login-form-foreign`, `login-failed`, `login-blocked`, or the code of a `TransportError`. The
   * message says what to do next.
   */
  readonly failure: { readonly cause: string; readonly message: string } | null
}

const redirects = new Set([301, 302, 303, 307, 308])
const maxRedirects = 5

/**
 * Logs a user in through the site's own form. A redirect with a new cookie is a success. Received cookies are stored in
 * `cookies`. Tries only once: a second attempt with a wrong password could lock the account.
 */
export async function logIn(
  http: HttpClient,
  cookies: Cookies,
  loginUrl: string,
  credentials: { readonly name: string; readonly password: string },
): Promise<LoginOutcome> {
  const exchanges: Exchange[] = []
  const fail = (cause: string, message: string): LoginOutcome => ({
    ok: false,
    exchanges,
    location: null,
    failure: { cause, message },
  })
  const send = (request: HttpRequest): Promise<Exchange> =>
    browse({ http, cookies, record: (exchange) => exchanges.push(exchange) }, request)

  try {
    let page = await send({ method: 'GET', url: loginUrl })
    for (let followed = 0; followed < maxRedirects && redirects.has(page.response.status); followed++) {
      const next = target(page)
      if (next === null) break
      if (!sameOrigin(next, loginUrl)) return fail('login-form-foreign', foreign(loginUrl, next))
      page = await send({ method: 'GET', url: next })
    }
    const { status, body } = page.response
    if (isBlocked(status)) return fail('login-blocked', blocked(credentials.name, status))
    const form = findLoginForm(body, page.request.url)
    if (form === null)
      return fail(
        'login-form-missing',
        `Expected a login form at ${short(page.request.url)}, got ${status} without one. Set login in the site file to the path of the login page, or use a browser's session cookie.`,
      )
    if (!sameOrigin(form.action, loginUrl)) return fail('login-form-foreign', foreign(loginUrl, form.action))

    const before = new Set(cookies.values())
    const button = form.buttons.find(isSubmit) ?? form.buttons[0] ?? null
    const answer = await send(
      submission(form, button, { [form.nameField]: credentials.name, [form.passwordField]: credentials.password }),
    )
    const user = JSON.stringify(credentials.name)
    if (isBlocked(answer.response.status))
      return fail('login-blocked', blocked(credentials.name, answer.response.status))
    const location = redirects.has(answer.response.status) ? target(answer) : null
    if (location === null)
      return fail(
        'login-failed',
        findLoginForm(answer.response.body, form.action) === null
          ? `Expected a redirect after the login of ${user}, got ${answer.response.status}. Check the site's log.`
          : refused(user, answer),
      )
    if (!cookies.values().some((value) => !before.has(value)))
      return fail(
        'login-failed',
        `Expected a session cookie after the login of ${user}, got a redirect without one. Check the site's log.`,
      )
    return { ok: true, exchanges, location, failure: null }
  } catch (error) {
    if (error instanceof TransportError) return fail(error.code, error.message)
    throw error
  }
}

function isSubmit(button: Form['buttons'][number]): boolean {
  return button.selector === 'edit-submit' || hasDrupalId(button.id, 'edit-submit')
}

function target({ request, response }: Exchange): string | null {
  const location = header(response, 'location')
  return location !== null && URL.canParse(location, request.url) ? new URL(location, request.url).href : null
}

function sameOrigin(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin
}

/** Why the login form came back: not every rejection is about name or password. */
function refused(user: string, { request, response }: Exchange): string {
  const { unfilled, captcha, messages } = pageFacts(response.body, request.url)
  const said = messages.length > 0 ? ` It says: ${messages.join(' · ')}` : ''
  const again = `The login of ${user} failed: the site showed the login form again.${said}`
  return unfilled.length > 0 || captcha
    ? again
    : `${again}${/[.?!]$/u.test(again) ? '' : '.'} Check the name and the password, and that the account is not blocked.`
}

// Drupal responds with 403 after too many failed logins from an address or of a user.
function isBlocked(status: number): boolean {
  return status === 403 || status === 429
}

function blocked(name: string, status: number): string {
  return `The site rejected the login of ${JSON.stringify(name)} with ${status}: too many failed logins, or no access from this address. Wait, or clear the site's flood table.`
}

function foreign(loginUrl: string, to: string): string {
  const { origin } = new URL(to)
  return `The login page of ${new URL(loginUrl).origin} leads to ${origin === 'null' ? 'an invalid URL' : origin}, and the suite sends no password there. Set login in the site file to a login page of the site itself, or use a browser's session cookie.`
}

function short(url: string): string {
  return url.replace(/[?#].*/s, '')
}
