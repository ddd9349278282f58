import type { ErrorAnswer, Failure, FailureKind } from './failure.ts'
import { escapeHtml } from './message.ts'

type Row = readonly [
  status: number,
  error: string,
  hint?: ((subject: string) => string) | undefined,
  redirect?: boolean,
]
type Table = Readonly<Record<FailureKind, Row>>

const check = (subject: string) => `Check the \`${subject}\` parameter`
const says = (hint: string) => () => hint
const checkScope = (subject: string) => `Check the \`${escapeHtml(subject)}\` scope`
const unsupported: Row = [400, 'unsupported_grant_type', says('Check that all required parameters have been provided')]
const client: Row = [401, 'invalid_client']
const request = (hint: string): Row => [400, 'invalid_request', says(hint)]
const grant = (hint: string): Row => [400, 'invalid_grant', says(hint)]
const denied: Row = [401, 'access_denied', says('The user denied the request'), true]
const crash: Row = [500, 'crash']

const simpleOauth: Table = {
  'parameter/missing': [400, 'invalid_request', check],
  'parameter/malformed': [400, 'invalid_request', check],
  'parameter/repeated': [400, 'invalid_request', check],
  'client/unknown': client,
  'client/redirect-uri': client,
  'client/secret-missing': [400, 'invalid_request', () => check('client_secret')],
  'client/secret-wrong': client,
  'client/two-methods': client,
  'client/public': client,
  'client/without-user': [500, 'server_error'],
  // Simple OAuth cannot create an id_token without a user.
  'client/without-user-openid': [500, 'crash'],
  'response-type/missing': unsupported,
  'response-type/unsupported': unsupported,
  'grant/missing': unsupported,
  'grant/unsupported': unsupported,
  'grant/not-allowed': unsupported,
  'scope/missing': [400, 'invalid_request', () => check('scope')],
  'scope/unknown': [400, 'invalid_scope', checkScope, true],
  'scope/not-for-grant': [400, 'invalid_scope', checkScope],
  'scope/not-granted': [400, 'invalid_scope', checkScope],
  'challenge/missing': request('Code challenge must be provided for public clients'),
  'challenge/method': request('Code challenge method must be one of `S256`, `plain`'),
  'challenge/malformed': request('Code challenge must follow the specifications of RFC-7636.'),
  'consent/denied': denied,
  'consent/not-permitted': denied,
  'request-object/value': denied,
  'request-object/uri': denied,
  'prompt/login': denied,
  'prompt/consent': denied,
  'code/unreadable': grant('Cannot validate the provided authorization code'),
  'code/malformed': request('Authorization code malformed'),
  'code/expired': grant('Authorization code has expired'),
  'code/used': grant('Authorization code has been revoked'),
  'code/other-client': request('Authorization code was not issued to this client'),
  'code/redirect-uri-missing': [400, 'invalid_request', () => check('redirect_uri')],
  'code/redirect-uri': request('Invalid redirect URI'),
  'code/user-gone': grant('Authorization code has been revoked'),
  'verifier/missing': [400, 'invalid_request', () => check('code_verifier')],
  'verifier/malformed': request('Code Verifier must follow the specifications of RFC-7636.'),
  'verifier/wrong': grant('Failed to verify `code_verifier`.'),
  'verifier/unexpected': request('code_verifier received when no code_challenge is present'),
  'password/wrong': [400, 'invalid_grant'],
  'device/unknown': [400, 'invalid_grant'],
  'device/other-client': [400, 'invalid_grant'],
  'device/expired': [400, 'expired_token'],
  'device/used': [400, 'invalid_grant'],
  'device/denied': [400, 'access_denied'],
  'device/pending': [400, 'authorization_pending'],
  'device/too-soon': [400, 'slow_down'],
  'refresh/unreadable': grant('Cannot decrypt the refresh token'),
  'refresh/code-given': crash,
  'refresh/other-client': grant('Token is not linked to client'),
  'refresh/expired': grant('Token has expired'),
  'refresh/used': grant('Token has been revoked'),
  'refresh/user-gone': grant('Token has been revoked'),
  'bearer/malformed': [401, 'access_denied'],
  'bearer/unverified': [401, 'access_denied'],
  'bearer/revoked': [401, 'access_denied'],
  'bearer/without-id': crash,
  'bearer/user-blocked': [401, 'access_denied'],
  'bearer/several': [401, 'access_denied'],
  crash,
}

