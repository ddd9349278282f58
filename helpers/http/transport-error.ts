/**
 * A request got no response. `code` is stable: `foreign-origin`, `invalid-request`, `timeout`, `aborted`, or what Node and undici
 * call it (`ECONNREFUSED`, `UND_ERR_SOCKET`, `HPE_INVALID_HEADER_TOKEN`, …). The message says what to do next.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const advice: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'nothing listens at this address. Start the server, or correct the base URL.'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'the host name cannot be resolved. Correct the base URL, or check DNS.'],
  [/^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/, 'the host is unreachable. Check the network, or correct the base URL.'],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/,
    'the certificate is not trusted. Name the PEM file of its authority with --ca FILE, or as ca in the site file.',
  ],
  [/^(CERT_|ERR_TLS_CERT_)/, 'the certificate has expired or is for another host. Renew it, or correct the base URL.'],
  [/^(ERR_SSL_|EPROTO)/, 'the TLS handshake failed. Check whether the base URL should begin with http://.'],
  [/^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_)/, "the response is not valid HTTP. Check the web server's log."],
  [
    /^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/,
    "the connection was closed before the response was complete. Check the web server's log.",
  ],
]

/** Converts an error of undici into a `TransportError`. `where` is the method and the URL without its query. */
export function transportError(where: string, cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause
  const { code: original, name } = (cause ?? {}) as { code?: unknown; name?: unknown }
  // undici leaves the code of some parser errors empty.
  const code = typeof original === 'string' ? original : name === 'HTTPParserError' ? 'HPE_INVALID' : 'unknown'
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED')
    return new TransportError('aborted', `${where}: the client was closed. Send requests before the run ends.`, {
      cause,
    })
  const detail = cause instanceof Error ? cause.message : String(cause)
  if (code === 'UND_ERR_INVALID_ARG')
    return new TransportError(
      'invalid-request',
      `${where}: not a valid HTTP request (${detail}). Encode the values that the case sends.`,
      { cause },
    )
  const next = advice.find(([pattern]) => pattern.test(code))?.[1] ?? "check the web server's log."
  return new TransportError(code, `${where}: ${next} (${code}: ${detail})`, { cause })
}
