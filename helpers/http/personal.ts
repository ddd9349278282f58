import type { Exchange } from '../model/exchange.ts'
import { isObject, type Json } from '../model/verdict.ts'

/** Claims of the scopes profile, email, address and phone (OpenID Connect Core §5.1, §5.4). */
const claims = new Set(
  (
    'name family_name given_name middle_name nickname preferred_username profile picture website gender birthdate zoneinfo locale ' +
    'updated_at email email_verified address phone_number phone_number_verified'
  ).split(' '),
)

/** Shorter ones, numbers and true would make every report unreadable; they are masked only where they are claims. */
const minLength = 4

/** The personal data in the claims about a user that a JSON object holds; a UserInfo response has a `sub` (OpenID Connect Core §5.3.2). */
export function personalData(body: Json | undefined): string[] {
  if (!isObject(body) || !('sub' in body)) return []
  return Object.entries(body)
    .filter(([name]) => claims.has(name))
    .flatMap(([, value]) => [value, ...(isObject(value) ? Object.values(value) : [])])
    .flatMap((value) => (typeof value === 'string' && value.length >= minLength ? [value] : []))
}

const hasSubject = /"sub"\s*:/u
// By pattern: the body may be truncated, and what is not personal stays exactly as it was sent.
const member = /"(\w{4,21})"(\s*:\s*)("(?:[^"\\]|\\.)*"?|[-\d.eE+]+|true|false|\{[^{}]*\}?)/gsu

/** The exchange with the values of all claims about a user masked. */
export function maskPersonal(exchange: Exchange): Exchange {
  const { body } = exchange.response
  if (!/^\s*\{/u.test(body) || !hasSubject.test(body)) return exchange
  const masked = body.replaceAll(member, (whole, name: string, between: string) =>
    claims.has(name) ? `"${name}"${between}"‹personal data›"` : whole,
  )
  return masked === body ? exchange : { ...exchange, response: { ...exchange.response, body: masked } }
}
