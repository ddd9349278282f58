import { randomBytes } from 'node:crypto'
import { openidScopes, type Client } from '../core/data.ts'
import { idealErrors } from '../core/errors.ts'
import { Failure } from '../core/failure.ts'
import type { Issue, Jwt, Mechanisms, Members } from '../core/mechanisms.ts'
import { answer } from '../core/message.ts'
import { deviceGrantType } from '../core/device-mechanisms.ts'
import { basicCredentials, checkParameters, credentials, parameter, scopeParameter } from './ideal-requests.ts'
import { inBoth, simpleOauth } from './simple-oauth.ts'

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)
const realm = 'Bearer realm="OAuth"'
const noStore: [string, string][] = [
  ['Cache-Control', 'no-store'],
  ['Pragma', 'no-cache'],
]

/** RFC 9068 §2. */
function accessToken({ client, user, scopes, origin, id, now, expires }: Issue, keys: { kid: string }): Jwt {
  return {
    header: { typ: 'at+jwt', alg: 'RS256', kid: keys.kid },
    claims: {
      iss: origin,
      exp: seconds(expires),
      // RFC 9068 §3: a resource indicator, which the resource checks (§4); the client is in client_id.
      aud: origin,
      sub: user?.uid ?? client.client_id,
      client_id: client.client_id,
      iat: seconds(now),
      nbf: seconds(now),
      jti: id,
      scope: scopes.join(' '),
    },
  }
}

const originsOf = ({ redirectUris }: Client): readonly string[] =>
  redirectUris.flatMap((uri) => (/^https?:/.test(uri) ? new URL(uri).origin : []))

const proven = (client: { confidential: boolean; redirectUris: readonly string[] }) =>
  client.confidential || client.redirectUris.every((uri) => uri.startsWith('https://'))

