import type { AuthorizeError } from './expectation.ts'
import { json, member, type Outcome } from './outcome.ts'
import type { Finding, Json, Severity } from '../model/verdict.ts'

/** Everything that reached a redirect URI although nothing was due. */
function leaked(outcome: Outcome): string[] {
  const params = outcome.callback?.params ?? {}
  return ['code', 'access_token', 'id_token'].filter((name) => (params[name] ?? '') !== '')
}

function authorizeAnswer(outcome: Outcome): string {
  const status = `status ${outcome.last?.response.status ?? 0}`
  if (!outcome.callback) return `${status}, page: ${outcome.page ?? 'none'}`
  const to = outcome.callback.registered ? 'the client' : 'a URI that is not registered'
  return `${status}, redirected to ${to} with ${Object.keys(outcome.callback.params).sort().join(', ') || 'no parameters'}`
}

export function notGranted(outcome: Outcome, severity: Severity): Finding {
  const leaks = leaked(outcome)
  const status = outcome.last?.response.status ?? 0
  return {
    path: 'authorize.issued',
    // A dead server issues nothing either: that is no refusal.
    ok: leaks.length === 0 && status > 0 && status < 500,
    expected: 'no code and no token issued',
    actual: authorizeAnswer(outcome),
    severity,
    ...(leaks.length > 0 ? { granted: true } : {}),
  }
}

export function refusedAtAuthorize(
  errors: readonly AuthorizeError[],
  delivery: 'redirect' | 'page',
  outcome: Outcome,
  severity: Severity,
): Finding[] {
  const error = outcome.callback?.params['error'] ?? member(json(outcome), 'error')
  const status = outcome.last?.response.status ?? 0
  const told = outcome.callback ? error !== undefined : status >= 400 && status < 500
  const base = notGranted(outcome, severity)
  const issued: Finding = { ...base, ok: base.ok && told, expected: 'refused: an error, no code and no token issued' }
  if (delivery === 'page') {
    const quiet: Finding = {
      path: 'authorize.delivery',
      ok: outcome.callback === null,
      expected: 'a page of the server, nothing sent to the redirect URI',
      actual: outcome.callback ? 'redirected' : 'page',
      severity,
    }
    return [issued, quiet]
  }
  if (!issued.ok) return [issued]
  return [
    issued,
    {
      path: 'authorize.error',
      ok: (errors as readonly Json[]).includes(error ?? null),
      expected: `error ${errors.map((code) => JSON.stringify(code)).join(' or ')}`,
      actual: error ?? 'absent',
      severity: 'low',
    },
    {
      path: 'authorize.delivery',
      ok: outcome.callback?.registered === true && outcome.callback.params['state'] === outcome.values['sent_state'],
      expected: 'by redirect to the client, with the exact state',
      actual: !outcome.callback ? `page, status ${String(status)}` : delivered(outcome),
      severity: 'low',
    },
  ]
}

function delivered(outcome: Outcome): string {
  const state = outcome.callback?.params['state']
  const to = outcome.callback?.registered ? 'redirect' : 'redirect to a URI that is not registered'
  return `${to}, state ${state === undefined ? 'absent' : state === outcome.values['sent_state'] ? 'exact' : 'changed'}`
}

export function codeIssued(outcome: Outcome, severity: Severity): Finding[] {
  const code = outcome.callback?.params['code'] ?? ''
  return [
    {
      path: 'authorize.code',
      ok: code !== '' && outcome.callback?.registered === true,
      expected: 'a code at the redirect URI of the client',
      actual: authorizeAnswer(outcome),
      severity,
    },
    {
      path: 'authorize.state',
      ok: outcome.callback?.params['state'] === outcome.values['sent_state'],
      expected: 'the exact state',
      actual: outcome.callback ? delivered(outcome) : 'no redirect',
      severity,
    },
  ]
}
