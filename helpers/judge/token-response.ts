import { isObject, type Json } from '../model/verdict.ts'
import type { TokenError } from './expectation.ts'
import { json, member, statusOf, type Outcome } from './outcome.ts'
import type { Observation, Requirement } from './requirement.ts'
import { validate } from './schemas.ts'

const issuedMembers = ['access_token', 'refresh_token', 'id_token', 'code'] as const
// RFC 6749 §5.2: characters outside %x20-21 / %x23-5B / %x5D-7E are not allowed in "error".
const errorSyntax = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * The answer of a token endpoint in comparable form: `{ status, issued }`, `{ status, error }` or `{ status }`. Omits the media type of an
 * answer that is not OAuth, because it depends on the web server in front.
 */
function tokenAnswer(outcome: Outcome): Json {
  const status = statusOf(outcome)
  const body = json(outcome)
  if (!isObject(body)) return { status }
  const issued = issuedMembers.filter((name) => name in body)
  if (issued.length > 0) return { status, issued }
  return { status, ...(body['error'] === undefined ? {} : { error: body['error'] }) }
}

export const describeWithheld = (note?: string): Requirement => ({
  path: 'token.issued',
  expected: 'rejected: an OAuth error, nothing issued',
  ...(note === undefined ? {} : { note }),
})

/** An OAuth error, and nothing issued. */
export function withheld(outcome: Outcome): Observation {
  const body = json(outcome)
  const status = statusOf(outcome)
  const error = member(body, 'error')
  const granted = issuedMembers.some((name) => member(body, name) !== undefined)
  const wellFormed = status >= 400 && status < 500 && typeof error === 'string' && errorSyntax.test(error)
  return {
    path: 'token.issued',
    ok: !granted && wellFormed,
    actual: tokenAnswer(outcome),
    ...(granted ? { granted } : {}),
  }
}

export function describeRefused(errors: readonly TokenError[], note?: string): Requirement[] {
  const statuses = errors.includes('invalid_client') ? '400 or 401 (401 to an Authorization header)' : '400'
  const codes = errors.map((code) => JSON.stringify(code)).join(' or ')
  return [describeWithheld(note), { path: 'token.error', expected: `${statuses}, error ${codes}`, severity: 'low' }]
}

export function refused(errors: readonly TokenError[], outcome: Outcome): Observation[] {
  const nothingIssued = withheld(outcome)
  if (!nothingIssued.ok) return [nothingIssued]
  const status = statusOf(outcome)
  const error = member(json(outcome), 'error')
  // RFC 6749 §5.2: 400, except that invalid_client may be 401 and is 401 when an Authorization header was used.
  const statuses = error !== 'invalid_client' ? [400] : outcome.basic ? [401] : [400, 401]
  return [
    nothingIssued,
    {
      path: 'token.error',
      ok: statuses.includes(status) && (errors as readonly unknown[]).includes(error),
      actual: { status, error: error ?? null },
    },
  ]
}

const notOffered = ['unsupported_grant_type', 'unauthorized_client'] as const

export const describeTokenGrantNotOffered = (): Requirement[] => [
  describeWithheld(),
  { path: 'token.not-offered', expected: `error ${notOffered.map((code) => JSON.stringify(code)).join(' or ')}` },
]

/** Any other error to a well-formed request may come from the grant itself. */
export function tokenGrantNotOffered(outcome: Outcome): Observation[] {
  const nothingIssued = withheld(outcome)
  if (!nothingIssued.ok) return [nothingIssued]
  const error = member(json(outcome), 'error') ?? null
  return [
    nothingIssued,
    { path: 'token.not-offered', ok: (notOffered as readonly Json[]).includes(error), actual: { error } },
  ]
}

export const describeGranted = (): Requirement => ({ path: 'token.issued', expected: '200 and a token response' })

export function granted(outcome: Outcome): Observation {
  const problems = validate('token-response', json(outcome))
  const status = statusOf(outcome)
  return {
    path: 'token.issued',
    ok: status === 200 && problems.length === 0,
    actual: problems.length > 0 && status === 200 ? { status, problems } : tokenAnswer(outcome),
  }
}
