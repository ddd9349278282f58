import { Failure } from '../core/failure.ts'
import type { Credentials } from '../core/mechanisms.ts'
import type { Pairs } from '../core/message.ts'
import { simpleOauth } from './simple-oauth.ts'

/** RFC 6749 §3.1: an empty parameter counts as omitted. Nothing is trimmed. */
export function parameter(pairs: Pairs, name: string): string | null {
  return pairs.find(([key]) => key === name)?.[1] || null
}

/** RFC 6749 §3.1, §3.2: no parameter twice; RFC 8707 §2 allows it for `resource`. */
export function checkParameters(pairs: Pairs): void {
  const seen = new Set<string>()
  for (const [name] of pairs) {
    if (seen.has(name) && name !== 'resource') throw new Failure('parameter/repeated', name)
    seen.add(name)
  }
}

/** RFC 6749 §3.3: tokens of printable ASCII without quote and backslash. */
export function scopeParameter(pairs: Pairs): readonly string[] | null {
  const value = parameter(pairs, 'scope')
  if (value === null) return null
  const scopes = [...new Set(value.split(' '))].filter((scope) => scope !== '')
  const bad = scopes.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
  if (bad !== undefined || scopes.length === 0) throw new Failure('scope/unknown', bad ?? '')
  return scopes
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are Base64-encoded. */
export function basicCredentials(header: string | null) {
  const { clientId, secret } = simpleOauth.basicCredentials(header)
  const decode = (text: string | null) => {
    try {
      return text === null ? null : decodeURIComponent(text.replaceAll('+', ' '))
    } catch {
      throw new Failure('parameter/malformed', 'Authorization')
    }
  }
  return { clientId: decode(clientId), secret: decode(secret) }
}

/** RFC 6749 §2.3: one authentication method per request. */
export function credentials(pairs: Pairs, basic: Credentials): Credentials {
  const body = { clientId: parameter(pairs, 'client_id'), secret: parameter(pairs, 'client_secret') }
  const both = basic.clientId !== null && (body.secret !== null || (body.clientId ?? basic.clientId) !== basic.clientId)
  if (both) throw new Failure('client/two-methods')
  return basic.clientId === null ? body : basic
}
