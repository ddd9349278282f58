/**
 * No response came. `code` is stable: `foreign-origin`, `invalid-request`, `timeout`, `aborted`, or what Node and undici
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
  [/^ECONNREFUSED$/, 'nothing listens there. Start the server, or correct the base URL.'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'the host name has no address. Correct the base URL, or see to the name service.'],
  [
    /^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/,
    'the host cannot be reached. See to the network, or correct the base URL.',
  ],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_)/,
    'the certificate is not trusted. Name the authority that signed it.',
  ],
  [/^(CERT_|ERR_TLS_CERT_)/, 'the certificate does not hold for this host and day. Renew it, or correct the base URL.'],
  [/^(ERR_SSL_|EPROTO)/, 'the TLS handshake failed. See whether the base URL should begin with http://.'],
  [/^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_)/, 'the answer is not valid HTTP. See the log of the web server.'],
  [/^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/, 'the connection ended before the answer did. See the log of the web server.'],
]

/** Anything undici rejects with, as a `TransportError`. `where` is the method and the URL without its query. */
export function transportError(where: string, cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause
  const { code: given, name } = (cause ?? {}) as { code?: unknown; name?: unknown }
  // undici leaves the code of some parser errors empty.
  const code = typeof given === 'string' ? given : name === 'HTTPParserError' ? 'HPE_INVALID' : 'unknown'
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED')
    return new TransportError('aborted', `${where}: the client was closed. Send requests before the run ends.`, {
      cause,
    })
  const detail = cause instanceof Error ? cause.message : String(cause)
  if (code === 'UND_ERR_INVALID_ARG')
    return new TransportError(
      'invalid-request',
      `${where}: cannot be written as HTTP (${detail}). Encode what the case sends.`,
      { cause },
    )
  const next = advice.find(([pattern]) => pattern.test(code))?.[1] ?? 'see the log of the web server.'
  return new TransportError(code, `${where}: ${next} (${code}: ${detail})`, { cause })
}