/** Meets RFC 6749, 6750, 7636, 8252, 9068 and 9700; behaves like Simple OAuth where they leave a choice. */
export const ideal: Mechanisms = {
  ...simpleOauth,
  tokenEndpoints: true,
  device: true,
  registration: true,
  parameter,
  checkParameters,
  scopeParameter,
  stateParameter: (pairs) => parameter(pairs, 'state'),
  authorizationParameters: ({ method, query, body }) =>
    method === 'POST' && !body.some(([name]) => name === 'form_id') ? [...query, ...body] : query,
  tokenParameters: (incoming) =>
    incoming.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
      ? simpleOauth.tokenParameters(incoming)
      : [],
  grantType: (pairs) => {
    const grant = parameter(pairs, 'grant_type')
    if (grant === null) throw new Failure('grant/missing', 'grant_type')
    return grant
  },

  responseTypeParameter: (pairs) => parameter(pairs, 'response_type'),

  basicCredentials,
  clientId: (_incoming, pairs, basic) => basic?.clientId ?? parameter(pairs, 'client_id'),
  credentials,
  findClient: (clients, id) => clients.find((client) => client.client_id === id && client.unpublished !== true),

  authorizationChecks: [
    'redirectUri',
    'state',
    'responseType',
    'clientGrant',
    'scopeGiven',
    'scopeKnown',
    'scopeForGrant',
    'challenge',
  ],
  redirectUriMatches: (registered, given) => URL.canParse(given) && simpleOauth.redirectUriMatches(registered, given),
  // RFC 9700 §2.1.1: required of public clients, optional for confidential ones.
  challengeRequired: (client) => client.pkce || !client.confidential,
  challengeMethod: (method) => (method === 'S256' ? 'S256' : null),
  findScope: (scopes, name) =>
    [...scopes.map((scope) => scope.name), ...openidScopes].find((known) => known === name) ?? null,
  errorsAfterLogin: true,
  requestObjectFailure: (pairs) =>
    parameter(pairs, 'request') !== null
      ? 'request-object/value'
      : parameter(pairs, 'request_uri') !== null
        ? 'request-object/uri'
        : null,
  authorizationIssuer: (origin) => origin,

  // RFC 8252 §8.6: the user consents to every request of a client whose identity is not proven.
  rememberedApproval: (client, approved, scopes) =>
    proven(client) && simpleOauth.rememberedApproval(client, approved, scopes),
  automaticApproval: (client) => proven(client) && simpleOauth.automaticApproval(client),
  decision: (op, allow, deny) => (op === allow ? 'allow' : op === deny ? 'deny' : null),
  promptHonoured: true,
  loginAgain: (pairs, session, now) => {
    const asked = (parameter(pairs, 'prompt') ?? '').split(' ').includes('login')
    const most = parameter(pairs, 'max_age')
    // OpenID Connect Core §3.1.2.1: 0 is as `prompt=login`.
    return asked || most === '0' || (most !== null && now - session.authTime > Number(most))
  },
  hintMatches: (hint, account) => subjectOf(hint) === account.uid,
  // RFC 6749 §10.2: the user sees what is granted, by default too.
  consentScopes: (_asked, granted) => granted,
  // RFC 9700 §4.12.
  redirectStatus: 303,
  // RFC 9700 §2.6: for scripts of registered clients, and never at the authorization endpoint.
  cors: ({ origin, path, clients }) =>
    !/^\/(?:oauth\/authorize|user\b)/.test(path) && clients.some((client) => originsOf(client).includes(origin))
      ? { origin, credentials: false }
      : null,
  securityHeaders: [
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['Content-Security-Policy', "frame-ancestors 'self'"],
    ['Referrer-Policy', 'no-referrer'],
  ],

  codeLifetime: (client) => Math.min(client.accessTokenLifetime, 60),
  // The replay check comes last: only a request with all secrets of the code may revoke its tokens.
  codeChecks: ['client', 'redirectUri', 'downgrade', 'verifier', 'used', 'lifetime'],
  codeIsCurrent: (code, now) => now < code.expires,
  // RFC 6749 §4.1.2.
  codeReplayed: (state, code) => {
    state.revokeGrant(code.grantId)
  },

  refreshIsCurrent: (token, now) => now < token.expires,
  // RFC 9700 §4.14.2.
  refreshReplayed: (state, token) => {
    state.revokeGrant(token.grantId)
  },
  // RFC 6749 §6: the new refresh token has the scope of the old one.
  refreshScopesKept: (token) => token.scopes,

  secretValue: (bytes) => randomBytes(bytes).toString('hex'),
  issuedSpelling: (given) => given,
  // `exp` in whole seconds, exactly `expires_in` after `iat`.
  accessTokenExpiry: (client, now) => (seconds(now) + client.accessTokenLifetime) * 1000,
  accessToken,
  expiresIn: ({ expires, now }) => seconds(expires) - seconds(now),
  tokenResponse: (members) => members,
  tokenHeaders: [['Content-Type', 'application/json'], ...noStore],
  tokenErrorHeaders: noStore,
  idTokenClaims: (issue, nonce, authTime) => ({
    ...simpleOauth.idTokenClaims(issue, nonce, authTime),
    iss: issue.origin,
    auth_time: authTime,
    ...(nonce === null ? {} : { nonce }),
  }),
  idTokenDue: (scopes, _grant, isSwitchedOff) => !isSwitchedOff && scopes.includes('openid'),
  idTokenHeader: ({ kid }) => ({ typ: 'JWT', alg: 'RS256', kid }),
  jwks: (keys) => ({
    keys: simpleOauth.jwks(keys).keys.map((key) => ({ ...key, use: 'sig', alg: 'RS256', kid: keys.kid })),
  }),

  bearerToken: ({ headers, query }) => {
    const token = /^bearer(?: |$)(.*)/is.exec(headers.get('authorization') ?? '')?.[1]?.trim() ?? null
    // RFC 6750 §2: one method to send the token per request.
    if (token !== null && query.some(([name]) => name === 'access_token')) throw new Failure('bearer/several')
    return token
  },
  bearerEverywhere: false,
  timesValid: (claims, now) => typeof claims['exp'] === 'number' && simpleOauth.timesValid(claims, now),
  claimsValid: ({ header, claims }, record, origin) =>
    header['typ'] === 'at+jwt' &&
    claims['iss'] === origin &&
    claims['aud'] === origin &&
    claims['client_id'] === record.clientId &&
    claims['sub'] === (record.user?.uid ?? record.clientId),
  permissions: (_user, byScope, byUser) => inBoth(byScope, byUser),
  bearerRefusal: (failure) => {
    const { status, error } = idealErrors(failure)
    const description = 'The access token is malformed, expired, revoked or was not issued here'
    return refusal(status, `${realm}, error="${error}", error_description="${description}"`, error)
  },
  // RFC 6750 §3.1: no error code if the request had no credentials.
  accessRefusal: (_needed, authenticated) =>
    authenticated
      ? refusal(403, `${realm}, error="insufficient_scope"`, 'insufficient_scope')
      : refusal(401, realm, 'unauthorized'),
  userinfoAllowed: (scopes) => scopes.includes('openid'),
  userinfoClaims: selectClaims,

  oauthError: idealErrors,
  errorBody: ({ error, description }) => ({ error, error_description: description }),
  // RFC 9110 §15.5.2: every 401 has a challenge.
  challengeHeaders: (error) => (error.status === 401 ? [['WWW-Authenticate', 'Basic realm="OAuth"']] : []),
  resourceMetadata: (origin) => ({ resource: origin, authorization_servers: [origin] }),
  challengeParameter: (origin) => `, resource_metadata="${origin}/.well-known/oauth-protected-resource"`,
  metadata: (origin) => ({
    // draft-ietf-oauth-client-id-metadata-document: no client of the contract uses it.
    client_id_metadata_document_supported: true,
    issuer: origin,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    jwks_uri: `${origin}/oauth/jwks`,
    userinfo_endpoint: `${origin}/oauth/userinfo`,
    revocation_endpoint: `${origin}/oauth/revoke`,
    introspection_endpoint: `${origin}/oauth/introspect`,
    registration_endpoint: `${origin}/oauth/register`,
    device_authorization_endpoint: `${origin}/oauth/device_authorization`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', deviceGrantType],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
  }),
}

/** The `sub` of an ID token; if this server did not issue it, it matches no user. */
function subjectOf(token: string): unknown {
  try {
    return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Members)['sub']
  } catch {
    return undefined
  }
}

function refusal(status: number, challenge: string, error: string) {
  return answer(status, JSON.stringify({ error }), [
    ['WWW-Authenticate', challenge],
    ['Content-Type', 'application/json'],
  ])
}

/** OpenID Connect Core §5.4: the claims of each scope. */
function selectClaims(claims: Members, scopes: readonly string[]): Members {
  const claimsOf: Record<string, readonly string[]> = {
    profile: ['name', 'preferred_username', 'profile', 'locale', 'zoneinfo', 'updated_at'],
    email: ['email', 'email_verified'],
  }
  const allowed = new Set(['sub', ...scopes.flatMap((scope) => claimsOf[scope] ?? [])])
  return Object.fromEntries(Object.entries(claims).filter(([name]) => allowed.has(name)))
}
