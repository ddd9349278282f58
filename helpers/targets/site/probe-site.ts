import { nextOf } from '../../drupal/who-am-i.ts'
import { TransportError, type HttpClient } from '../../http/client.ts'
import { type Exchange, header } from '../../model/exchange.ts'
import { TargetError } from '../../model/target.ts'

/** What a site tells of itself to anybody. */
export interface SiteFacts {
  /** Drupal's major version, where the site tells it. */
  readonly drupal: string | null
  readonly jwks: boolean
  /** The protected resource is there. */
  readonly resource: boolean
  /** What stands in front of the site takes the Authorization header for itself. */
  readonly takesAuthorization: boolean
}

interface Place {
  /** Without a trailing slash. */
  readonly baseUrl: string
  /** Path of the protected resource. */
  readonly resource: string
  /** HTTP authentication was given. */
  readonly httpBasic: boolean
}

export const tokenPath = '/oauth/token'
export const jwksPath = '/oauth/jwks'
export const defaultResource = '/oauth/debug?_format=json'
export const defaultLogin = '/user/login'

/**
 * The base URL as it is used: without a trailing slash.
 * @throws TargetError `bad-base-url`
 */
export function baseUrlOf(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null
  const refuse = (why: string): never => {
    throw new TargetError('bad-base-url', `The base URL ${why}. Give it as https://host or https://host/path.`)
  }
  if (url === null || !/^https?:$/u.test(url.protocol)) return refuse(`"${given.replace(/\/\/.*@/u, '//…@')}" is none`)
  if (url.username !== '' || url.password !== '')
    return refuse('holds a user or a password, which belong into the site file as httpBasic')
  if (url.search !== '' || url.hash !== '') return refuse('has a query or a fragment')
  return url.origin + url.pathname.replace(/\/+$/u, '')
}

/**
 * Asks a site by harmless GETs whether it is a Drupal with Simple OAuth and what of it can be tested.
 * @throws TargetError which says what is there instead.
 */
export async function probeSite(http: HttpClient, place: Place): Promise<SiteFacts> {
  const { baseUrl, resource } = place
  const get = (path: string, headers: readonly (readonly [string, string])[] = []): Promise<Exchange> =>
    http.send({ method: 'GET', url: baseUrl + path, headers }).catch((error: unknown) => {
      throw unreachable(baseUrl, error)
    })
  const token = await get(tokenPath)
  refuseUnusual(token, place)
  let pages = [token]
  if (!pages.some(isDrupal)) pages = [token, await get(defaultLogin), await get('/')]
  if (!pages.some(isDrupal)) throw notDrupal(token, baseUrl)
  // The route is for POST alone; without the module there is none.
  if (token.response.status === 404) throw noModule(baseUrl)
  const jwks = await get(jwksPath)
  const { response } = await get(resource, [['accept', 'application/json']])
  const taken = place.httpBasic && refusedByProxy(await get(resource, [['authorization', 'Bearer none']]))
  return {
    drupal: pages.map(drupalVersion).find((version) => version !== null) ?? null,
    jwks: jwks.response.status === 200 && Array.isArray(jsonMember(jwks, 'keys')),
    resource: ![404, 405, 406].includes(response.status),
    takesAuthorization: taken,
  }
}

/** A member of a JSON object; undefined where the body is none. */
export function jsonMember({ response }: Exchange, name: string): unknown {
  try {
    const body: unknown = JSON.parse(response.body)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  } catch {
    return undefined
  }
}

/** A visitor's ways to learn that it is Drupal; many sites hide some of them. */
function isDrupal({ response }: Exchange): boolean {
  return (
    /drupal/iu.test(header(response, 'x-generator') ?? '') ||
    response.headers.some(([name]) => name.startsWith('x-drupal-')) ||
    // Drupal says so of every answer that may not be cached.
    header(response, 'expires') === 'Sun, 19 Nov 1978 05:00:00 GMT' ||
    /data-drupal-|content="Drupal \d|\/core\/misc\//u.test(response.body)
  )
}

