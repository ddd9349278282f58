import { createSecureContext, rootCertificates } from 'node:tls'
import { buildConnector, Client, errors, type Dispatcher } from 'undici'
import type { Exchange, RecordedResponse } from '../model/exchange.ts'
import { TransportError, transportError } from './transport-error.ts'
import { suite } from '../model/package.ts'

export { TransportError } from './transport-error.ts'

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers?: readonly (readonly [string, string])[]
  /** Sent as UTF-8. */
  readonly body?: string | null
}

export interface HttpClient {
  /**
   * One request and its response, whatever the status: redirects are not followed.
   *
   * The recorded request holds the given headers and `user-agent`; `host`, `connection` and `content-length` follow
   * from the rest. Throws nothing but `TransportError`.
   */
  send(request: HttpRequest, signal?: AbortSignal): Promise<Exchange>
  /** Closes every connection; pending requests fail with `aborted`. */
  close(): Promise<void>
}

export interface HttpClientOptions {
  /** The only origin that receives requests. */
  readonly origin: string
  /** Milliseconds for a whole exchange, from connecting to the last byte. Waiting for a free connection is not counted. */
  readonly timeout: number
  /** Bytes of a body that are kept; the rest is neither read nor decoded. */
  readonly bodyLimit: number
  /** PEM, trusted in addition to the built-in authorities. */
  readonly ca?: string
  /** Maximum number of concurrent requests, each on its own connection. */
  readonly connections: number
  /** HTTP authentication of a proxy in front of the server: sent with every request without an `Authorization` header (RFC 7617). */
  readonly basic?: { readonly user: string; readonly password: string }
}

/** A connection that is kept alive between requests. */
interface Slot {
  readonly client: Client
  /** True once the connection has carried an exchange: the server may be closing it at this very moment. */
  used: boolean
}

const repeatable = new Set(['GET', 'HEAD', 'OPTIONS'])
const closedByServer = new Set<unknown>(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])
const maxHeaderSize = 65_536
// Shorter than the limit of any common server, so that both ends seldom close a connection at once.
const idleMilliseconds = 1_000
// The reason of a request that was stopped because its time was over.
const tooLong = new Error('no complete response in time')
// One for all: no request is pending that could fail with it, and to note where each was made takes longer than to open a connection.
const renewed = new errors.ClientDestroyedError()

