import { header } from '../model/exchange.ts'
import type { Json } from '../model/verdict.ts'
import type { Outcome } from './outcome.ts'

/** Facts that matter only to a browser: CORS, cookies, the referrer policy. */

/**
 * Whose scripts may read the answer (Fetch, CORS protocol): `nobody`; `anyone` without cookies; `the origin` that asked; or `the origin,
 * with cookies`. A `*` with credentials counts as without: browsers do not send cookies then.
 */
export function corsReaders({ last }: Outcome): Json | undefined {
  if (last === null) return undefined
  const allowed = header(last.response, 'access-control-allow-origin')
  if (allowed === null) return 'nobody'
  if (allowed === '*') return 'anyone'
  if (allowed !== header(last.request, 'origin')) return 'nobody'
  const withCookies = header(last.response, 'access-control-allow-credentials') === 'true'
  return withCookies ? 'the origin, with cookies' : 'the origin'
}

/** The last policy named counts; undefined if neither header nor page has one. */
export function referrerPolicy({ last }: Outcome): Json | undefined {
  if (last === null) return undefined
  const inPage = /<meta\s+name=["']referrer["']\s+content=["']([\w-]+)["']/iu.exec(last.response.body)?.[1]
  const inHeader = header(last.response, 'referrer-policy')?.split(',').at(-1)?.trim()
  return inPage ?? inHeader
}

/** The attributes of the session cookie: Drupal's by its name, else the only cookie that was set. */
function sessionCookie({ last }: Outcome): readonly string[] | undefined {
  const cookies = (last?.response.headers ?? []).flatMap(([name, value]) => (name === 'set-cookie' ? [value] : []))
  const own = cookies.filter((cookie) => /^(?:__Host-|__Secure-)?S?SESS/u.test(cookie))
  const cookie = own.at(-1) ?? (cookies.length === 1 ? cookies[0] : undefined)
  return cookie
    ?.split(';')
    .slice(1)
    .map((part) => part.trim().toLowerCase())
}

export const attribute = (outcome: Outcome, name: string): boolean | undefined => sessionCookie(outcome)?.includes(name)

export const sameSite = (outcome: Outcome): string | undefined =>
  sessionCookie(outcome)
    ?.find((part) => part.startsWith('samesite='))
    ?.slice('samesite='.length)

/** Undefined on a site served by http, from which no browser accepts a cookie with `Secure`. */
export const secureCookie = (outcome: Outcome): boolean | undefined =>
  outcome.last?.request.url.startsWith('https:') ? attribute(outcome, 'secure') : undefined
