import type { Change } from '../change.ts'
import type { Seen } from '../seen.ts'

export const cache = 'must-revalidate, no-cache, private'
export const html = { type: 'text/html; charset=UTF-8', cache }
export const json = { type: 'application/json', cache }

export const refused = (status: number, error: string, hint?: string): Seen => ({
  status,
  ...json,
  members: ['error', 'error_description', ...(hint === undefined ? [] : ['hint'])],
  error,
  ...(hint === undefined ? {} : { hint }),
})
export const check = (name: string): Seen => refused(400, 'invalid_request', `Check the \`${name}\` parameter`)
export const badScope = (name: string): Seen => refused(400, 'invalid_scope', `Check the \`${name}\` scope`)
export const grant = (hint: string): Seen => refused(400, 'invalid_grant', hint)
export const unsupported = refused(
  400,
  'unsupported_grant_type',
  'Check that all required parameters have been provided',
)
export const client = refused(401, 'invalid_client')
export const basicClient: Seen = { ...client, challenge: 'Basic realm="OAuth"' }
export const methodRefused = refused(400, 'invalid_request', 'Code challenge method must be one of `S256`, `plain`')
export const challengeRefused = refused(
  400,
  'invalid_request',
  'Code challenge must follow the specifications of RFC-7636.',
)
export const downgraded = refused(400, 'invalid_request', 'code_verifier received when no code_challenge is present')
export const notIssued = refused(400, 'invalid_request', 'Authorization code was not issued to this client')
export const form: Seen = { status: 200, ...html, form: 'consent' }
export const callback = 'https://app.example.test/back'
export const issued: Seen = { status: 302, ...html, to: callback, params: ['code', 'state'], state: 'same' }
export const toClient = (error: string, hint: string): Seen => ({
  status: 302,
  ...html,
  to: callback,
  params: ['state', 'error', 'error_description', 'hint'],
  state: 'same',
  error,
  hint,
})
/** Without a state in the redirect. */
export const stateless = ({ state: _, params = [], ...others }: Seen): Seen => ({
  ...others,
  params: params.filter((name) => name !== 'state'),
})
export const denied = toClient('access_denied', 'The user denied the request')
export const toLogin: Seen = {
  status: 302,
  type: 'text/html; charset=utf-8',
  cache,
  to: '/user/login',
  params: ['destination'],
}
export const noMethod = (allow: string): Seen => ({ status: 405, ...html, allow })
export const options = (allow: string): Seen => ({ status: 200, ...html, allow })
export const page = (status: number): Seen => ({ status, ...html })
export const granted = (scope: readonly string[], ...more: string[]): Seen => ({
  status: 200,
  type: 'application/json; charset=UTF-8',
  cache: 'no-store, private',
  members: ['access_token', 'expires_in', ...more, 'token_type'],
  scope,
})
export const both = ['debug', 'content:read']
export const flowTokens = granted(both, 'refresh_token')
export const opened: Seen = { status: 200, ...json, members: ['id', 'permissions', 'roles', 'token'] }
export const closed: Seen = { status: 403, ...json, members: ['message'] }
export const badToken = (reason: string, scheme = 'Bearer'): Seen => ({
  status: 401,
  ...json,
  challenge: `${scheme} realm="OAuth", error="access_denied", error_description="${reason}"`,
  members: ['message'],
})
export const badTokenPage = (reason: string): Seen => ({
  ...html,
  status: 401,
  challenge: badToken(reason).challenge ?? '',
})
export const dots = 'The JWT string must have two dots'
export const base64 = 'Error while decoding from Base64Url, invalid base64 characters detected'
export const userinfo: Seen = {
  status: 200,
  ...json,
  members: [
    'email',
    'email_verified',
    'locale',
    'name',
    'preferred_username',
    'profile',
    'sub',
    'updated_at',
    'zoneinfo',
  ],
}

export const set = (name: string, value: string): Change => ({ set: name, value })
export const leaveOut = (...names: string[]): Change[] => names.map((name) => ({ leaveOut: name }))
export const list = (name: string): Change => ({ rename: name, to: `${name}[]` })
export const as = (client_id: string, ...more: Change[]): Change[] => [set('client_id', client_id), ...more]
export const openClient = (...more: Change[]): Change[] => as('cc-open', set('client_secret', 'secret-open'), ...more)
export const anonymous: Change = { header: 'cookie', value: null }
export const noChallenge = leaveOut('code_challenge', 'code_challenge_method')
export const uri = (value: string, client_id = 'spa'): Change[] => [
  set('client_id', client_id),
  set('redirect_uri', value),
]
export const bearer = (value: string): Change[] => [{ header: 'authorization', value }]

/** `flow` changes the authorization request that comes first; the last of `times` answers counts. */
export type Row = readonly [
  what: string,
  changes: readonly Change[],
  seen: Seen,
  flow?: readonly Change[],
  times?: number,
]
