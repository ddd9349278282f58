import type { Exchange } from '../model/exchange.ts'
import type { HttpClient, HttpRequest } from './client.ts'
import type { Cookies } from './cookies.ts'

/** How a user agent sends requests, and where its exchanges go. */
export interface UserAgent {
  readonly http: HttpClient
  /** Sent where they belong to the URL; those of the response are stored in them. Undefined for a client without cookies. */
  readonly cookies: Cookies | undefined
  /** Called with each exchange before anybody else sees it. */
  readonly record: (exchange: Exchange) => void
}

/**
 * Sends one request with the cookies of a user agent, stores those of the response, and records the exchange.
 * @throws {TransportError} without a complete response; nothing is recorded then.
 */
export async function browse(
  { http, cookies, record }: UserAgent,
  request: HttpRequest,
  signal?: AbortSignal,
): Promise<Exchange> {
  const cookie = cookies?.headerFor(request.url) ?? null
  const headers = [...(request.headers ?? []), ...(cookie === null ? [] : [['cookie', cookie] as const])]
  const exchange = await http.send({ ...request, headers }, signal)
  cookies?.store(request.url, exchange.response)
  record(exchange)
  return exchange
}