const invalidGrant: Row = [400, 'invalid_grant']
const invalidToken: Row = [401, 'invalid_token']
const toClient = (error: string): Row => [400, error, undefined, true]

const ideal: Table = {
  ...simpleOauth,
  'parameter/missing': toClient('invalid_request'),
  'parameter/malformed': toClient('invalid_request'),
  'parameter/repeated': toClient('invalid_request'),
  'client/redirect-uri': [400, 'invalid_request'],
  'client/secret-missing': client,
  'client/two-methods': [400, 'invalid_request'],
  'client/without-user': [400, 'unauthorized_client'],
  'client/without-user-openid': [400, 'invalid_scope'],
  'response-type/missing': toClient('invalid_request'),
  'response-type/unsupported': toClient('unsupported_response_type'),
  'grant/missing': [400, 'invalid_request'],
  'grant/unsupported': [400, 'unsupported_grant_type'],
  'grant/not-allowed': toClient('unauthorized_client'),
  'scope/missing': toClient('invalid_scope'),
  'scope/unknown': toClient('invalid_scope'),
  'scope/not-for-grant': toClient('invalid_scope'),
  'scope/not-granted': toClient('invalid_scope'),
  'challenge/missing': toClient('invalid_request'),
  'challenge/method': toClient('invalid_request'),
  'challenge/malformed': toClient('invalid_request'),
  'consent/denied': toClient('access_denied'),
  'consent/not-permitted': toClient('access_denied'),
  'request-object/value': toClient('request_not_supported'),
  'request-object/uri': toClient('request_uri_not_supported'),
  'prompt/login': toClient('login_required'),
  'prompt/consent': toClient('consent_required'),
  'code/unreadable': invalidGrant,
  'code/malformed': invalidGrant,
  'code/expired': invalidGrant,
  'code/used': invalidGrant,
  'code/other-client': invalidGrant,
  'code/redirect-uri-missing': invalidGrant,
  'code/redirect-uri': invalidGrant,
  'code/user-gone': invalidGrant,
  'verifier/missing': invalidGrant,
  'verifier/malformed': invalidGrant,
  'verifier/wrong': invalidGrant,
  'verifier/unexpected': invalidGrant,
  'refresh/unreadable': invalidGrant,
  'refresh/code-given': invalidGrant,
  'refresh/other-client': invalidGrant,
  'refresh/expired': invalidGrant,
  'refresh/used': invalidGrant,
  'refresh/user-gone': invalidGrant,
  'bearer/malformed': invalidToken,
  'bearer/unverified': invalidToken,
  'bearer/revoked': invalidToken,
  'bearer/without-id': invalidToken,
  'bearer/user-blocked': invalidToken,
  'bearer/several': [400, 'invalid_request'],
}

const descriptions: Readonly<Record<string, string>> = {
  invalid_request:
    'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.',
  invalid_client: 'Client authentication failed',
  invalid_scope: 'The requested scope is invalid, unknown, or malformed',
  invalid_grant:
    'The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
  unsupported_grant_type: 'The authorization grant type is not supported by the authorization server.',
  access_denied: 'The resource owner or authorization server denied the request.',
  server_error:
    'The authorization server encountered an unexpected condition which prevented it from fulfilling the request: Invalid default user for client.',
}

function describe(error: string, failure: Failure): string {
  if (error === 'invalid_grant' && failure.kind.startsWith('refresh/')) return 'The refresh token is invalid.'
  return descriptions[error] ?? `The request was rejected: ${error.replaceAll('_', ' ')}.`
}

function mapping(table: Table): (failure: Failure) => ErrorAnswer {
  return (failure) => {
    const [status, error, hint, redirect] = table[failure.kind]
    return {
      status,
      error,
      description: describe(error, failure),
      ...(hint ? { hint: hint(failure.subject) } : {}),
      ...(redirect ? { redirect } : {}),
    }
  }
}

/** The errors of Simple OAuth 6.0.9 on league/oauth2-server 9.2. */
export const simpleOauthErrors = mapping(simpleOauth)

/** The errors of RFC 6749 §4.1.2.1 and §5.2, and RFC 6750 §3.1. */
export const idealErrors = mapping(ideal)
