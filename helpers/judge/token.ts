import { header } from '../model/exchange.ts'
import type { TokenError } from './expectation.ts'
import { isObject, json, member, typeOf, type Outcome } from './outcome.ts'
import { validate } from './schemas.ts'
import type { Finding, Severity } from '../model/verdict.ts'

const issuedMembers = ['access_token', 'refresh_token', 'id_token', 'code'] as const
// RFC 6749 §5.2: characters outside %x20-21 / %x23-5B / %x5D-7E are not allowed in "error".
const errorSyntax = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/

/** What a token endpoint's answer is, in words that are equal for equal answers. */
function describe(outcome: Outcome): string {
  const status = `status ${outcome.last?.response.status ?? 0}`
  const body = json(outcome)
  if (!isObject(body)) return `${status}, ${mediaType(outcome)}, no JSON object`
  const issued = issuedMembers.filter((name) => name in body)
  if (issued.length > 0) return `${status}, issued: ${issued.join(', ')}`
  return `${status}, error ${JSON.stringify(body['error'] ?? null)}: ${typeOf(body['error'])}`
}

export function mediaType(outcome: Outcome): string {
  return ((outcome.last && header(outcome.last.response, 'content-type')) ?? 'no content type').split(';')[0] ?? ''
}

/** An OAuth error, and nothing issued. */
export function withheld(outcome: Outcome, severity: Severity, note?: string): Finding {
  const body = json(outcome)
  const status = outcome.last?.response.status ?? 0
  const error = member(body, 'error')
  const granted = issuedMembers.some((name) => member(body, name) !== undefined)
  const wellFormed = status >= 400 && status < 500 && typeof error === 'string' && errorSyntax.test(error)
  return {
    path: 'token.issued',
    ok: !granted && wellFormed,
    expected: 'refused: an OAuth error, nothing issued',
    actual: describe(outcome),
    severity,
    ...(granted ? { granted } : {}),
    ...(note ? { note } : {}),
  }
}

export function refused(
  errors: readonly TokenError[],
  note: string | undefined,
  outcome: Outcome,
  severity: Severity,
): Finding[] {
  const nothingIssued = withheld(outcome, severity, note)
  const status = outcome.last?.response.status ?? 0
  const error = member(json(outcome), 'error')
  if (!nothingIssued.ok) return [nothingIssued]
  // RFC 6749 §5.2: 400, except that invalid_client may be 401 and is 401 when an Authorization header was used.
  const statuses = error !== 'invalid_client' ? [400] : outcome.basic ? [401] : [400, 401]
  return [
    nothingIssued,
    {
      path: 'token.error',
      ok: statuses.includes(status) && (errors as readonly unknown[]).includes(error),
      expected: `status ${statuses.join(' or ')}, error ${errors.map((code) => JSON.stringify(code)).join(' or ')}`,
      actual: { status, error: error ?? null },
      severity: 'low',
    },
  ]
}

export function granted(outcome: Outcome, severity: Severity): Finding {
  const problems = validate('token-response', json(outcome))
  const status = outcome.last?.response.status
  return {
    path: 'token.issued',
    ok: status === 200 && problems.length === 0,
    expected: 'status 200, a token response',
    actual:
      problems.length > 0 && status === 200
        ? `status 200, not a token response: ${problems.join('; ')}`
        : describe(outcome),
    severity,
  }
}
