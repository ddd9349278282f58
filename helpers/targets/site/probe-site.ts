import { nextOf } from '../../drupal/who-am-i.ts'
import { TransportError, type HttpClient } from '../../http/client.ts'
import { type Exchange, header } from '../../model/exchange.ts'
import { TargetError } from '../../model/target.ts'

/** What a site reveals about itself to every visitor. */
export interface SiteFacts {
  /** Drupal's major version; null if the site does not reveal it. */
  readonly drupal: string | null
  readonly jwks: boolean
  /** The URL that the key set's path redirects to, on the same origin; null without a redirect. */
  readonly keysMoved: string | null
  /** Whether the protected resource exists. */
  readonly resource: boolean
  /** Whether a proxy in front of the site consumes the Authorization header. */
  readonly takesAuthorization: boolean
}

interface Place {
  /** Without a trailing slash. */
  readonly baseUrl: string
  /** Path of the protected resource. */
  readonly resource: string
  /** Whether requests carry HTTP authentication. */
  readonly httpBasic: boolean
}

export const tokenPath = '/oauth/token'
export const jwksPath = '/oauth/jwks'
export const defaultResource = '/oauth/debug?_format=json'
export const defaultLogin = '/user/login'

/**
 * Checks and normalises a base URL: without a trailing slash.
 * @throws TargetError `bad-base-url`
 */
export function baseUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const refuse = (why: string): never => {
    throw new TargetError('bad-base-url', `The base URL ${why}. Write it as https://host or https://host/path.`)
  }
  if (url === null || !/^https?:$/u.test(url.protocol))
    return refuse(`"${text.replace(/\/\/.*@/u, '//…@')}" is not a valid URL`)
  if (url.username !== '' || url.password !== '')
    return refuse('contains a user name or a password, which belong in the site file as httpBasic')
  if (url.search !== '' || url.hash !== '') return refuse('contains a query or a fragment')
  return url.origin + url.pathname.replace(/\/+$/u, '')
}

/**
 * Finds out with harmless GET requests whether a site is a Drupal with Simple OAuth, and what can be tested there.
 * @throws TargetError that says what the site is instead.
 */
export async function probeSite(http: HttpClient, place: Place): Promise<SiteFacts> {
  const { baseUrl, resource } = place
  const send = (url: string, headers: readonly (readonly [string, string])[] = []): Promise<Exchange> =>
    http.send({ method: 'GET', url, headers }).catch((error: unknown) => {
      throw unreachable(baseUrl, error)
    })
  const get = (path: string, headers?: readonly (readonly [string, string])[]): Promise<Exchange> =>
    send(baseUrl + path, headers)
  const token = await get(tokenPath)
  refuseUnusual(token, place)
  let pages = [token]
  if (!pages.some(isDrupal)) pages = [token, await get(defaultLogin), await get('/')]
  if (!pages.some(isDrupal)) throw notDrupal(token, baseUrl)
  // The route accepts only POST; without the module it does not exist.
  if (token.response.status === 404) throw noModule(baseUrl)
  const direct = await get(jwksPath)
  const keysMoved = movedOnSite(direct)
  const jwks = keysMoved === null ? direct : await send(keysMoved)
  const { response } = await get(resource, [['accept', 'application/json, application/vnd.api+json, */*;q=0.1']])
  const taken = place.httpBasic && refusedByProxy(await get(resource, [['authorization', 'Bearer none']]))
  return {
    drupal: pages.map(drupalVersion).find((version) => version !== null) ?? null,
    // Simple OAuth 6.0.0 to 6.0.8 serve it only to authenticated requests.
    jwks:
      [401, 403].includes(jwks.response.status) ||
      (jwks.response.status === 200 && Array.isArray(jsonMember(jwks, 'keys'))),
    keysMoved,
    resource: ![404, 405, 406].includes(response.status),
    takesAuthorization: taken,
  }
}

function movedOnSite(exchange: Exchange): string | null {
  const to = nextOf(exchange)
  return to !== null && new URL(to).origin === new URL(exchange.request.url).origin ? to : null
}

/** A member of a JSON object; undefined if the body is not a JSON object. */
export function jsonMember({ response }: Exchange, name: string): unknown {
  try {
    const body: unknown = JSON.parse(response.body)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  } catch {
    return undefined
  }
}

/** The signs of Drupal that a visitor can see; many sites hide some of them. */
function isDrupal({ response }: Exchange): boolean {
  return (
    /drupal/iu.test(header(response, 'x-generator') ?? '') ||
    response.headers.some(([name]) => name.startsWith('x-drupal-')) ||
    // Drupal sends this date with every response that must not be cached.
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
          `${baseUrl} rejects the user and password in httpBasic. Correct them in the site file or the environment.`,
        )
      : new TargetError(
          'http-basic-needed',
          `${baseUrl} requires HTTP authentication. Add its user and password as httpBasic to the site file.`,
        )
  if (status === 429)
    throw new TargetError(
      'rate-limited',
      `${baseUrl} responds with 429 (too many requests). Wait, or raise the limit for this machine.`,
    )
  if (status === 503)
    throw new TargetError(
      'maintenance',
      `${baseUrl} responds with 503: maintenance mode or overload. Take the site out of maintenance mode (drush maint:set 0), or try again later.`,
    )
  if (status >= 500)
    throw new TargetError('site-broken', `${baseUrl} responds with ${status}: the site is broken. Check its error log.`)
  if (status === 403)
    throw new TargetError(
      'forbidden',
      `${baseUrl}${tokenPath} responds with 403 (forbidden): probably a firewall or an IP allowlist. Allow requests from this machine.`,
    )
}

function redirected(baseUrl: string, to: URL): TargetError {
  const bare = to.origin + to.pathname
  const intended = bare.endsWith(tokenPath) ? bare.slice(0, -tokenPath.length) : null
  const next =
    intended === null
      ? 'No client could use this token endpoint: find out what redirects all visitors.'
      : `Use ${intended} as the base URL if that is the site to test.`
  return new TargetError(
    'redirected',
    `${baseUrl}${tokenPath} redirects to ${bare}, but requests go only to the site that you named. ${next}`,
  )
}

function notDrupal({ response }: Exchange, baseUrl: string): TargetError {
  const server = header(response, 'server')
  const who = server === null ? '' : ` (Server: "${server.slice(0, 60)}")`
  return new TargetError(
    'not-drupal',
    `The server at ${baseUrl} is not a Drupal site${who}: ${tokenPath} responds with ${response.status}, and no page shows a sign of Drupal. Correct the host, port and path of the base URL.`,
  )
}

const noModule = (baseUrl: string): TargetError =>
  new TargetError(
    'module-missing',
    `The Drupal site at ${baseUrl} has no ${tokenPath}. Enable Simple OAuth there (drush pm:install simple_oauth), or add a missing sub-path to the base URL.`,
  )

/** Turns a transport error into a target error that names the base URL. */
export function unreachable(baseUrl: string, error: unknown): unknown {
  if (!(error instanceof TransportError)) return error
  const advice = /^(HPE_|UND_ERR_SOCKET|ECONNRESET|EPIPE)/u.test(error.code)
    ? ' Check the port, and whether to use http or https.'
    : ''
  const message = `The site at ${baseUrl} cannot be reached: ${error.message}${advice}`
  return new TargetError('site-unreachable', message, { cause: error })
}
