import { header } from '../model/exchange.ts'
import type { BearerError } from './expectation.ts'
import { isObject, json, type Outcome } from './outcome.ts'
import { mediaType } from './token.ts'
import type { Finding, Severity } from '../model/verdict.ts'

export function opened(outcome: Outcome, severity: Severity): Finding {
  const status = outcome.last?.response.status
  return {
    path: 'resource.access',
    ok: status === 200 && isObject(json(outcome)),
    expected: 'status 200, a JSON object',
    actual: `status ${String(status)}, ${mediaType(outcome)}`,
    severity,
  }
}

export function denied(error: BearerError | 'absent', outcome: Outcome, severity: Severity): Finding[] {
  const status = outcome.last?.response.status ?? 0
  const open = status >= 200 && status < 400
  const access: Finding = {
    path: 'resource.access',
    ok: [400, 401, 403].includes(status),
    expected: 'refused: status 401, 403 or 400',
    actual: `status ${String(status)}, ${mediaType(outcome)}`,
    severity,
    ...(open ? { granted: true } : {}),
  }
  if (!access.ok) return [access]
  const challenge = (outcome.last && header(outcome.last.response, 'www-authenticate')) ?? ''
  const scheme = challenge.split(' ')[0] ?? ''
  const due = { absent: 401, invalid_request: 400, invalid_token: 401, insufficient_scope: 403 }[error]
  const code = /\berror="([^"]*)"/u.exec(challenge)?.[1] ?? 'absent'
  return [
    access,
    {
      // RFC 6750 §3: a request without a token that enables access is answered with the header.
      path: 'resource.challenge',
      ok: /^bearer$/iu.test(scheme),
      expected: 'a WWW-Authenticate header with the scheme Bearer',
      actual: scheme || 'absent',
      severity: 'low',
    },
    {
      // RFC 6750 §3.1
      path: 'resource.error',
      ok: status === due && code === error,
      expected: `status ${String(due)}, ${error === 'absent' ? 'no error' : `error="${error}"`} in the challenge`,
      actual: { status, error: code },
      severity: 'low',
      level: 'SHOULD',
    },
  ]
}
