import { TransportError, type HttpClient } from '../http/client.ts'
import { Cookies } from '../http/cookies.ts'
import type { Exchange } from '../model/exchange.ts'
import { logIn, type LoginOutcome } from './login.ts'
import { followLoginLink, linkWithoutSession, whoAmI } from './who-am-i.ts'

/** A user with one way to log in: a password, a browser's session cookie, or a one-time login link. */
export interface Visitor {
  readonly name: string
  readonly password?: string
  readonly cookie?: string
  readonly loginLink?: string
  /** If known. */
  readonly uid?: string
}

export interface SignedIn {
  readonly cookies: Cookies
  /** Null if the site does not reveal it. */
  readonly uid: string | null
  readonly exchanges: readonly Exchange[]
  /** As of a `LoginOutcome`; also `login-second-factor`, `session-invalid` and `user-mismatch`. */
  readonly failure: LoginOutcome['failure']
}

/**
 * Logs a user in, in one attempt. With `ask`, the site is then asked whose session it is. That proves that the session is
 * valid: after the password, a second factor may still be required.
 */
export async function signIn(
  http: HttpClient,
  site: { readonly baseUrl: string; readonly login: string },
  user: Visitor,
  ask: boolean,
): Promise<SignedIn> {
  const cookies = new Cookies()
  const { baseUrl, login } = site
  const begun = await begin(http, cookies, baseUrl, baseUrl + login, user)
  if (begun.failure !== null || !ask)
    return { cookies, uid: user.uid ?? null, exchanges: begun.exchanges, failure: begun.failure }
  try {
    const { uid, anonymous, exchanges } = await whoAmI(http, cookies, baseUrl)
    const failure = anonymous ? noSession(user, begun.location) : mismatch(user, uid)
    return { cookies, uid: uid ?? user.uid ?? null, exchanges: [...begun.exchanges, ...exchanges], failure }
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    return { cookies, uid: null, exchanges: begun.exchanges, failure: { cause: error.code, message: error.message } }
  }
}

async function begin(
  http: HttpClient,
  cookies: Cookies,
  baseUrl: string,
  loginUrl: string,
  { name, password, cookie, loginLink }: Visitor,
): Promise<LoginOutcome> {
  if (cookie !== undefined) {
    cookies.take(baseUrl, cookie)
    const taken = cookies.headerFor(`${baseUrl}/user`) !== null
    const message = `The cookie of ${JSON.stringify(name)} is not valid. Copy it from a browser as NAME=VALUE; the name of a session cookie begins with SESS or SSESS.`
    return { ok: taken, exchanges: [], location: null, failure: taken ? null : { cause: 'session-invalid', message } }
  }
  try {
    if (loginLink !== undefined) return await followLoginLink(http, cookies, loginLink)
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    return { ok: false, exchanges: [], location: null, failure: { cause: error.code, message: error.message } }
  }
  return logIn(http, cookies, loginUrl, { name, password: password ?? '' })
}

function mismatch({ name, uid: expected }: Visitor, actual: string | null): LoginOutcome['failure'] {
  if (expected === undefined || actual === null || expected === actual) return null
  const message = `Expected the session of ${JSON.stringify(name)} to belong to user ${expected}, got user ${actual}. Correct uid, or remove it.`
  return { cause: 'user-mismatch', message }
}

function noSession(
  { name, password, loginLink }: Visitor,
  location: string | null,
): NonNullable<LoginOutcome['failure']> {
  // Drupal starts a session also to report that a link has been used.
  if (loginLink !== undefined) return linkWithoutSession
  const who = JSON.stringify(name)
  if (password === undefined) {
    const message = `The session of ${who} is not valid: the site asks for a login. Log in with a browser again and copy the new cookie.`
    return { cause: 'session-invalid', message }
  }
  const where = location === null ? 'another page' : new URL(location).pathname.replace(/[\w-]{16,}/gu, '…')
  const message = `The password of ${who} was accepted, but the site answered with ${where} instead of a session: probably a second factor, a captcha or terms to accept. Use a browser's session cookie or a loginLink instead.`
  return { cause: 'login-second-factor', message }
}
