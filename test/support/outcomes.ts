import type { Exchange } from '../../helpers/model/exchange.ts'
import type { JudgeContext } from '../../helpers/judge/judge.ts'
import type { Callback, Outcome } from '../../helpers/judge/outcome.ts'

/** An answer as the judge sees it. */
export function answered(
  status: number,
  body: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  more: Partial<Outcome> = {},
): Outcome {
  const last: Exchange = {
    request: { method: 'POST', url: 'https://drupal.example/oauth/token', headers: [], body: '' },
    response: {
      status,
      headers: Object.entries(headers),
      body: typeof body === 'string' ? body : JSON.stringify(body),
      truncated: false,
    },
    milliseconds: 1,
  }
  return { kind: 'token', exchanges: [last], last, callback: null, page: null, values: {}, basic: false, ...more }
}

export function redirected(params: Record<string, string>, more: Partial<Callback> = {}): Outcome {
  return answered(
    302,
    '',
    { location: 'x' },
    {
      kind: 'authorize',
      callback: { location: 'x', registered: true, params, ...more },
      values: { sent_state: 'the-state' },
    },
  )
}

export function page(status: number, kind: Outcome['page'], body: unknown = '<html>'): Outcome {
  return answered(
    status,
    body,
    { 'content-type': 'text/html' },
    { kind: 'authorize', page: kind, values: { sent_state: 'the-state' } },
  )
}

export function context(values: Record<string, string> = {}, more: Partial<JudgeContext> = {}): JudgeContext {
  return {
    severity: 'high',
    accessTokenLifetime: 300,
    clientId: 'a-client',
    userId: '7',
    baseUrl: 'https://site.example',
    value: (of) => values[of] ?? '',
    scopeName: (role) => `scope:${role}`,
    accounts: () => ({ user: { uid: '7' }, others: [] }),
    keys: () => undefined,
    ...more,
  }
}

const part = (object: object): string => Buffer.from(JSON.stringify(object)).toString('base64url')

/** A token response with a JWT of these claims and no real signature. */
export function tokenResponse(
  claims: object,
  members: object = {},
  header: object = { alg: 'RS256', typ: 'JWT' },
): Outcome {
  const access_token = `${part(header)}.${part(claims)}.c2lnbmF0dXJl`
  return answered(200, { access_token, token_type: 'Bearer', expires_in: 300, ...members })
}
