import type { DiagnosisSigns } from '../../fixtures/diagnoses.ts'
import { pageFacts } from '../drupal/page-facts.ts'
import { header, type Exchange } from '../model/exchange.ts'
import { firstLine, wordsOf } from '../model/server-words.ts'
import type { Endpoints } from '../model/target.ts'

/** Where an exchange took place. */
export interface Site {
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly endpoints: Endpoints
}

type Endpoint = NonNullable<DiagnosisSigns['endpoint']>[number]
type Redirect = NonNullable<DiagnosisSigns['redirect']>[number]

/** What one answer shows of its cause. */
export interface Signs {
  readonly endpoint: Endpoint | null
  readonly method: string
  readonly status: number
  readonly error: string | null
  /** The server's own words: first those of the answer, then those of its log. */
  readonly words: readonly string[]
  readonly sent: 'bearer' | 'basic' | null
  readonly redirect: Redirect | null
  /** Absolute, without a query; null without a redirect. */
  readonly location: string | null
  readonly form: 'login' | 'consent' | null
  /** The http address to which a form on an https page is submitted; else null. */
  readonly formByHttp: string | null
  readonly unfilled: readonly string[]
  readonly captcha: boolean
  readonly encoded: boolean
  /** Null if it was not tried. */
  readonly headerArrives: boolean | null
}

/**
 * The signs of an answer.
 * @param log Lines of the server's log.
 * @param headerArrives Whether the Authorization header reaches Drupal; null if it was not tried.
 */
export function signsOf(
  { request, response }: Exchange,
  site: Site,
  log: readonly string[] = [],
  headerArrives: boolean | null = null,
): Signs {
  const location = locationOf(response.status, header(response, 'location'), request.url)
  const page = pageFacts(response.body, request.url)
  const authorization = request.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? ''
  const own = wordsOf(response)
  return {
    endpoint: endpointOf(request.url, site),
    method: request.method,
    status: response.status,
    error: location?.searchParams.get('error') ?? errorOf(response.body),
    words: [...(own === null ? [] : [firstLine(own)]), ...page.messages, ...log.map(firstLine)].filter(
      (line) => line !== '',
    ),
    sent: /^bearer /iu.test(authorization) ? 'bearer' : /^basic /iu.test(authorization) ? 'basic' : null,
    redirect: location === null ? null : redirectOf(location, new URL(request.url), site),
    location: location === null ? null : location.origin + location.pathname,
    form: page.form,
    formByHttp: page.action !== null && isByHttp(new URL(page.action), new URL(request.url)) ? page.action : null,
    unfilled: page.unfilled,
    captcha: page.captcha,
    encoded: isEncoded(authorization),
    headerArrives,
  }
}

function endpointOf(url: string, { baseUrl, endpoints }: Site): Endpoint | null {
  const path = (text: string): string => text.replace(/[?#].*/su, '')
  const names: readonly Endpoint[] = ['authorize', 'token', 'jwks', 'userinfo', 'login', 'resource']
  return names.find((name) => path(url) === baseUrl + path(endpoints[name])) ?? null
}

function locationOf(status: number, location: string | null, url: string): URL | null {
  const isRedirect = [301, 302, 303, 307, 308].includes(status)
  return isRedirect && location !== null && URL.canParse(location, url) ? new URL(location, url) : null
}

function redirectOf(to: URL, from: URL, { endpoints }: Site): Redirect {
  if (to.hostname === from.hostname && to.protocol !== from.protocol && /^https?:$/u.test(to.protocol))
    return to.protocol === 'https:' ? 'https' : 'http'
  if (to.origin !== from.origin) return 'elsewhere'
  return /\/user\/login\b|\/(?:saml|sso|cas|login)\b/u.test(to.pathname) || to.pathname.endsWith(endpoints.login)
    ? 'login'
    : 'on site'
}

const isByHttp = (to: URL, from: URL): boolean =>
  from.protocol === 'https:' && to.protocol === 'http:' && to.hostname === from.hostname

function errorOf(body: string): string | null {
  try {
    const error = (JSON.parse(body) as { error?: unknown } | null)?.error
    return typeof error === 'string' ? error : null
  } catch {
    return null
  }
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function isEncoded(authorization: string): boolean {
  const basic = /^basic (\S+)$/iu.exec(authorization)?.[1]
  return basic !== undefined && /[%+]/u.test(Buffer.from(basic, 'base64').toString())
}