/**
 * Makes a client for one origin.
 *
 * A server may close an idle connection while the next request is on its way, and then nobody can tell whether that
 * request was processed. GET, HEAD and OPTIONS are sent once more on a new connection (RFC 9112 §9.3.1). Anything else
 * must not be repeated (RFC 9110 §9.2.2): a code redeemed twice would end in a wrong verdict. Such requests open a
 * connection of their own, where a closed connection is the server's fault and is reported.
 *
 * That is why undici's `Pool` does not do: it neither says whether the connection it picks was used before nor opens a
 * new one for one request.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const origin = new URL(options.origin).origin
  // Shared by all connections, because it keeps TLS sessions for resumption. To read all authorities takes longer than a request, so that is
  // done once, too.
  const connect = buildConnector({
    timeout: 0,
    ...(options.ca === undefined
      ? {}
      : { secureContext: createSecureContext({ ca: [...rootCertificates, options.ca] }) }),
  })
  const open = (): Slot => {
    const client = new Client(origin, {
      connect,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: idleMilliseconds,
      keepAliveMaxTimeout: idleMilliseconds,
      maxHeaderSize,
    })
    const slot: Slot = { client, used: false }
    client.on('connect', () => (slot.used = false))
    return slot
  }

  const free = Array.from({ length: options.connections }, open)
  const all = new Set(free)
  const waiting: ((slot: Slot) => void)[] = []
  let closed = false

  const take = async (): Promise<Slot> => free.pop() ?? new Promise((resolve) => waiting.push(resolve))
  const give = (slot: Slot): void => {
    const next = waiting.shift()
    if (next) next(slot)
    else free.push(slot)
  }
  const renew = (slot: Slot): Slot => {
    const fresh = open()
    all.add(fresh).delete(slot)
    void slot.client.destroy(renewed)
    return fresh
  }

  async function send(request: HttpRequest, signal?: AbortSignal): Promise<Exchange> {
    const path = pathOf(request.url, origin)
    const where = `${request.method} ${origin}${path.replace(/\?.*/s, '')}`
    const sent = {
      method: request.method,
      url: request.url,
      headers: headersOf(request, options.basic),
      body: request.body ?? null,
    }

    let slot = await take()
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(tooLong), options.timeout)
    const abort = (): void => stop.abort()
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort)
    const start = () =>
      slot.client.request({
        path,
        method: sent.method,
        headers: sent.headers.flat(),
        body: sent.body,
        responseHeaders: 'raw',
        signal: stop.signal,
      })
    const started = performance.now()
    try {
      if (closed)
        throw new TransportError('aborted', `${where}: the client was closed. Send requests before the run ends.`)
      if (slot.used && !repeatable.has(sent.method)) slot = renew(slot)
      const answer = await start().catch((error: unknown) => {
        const stale = slot.used && repeatable.has(sent.method) && closedByServer.has((error as { code?: unknown }).code)
        if (!stale || stop.signal.aborted || closed) throw error
        slot = renew(slot)
        return start()
      })
      const response = await record(answer, options.bodyLimit)
      slot.used = true
      return { request: sent, response, milliseconds: performance.now() - started }
    } catch (cause) {
      if (stop.signal.reason === tooLong)
        throw new TransportError(
          'timeout',
          `${where}: no complete response within ${options.timeout} ms. Check whether the server is overloaded, or allow more time with --request-timeout.`,
          { cause },
        )
      if (signal?.aborted) throw new TransportError('aborted', `${where}: the run was stopped.`, { cause })
      throw transportError(where, cause)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      give(slot)
    }
  }

  return {
    send,
    async close() {
      closed = true
      await Promise.all([...all].map(({ client }) => client.destroy()))
    },
  }
}

/** Whether a URL is that of the site, but for its port. */
const lacksPort = (url: URL | null, site: URL): boolean =>
  url !== null &&
  url.protocol === site.protocol &&
  url.hostname === site.hostname &&
  url.port === '' &&
  site.port !== ''

/** Path and query exactly as written: `URL` would normalise the very characters that a case is about. */
function pathOf(url: string, origin: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed?.origin !== origin || parsed.username !== '' || parsed.password !== '') {
    const asked = parsed === null ? 'an invalid URL' : parsed.origin
    const remedy = lacksPort(parsed, new URL(origin))
      ? `The site does not know its port: let the web server pass the Host header with it (nginx: \`fastcgi_param HTTP_HOST $http_host\`, \`proxy_set_header Host $http_host\`).`
      : 'Correct the base URL, or the URL that the server returned.'
    throw new TransportError(
      'foreign-origin',
      `Refused to send a request to ${asked}: requests go to ${origin} only. ${remedy}`,
    )
  }
  const path = url.replace(/^[^:]*:\/\/[^/?#]*/, '').replace(/#.*/s, '')
  return path.startsWith('/') ? path : `/${path}`
}

function headersOf(request: HttpRequest, basic: HttpClientOptions['basic']): [string, string][] {
  const headers = (request.headers ?? []).map(([name, value]): [string, string] => [name, value])
  const has = (wanted: string): boolean => headers.some(([name]) => name.toLowerCase() === wanted)
  if (!has('user-agent')) headers.push(['user-agent', `simple-oauth-contract/${suite.version}`])
  if (basic && !has('authorization'))
    headers.push(['authorization', `Basic ${Buffer.from(`${basic.user}:${basic.password}`).toString('base64')}`])
  return headers
}

async function record(answer: Dispatcher.ResponseData, bodyLimit: number): Promise<RecordedResponse> {
  // With `responseHeaders: 'raw'` undici returns names and values alternately, decoded as latin1, which its types do not say.
  const raw = answer.headers as unknown as readonly string[]
  const headers = raw.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? '']] : [],
  )
  const chunks: Buffer[] = []
  let size = 0
  // Leaving the loop destroys the stream, and the connection with it.
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > bodyLimit) break
  }
  const truncated = size > bodyLimit
  // `stream` drops a character cut in two at the limit; elsewhere broken UTF-8 becomes U+FFFD.
  const body = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(chunks).subarray(0, bodyLimit), {
    stream: truncated,
  })
  return { status: answer.statusCode, headers, body, truncated }
}
