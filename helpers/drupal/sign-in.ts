import { TransportError, type HttpClient } from '../http/client.ts'
import { Cookies } from '../http/cookies.ts'
import type { Exchange } from '../model/exchange.ts'
import { logIn, type LoginOutcome } from './login.ts'
import { followLoginLink, linkWithoutSession, whoAmI } from './who-am-i.ts'

/** A user with one way to a session: a password for the form, the cookie of a browser, or a one-time link. */
export interface Visitor {
  readonly name: string
  readonly password?: string
  readonly cookie?: string
  readonly loginLink?: string
  /** As far as it is known. */
  readonly uid?: string
}

export interface SignedIn {
  readonly cookies: Cookies
  /** Null where the site does not tell it. */
  readonly uid: string | null
  readonly exchanges: readonly Exchange[]
  /** As of a `LoginOutcome`; also `login-second-factor`, `session-invalid` and `user-mismatch`. */
  readonly failure: LoginOutcome['failure']
}

/**
 * A session of the user, by one attempt. `ask`: the site is then asked whose session it is, which shows whether it holds; after
 * a password a second factor may be due.
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
    const message = `The cookie of ${JSON.stringify(name)} is none. Copy it from a browser as NAME=VALUE, beginning with SESS or SSESS.`
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

function mismatch({ name, uid: stated }: Visitor, seen: string | null): LoginOutcome['failure'] {
  if (stated === undefined || seen === null || stated === seen) return null
  const message = `The session of ${JSON.stringify(name)} is that of user ${seen}, not ${stated}. Correct uid, or leave it out.`
  return { cause: 'user-mismatch', message }
}

function noSession(
  { name, password, loginLink }: Visitor,
  location: string | null,
): NonNullable<LoginOutcome['failure']> {
  // Drupal tells a visitor that a link is used up in a session, too.
  if (loginLink !== undefined) return linkWithoutSession
  const who = JSON.stringify(name)
  if (password === undefined) {
    const message = `The session of ${who} does not hold: the site asks to log in. Log in with a browser once more and copy its cookie anew.`
    return { cause: 'session-invalid', message }
  }
  const where = location === null ? 'another page' : new URL(location).pathname.replace(/[\w-]{16,}/gu, '…')
  const message = `The password of ${who} was taken, but ${where} came and no session: a second factor, a captcha or terms to accept. Give a session of a browser as cookie, or a loginLink.`
  return { cause: 'login-second-factor', message }
}
