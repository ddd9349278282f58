import { header } from '../model/exchange.ts'
import { isObject, absent, type Json } from '../model/verdict.ts'
import type { BearerError } from './expectation.ts'
import { decodeToken, json, member, statusOf, type Outcome } from './outcome.ts'
import type { Observation, Requirement } from './requirement.ts'

/** `subject` is present only if it names another user, so that a known issue about the status does not cover that. */
function resourceAnswer(outcome: Outcome): Json {
  const answer = { status: statusOf(outcome) }
  return isAboutAnother(outcome) ? { ...answer, subject: 'another' } : answer
}

/** Whether UserInfo names a user other than that of the token in the request (OpenID Connect Core 1.0 §5.3.2). */
export function isAboutAnother(outcome: Outcome): boolean {
  const named = member(json(outcome), 'sub')
  const [, token = ''] = ((outcome.last && header(outcome.last.request, 'authorization')) ?? '').split(' ')
  const own = member(decodeToken(token)?.claims, 'sub')
  return named !== undefined && own !== undefined && named !== own
}

export const describeOpened = (): Requirement => ({ path: 'resource.access', expected: '200 and a JSON object' })

export const opened = (outcome: Outcome): Observation => ({
  path: 'resource.access',
  ok: statusOf(outcome) === 200 && isObject(json(outcome)),
  actual: resourceAnswer(outcome),
})

const statuses = { absent: 401, invalid_request: 400, invalid_token: 401, insufficient_scope: 403 } as const

const describeAccess = (): Requirement => ({ path: 'resource.access', expected: 'rejected: 401, 403 or 400' })

const describeRedirect = (): Requirement => ({
  path: 'resource.redirect',
  expected: 'no redirect',
  severity: 'medium',
  // RFC 6750 §3.1 recommends the status; nothing is opened.
  level: 'SHOULD',
  note: 'Nothing is opened, but an API client follows to a page instead of reading the error: probably a module that sends visitors without access to the login, such as r4032login. Exclude the path there.',
})

export const describeNotOpened = (): Requirement[] => [describeAccess(), describeRedirect()]

/** Whether access was given; a redirect to a login gives none, whichever module sends it. */
export const notOpened = (outcome: Outcome): Observation => redirected(outcome) ?? access(outcome)

function redirected(outcome: Outcome): Observation | null {
  const status = statusOf(outcome)
  return status >= 300 && status < 400
    ? { path: 'resource.redirect', ok: false, actual: resourceAnswer(outcome) }
    : null
}

function access(outcome: Outcome): Observation {
  const status = statusOf(outcome)
  const open = status >= 200 && status < 300
  return {
    path: 'resource.access',
    ok: [400, 401, 403].includes(status),
    actual: resourceAnswer(outcome),
    ...(open ? { granted: true } : {}),
  }
}

type Errors = BearerError | 'absent' | readonly BearerError[]
const listed = (error: Errors): readonly (BearerError | 'absent')[] => (typeof error === 'string' ? [error] : error)

export function describeDenied(error: Errors): Requirement[] {
  const answers = listed(error).map((one) =>
    one === 'absent'
      ? `${statuses[one]}, no error in the challenge`
      : `${statuses[one]}, error="${one}" in the challenge`,
  )
  return [
    ...describeNotOpened(),
    {
      path: 'resource.challenge',
      expected: 'a WWW-Authenticate header with the scheme Bearer',
      severity: 'low',
    },
    { path: 'resource.error', expected: answers.join(', or '), severity: 'low', level: 'SHOULD' },
  ]
}

export function denied(error: Errors, outcome: Outcome): Observation[] {
  const status = statusOf(outcome)
  const rejection = notOpened(outcome)
  if (!rejection.ok) return [rejection]
  const challenge = (outcome.last && header(outcome.last.response, 'www-authenticate')) ?? ''
  const scheme = challenge.split(' ')[0] ?? ''
  const code = /\berror="([^"]*)"/u.exec(challenge)?.[1] ?? null
  return [
    rejection,
    // RFC 6750 §3: a request without a token that enables access is answered with the header.
    { path: 'resource.challenge', ok: /^bearer$/iu.test(scheme), actual: scheme || absent },
    // RFC 6750 §3.1
    {
      path: 'resource.error',
      ok: listed(error).some((one) => status === statuses[one] && code === (one === 'absent' ? null : one)),
      actual: { status, error: code },
    },
  ]
}