function drupalVersion({ response }: Exchange): string | null {
  const text = header(response, 'x-generator') ?? /content="(Drupal \d+)/u.exec(response.body)?.[1] ?? ''
  return /drupal (\d+)/iu.exec(text)?.[1] ?? null
}

const basicChallenge = ({ response }: Exchange): boolean =>
  /^basic\b/iu.test(header(response, 'www-authenticate') ?? '')

const refusedByProxy = (exchange: Exchange): boolean => exchange.response.status === 401 && basicChallenge(exchange)

/** @throws TargetError */
function refuseUnusual(token: Exchange, { baseUrl, httpBasic }: Place): void {
  const { status } = token.response
  const to = nextOf(token)
  if (to !== null) throw redirected(baseUrl, new URL(to))
  if (refusedByProxy(token))
    throw httpBasic
      ? new TargetError(
          'http-basic-refused',
          `${baseUrl} refuses the user and password given as httpBasic. Correct them in the site file or the environment.`,
        )
      : new TargetError(
          'http-basic-needed',
          `${baseUrl} asks for HTTP authentication. Give its user and password as httpBasic in the site file.`,
        )
  if (status === 429)
    throw new TargetError(
      'rate-limited',
      `${baseUrl} answers 429, too many requests. Wait, or allow more of them from here.`,
    )
  if (status === 503)
    throw new TargetError(
      'maintenance',
      `${baseUrl} answers 503: maintenance mode, or overload. Put the site online (drush maint:set 0), or try later.`,
    )
  if (status >= 500)
    throw new TargetError('site-broken', `${baseUrl} answers ${status}: the site is broken. See its error log.`)
  if (status === 403)
    throw new TargetError(
      'forbidden',
      `${baseUrl}${tokenPath} answers 403, forbidden: a firewall or a list of addresses. Allow requests from here.`,
    )
}

function redirected(baseUrl: string, to: URL): TargetError {
  const bare = to.origin + to.pathname
  const meant = bare.endsWith(tokenPath) ? bare.slice(0, -tokenPath.length) : null
  const next =
    meant === null
      ? 'No client could use its token endpoint; see what sends all visitors there.'
      : `Give ${meant} as base URL if that is the site you mean.`
  return new TargetError(
    'redirected',
    `${baseUrl}${tokenPath} is redirected to ${bare}, and only the site named is asked. ${next}`,
  )
}

function notDrupal({ response }: Exchange, baseUrl: string): TargetError {
  const server = header(response, 'server')
  const who = server === null ? '' : ` (a server that calls itself "${server.slice(0, 60)}")`
  return new TargetError(
    'not-drupal',
    `What answers at ${baseUrl} is no Drupal${who}: status ${response.status} at ${tokenPath}, and no sign of Drupal on any page. Correct host, port and path of the base URL.`,
  )
}

const noModule = (baseUrl: string): TargetError =>
  new TargetError(
    'module-missing',
    `The Drupal at ${baseUrl} has no ${tokenPath}: Simple OAuth is not enabled there (drush pm:install simple_oauth), or the base URL lacks a sub-path.`,
  )

/** A transport error in the words of someone who gave a base URL. */
export function unreachable(baseUrl: string, error: unknown): unknown {
  if (!(error instanceof TransportError)) return error
  const authority = /^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/u.test(error.code)
    ? ' Name its PEM file with --ca FILE, or as ca in the site file.'
    : ''
  const other = /^(HPE_|UND_ERR_SOCKET|ECONNRESET|EPIPE)/u.test(error.code)
    ? ' Is it the port of a web server, and http or https rightly chosen?'
    : ''
  const message = `The site at ${baseUrl} cannot be reached: ${error.message}${authority}${other}`
  return new TargetError('site-unreachable', message, { cause: error })
}
