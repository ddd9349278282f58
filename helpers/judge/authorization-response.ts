import { absent, type Json } from '../model/verdict.ts'
import type { AuthorizeError } from './expectation.ts'
import { json, member, statusOf, type Outcome } from './outcome.ts'
import type { Observation, Requirement } from './requirement.ts'

/** Everything that reached a redirect URI although nothing may be issued. */
function leaked(outcome: Outcome): string[] {
  const params = outcome.callback?.params ?? {}
  return ['code', 'access_token', 'id_token'].filter((name) => (params[name] ?? '') !== '')
}

/** `client`: to a redirect URI of the client. `elsewhere`: to one that is not registered. */
const recipientOf = ({ callback }: Outcome): 'client' | 'elsewhere' | 'none' =>
  callback === null ? 'none' : callback.registered ? 'client' : 'elsewhere'

/**
 * `{ status, page }`, or `{ status, redirect, params }` for a redirect away from the site. Without the `iss` of RFC 9207: a server that sends it
 * besides has no other issue than one that does not.
 */
function authorizationAnswer(outcome: Outcome): Json {
  const status = statusOf(outcome)
  if (!outcome.callback) return { status, page: outcome.page }
  return {
    status,
    redirect: recipientOf(outcome),
    params: Object.keys(outcome.callback.params)
      .filter((name) => name !== 'iss')
      .sort(),
  }
}

const hasExactState = ({ callback, values }: Outcome): boolean => callback?.params['state'] === values['sent_state']

function delivered(outcome: Outcome): Json {
  const state = outcome.callback?.params['state']
  const redirect = recipientOf(outcome)
  if (redirect === 'none') return { redirect }
  return { redirect, state: state === undefined ? 'absent' : hasExactState(outcome) ? 'exact' : 'changed' }
}

export const describeNotGranted = (): Requirement => ({
  path: 'authorize.issued',
  expected: 'no code and no token issued',
})

export function notGranted(outcome: Outcome): Observation {
  const leaks = leaked(outcome)
  const status = statusOf(outcome)
  return {
    path: 'authorize.issued',
    // A dead server issues nothing either; that is not a rejection.
    ok: leaks.length === 0 && status > 0 && status < 500,
    actual: authorizationAnswer(outcome),
    ...(leaks.length > 0 ? { granted: true } : {}),
  }
}

export function describeRefusedAtAuthorize(
  errors: readonly AuthorizeError[],
  delivery: 'redirect' | 'page',
): Requirement[] {
  const issued = { path: 'authorize.issued', expected: 'rejected: an error, no code and no token issued' }
  if (delivery === 'page')
    return [issued, { path: 'authorize.delivery', expected: 'a page, nothing sent to the redirect URI' }]
  const codes = errors.map((code) => JSON.stringify(code)).join(' or ')
  return [
    issued,
    { path: 'authorize.error', expected: `error ${codes}`, severity: 'low' },
    { path: 'authorize.delivery', expected: 'a redirect to the client with the exact state', severity: 'low' },
  ]
}

export function refusedAtAuthorize(
  errors: readonly AuthorizeError[],
  delivery: 'redirect' | 'page',
  outcome: Outcome,
): Observation[] {
  const { callback } = outcome
  const error = callback?.params['error'] ?? member(json(outcome), 'error')
  const status = statusOf(outcome)
  const reported = callback ? error !== undefined : status >= 400 && status < 500
  const base = notGranted(outcome)
  const issued = { ...base, ok: base.ok && reported }
  if (delivery === 'page') {
    return [issued, { path: 'authorize.delivery', ok: callback === null, actual: { redirected: callback !== null } }]
  }
  if (!issued.ok) return [issued]
  return [
    issued,
    { path: 'authorize.error', ok: (errors as readonly Json[]).includes(error ?? null), actual: error ?? absent },
    {
      path: 'authorize.delivery',
      ok: callback?.registered === true && hasExactState(outcome),
      actual: callback ? delivered(outcome) : { redirect: 'none', status },
    },
  ]
}

// RFC 6749 §4.1.2.1; Simple OAuth returns the error of the token endpoint.
const notOffered = ['unsupported_response_type', 'unauthorized_client', 'unsupported_grant_type'] as const

export const describeResponseTypeNotOffered = (): Requirement[] => [
  describeNotGranted(),
  { path: 'authorize.not-offered', expected: `error ${notOffered.map((code) => JSON.stringify(code)).join(' or ')}` },
]

/** Any other answer may come from a supported response type. */
export function responseTypeNotOffered(outcome: Outcome): Observation[] {
  const issued = notGranted(outcome)
  if (!issued.ok) return [issued]
  const error = outcome.callback?.params['error'] ?? member(json(outcome), 'error') ?? null
  return [
    issued,
    { path: 'authorize.not-offered', ok: (notOffered as readonly Json[]).includes(error), actual: { error } },
  ]
}

export const describeCodeIssued = (): Requirement[] => [
  { path: 'authorize.code', expected: 'a code at the redirect URI of the client' },
  { path: 'authorize.state', expected: 'the exact state' },
]

export const codeIssued = (outcome: Outcome): Observation[] => [
  {
    path: 'authorize.code',
    ok: (outcome.callback?.params['code'] ?? '') !== '' && outcome.callback?.registered === true,
    actual: authorizationAnswer(outcome),
  },
  { path: 'authorize.state', ok: hasExactState(outcome), actual: delivered(outcome) },
]
