import { Failure } from './failure.ts'
import { isList, lastValue, phpTrim, type Pairs } from './message.ts'

// How league/oauth2-server 9.2 on PHP reads a request.

/** PHP keeps the last of repeated parameters; league trims it and treats an empty one as absent. */
export function parameter(pairs: Pairs, name: string): string | null {
  if (isList(pairs, name)) throw new Failure('parameter/malformed', name)
  const value = phpTrim(lastValue(pairs, name) ?? '')
  return value === '' ? null : value
}

/** Only an absent or empty `scope` counts as missing; one that contains only spaces requests no scope at all. */
export function scopeParameter(pairs: Pairs): readonly string[] | null {
  if (isList(pairs, 'scope')) throw new Failure('parameter/malformed', 'scope')
  const value = lastValue(pairs, 'scope')
  if (value === null || value === '') return null
  return [...new Set(phpTrim(value).split(' '))].filter((scope) => scope !== '')
}

/** The controllers of Simple OAuth use the untrimmed value from query or body, even from a list; PHP treats "0" as empty. */
export function lookedUpClientId(sent: Pairs, basic: string | null): string | null {
  const clientId = basic ?? sent.findLast(([name]) => /^client_id(\[|$)/.test(name))?.[1] ?? ''
  // A list is never empty, whatever it contains.
  if (basic === null && isList(sent, 'client_id')) return clientId
  return ['', '0'].includes(clientId) ? null : clientId
}

/** PHP ignores characters that are not Base64 (RFC 7617 §2). */
export function basicCredentials(header: string | null) {
  const none = { clientId: null, secret: null }
  if (!header || !/^basic /i.test(header)) return none
  const [, clientId, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(header.slice(6), 'base64').toString()) ?? []
  return clientId === undefined ? none : { clientId, secret: secret || null }
}

/** Equal, or equal except for the port on a loopback address (RFC 8252 §7.3). */
export function redirectUriMatches(registered: string, requested: string): boolean {
  const portless = (uri: string) => uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::\d+)?(?=\/|\?|$)/, '$1')
  const loopback = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|\?|$)/
  return requested === registered || (loopback.test(requested) && portless(requested) === portless(registered))
}
