import { createHash, randomBytes } from 'node:crypto'
import { openidScopes, type Account, type Scope } from '../core/data.ts'
import { simpleOauthErrors } from '../core/errors.ts'
import { basicCredentials, lookedUpClientId, parameter, scopeParameter } from '../core/league.ts'
import type { Mechanisms } from '../core/mechanisms.ts'
import type { State } from '../core/state.ts'
import { answer, isList, lastValue } from '../core/message.ts'
import { deviceAndRegistration } from './device-and-registration.ts'
import { accessToken, idTokenClaims, seconds, serializeToken, signatureFailure } from './simple-oauth-tokens.ts'
import { authorizationEndpoint } from './simple-oauth-authorization.ts'
import { tokenEndpoints } from './token-endpoints.ts'

/** ES2025's `intersection` is not in Node 20. */
export const inBoth = (one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...one].filter((value) => other.has(value)))
/** Replaces umbrella scopes with their children, recursively. */
function scopesMeant(known: readonly Scope[], names: readonly string[]): readonly Scope[] {
  const direct = known.filter((scope) => names.includes(scope.name) && !openidScopes.includes(scope.name))
  const children = known.filter(({ parent }) => parent !== undefined && names.includes(parent)).map(({ name }) => name)
  return children.length === 0 ? direct : [...direct, ...scopesMeant(known, children)]
}

/** Whether an account still exists and is not blocked. */
const mayAct = (state: State, account: Account): boolean =>
  !state.blocked.has(account.uid) && !state.deleted.has(account.uid)

/** Simple OAuth 6.0.9 on league/oauth2-server 9.2.0. */
export const simpleOauth: Mechanisms = {
  ...tokenEndpoints,
  ...deviceAndRegistration,
  ...authorizationEndpoint,
  // The setting `trusted_host_patterns` of the site that the suite installs.
  requestOrigin: (headers) => {
    const host = headers.get('host') ?? ''
    return /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host) ? `http://${host}` : null
  },
  formAction: ({ target }) => target,
  loginBase: () => '',

  parameter,
  checkParameters: () => undefined,
  scopeParameter,
  stateParameter: (pairs) => parameter(pairs, 'state'),
  authorizationParameters: ({ query }) => query,
  tokenMethods: ['POST'],
  // A fault may let a GET request through, whose parameters are in the query.
  tokenParameters: ({ method, query, body }) => (method === 'GET' ? query : body),
  grantType: (pairs) => (isList(pairs, 'grant_type') ? '' : (lastValue(pairs, 'grant_type') ?? '')),

  responseTypeParameter: (pairs) => (isList(pairs, 'response_type') ? '' : (lastValue(pairs, 'response_type') ?? '')),

  basicCredentials,
  clientId: ({ body, query }, _pairs, basic) => lookedUpClientId([...query, ...body], basic?.clientId ?? null),
  // A middleware replaces the credentials in the body with those of the Basic header.
  credentials: (pairs, basic) => ({
    clientId: basic.clientId ?? parameter(pairs, 'client_id'),
    secret: basic.clientId === null ? parameter(pairs, 'client_secret') : basic.secret,
  }),
  findClient: (clients, id) => clients.find((client) => client.client_id.toLowerCase() === id.toLowerCase()),
  secretMatches: (client, secret) => client.client_secret === secret,
  authenticates: (client) => client.confidential,
  clientMayUseGrant: (client, grant) => client.grantTypes.includes(grant),
  openGrants: [],
  furtherGrants: [],
  clientCredentialsAllowed: (client) => client.confidential,

  furtherEndpoints: [],
  resourceMetadata: () => null,
  challengeParameter: () => '',

  codeValue: (secret) => secret,
  codeLifetime: (client) => client.accessTokenLifetime,
  codeAsIssued: (code) => code,
  storedCode: (state, value) => (value === null ? undefined : state.codes.get(value)),
  codeChecks: ['lifetime', 'used', 'client', 'redirectUri', 'downgrade', 'verifier'],
  codeIsCurrent: (code, now) => seconds(now) <= seconds(code.expires),
  codeIsFresh: (code) => !code.used,
  codeBelongsTo: (code, client) => code.clientId === client.client_id,
  codeRedirectUriFailure: (code, given) => {
    if (code.redirectUri !== null && given === null) return 'code/redirect-uri-missing'
    return code.redirectUri === given ? null : 'code/redirect-uri'
  },
  verifierRequired: (code) => code.challenge !== null,
  verifierExpected: (code) => code.challenge !== null,
  verifierWellFormed: (verifier) => /^[A-Za-z0-9\-._~]{43,128}$/.test(verifier),
  verifierMethod: (code) => code.method,
  verifierMatches: (verifier, challenge, method) =>
    challenge === (method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier),
  codeReplayed: () => undefined,
  consumeCode: (code) => {
    code.used = true
    return Promise.resolve()
  },
  // The behaviour of releases in withheld groups is not published, so this profile meets their contracts.
  codeHeldByUser: mayAct,

  storedRefreshToken: (state, value) => (value === null ? undefined : state.refreshTokens.get(value)),
  refreshBelongsTo: (token, client) => token.clientId === client.client_id,
  refreshIsCurrent: (token, now) => seconds(token.expires) >= seconds(now),
  refreshIsFresh: (token) => !token.used,
  refreshReplayed: () => undefined,
  refreshHeldByUser: mayAct,
  refreshScopeGranted: (token, scope) => token.scopes.includes(scope),
  refreshDefault: (token) => token.scopes,
  refreshScopesKept: (_token, asked) => asked,
  rotateRefreshToken: () => true,
  consumeRefreshToken: (token) => {
    token.used = true
    return Promise.resolve()
  },
  revokeAfterRefresh: (state, token) => {
    const access = state.accessTokens.get(token.accessTokenId)
    if (access) access.revoked = true
  },
  refreshTokenFor: (client, grant) => grant !== 'client_credentials' && client.grantTypes.includes('refresh_token'),
  refreshLifetime: (client) => client.refreshTokenLifetime,

  withinClientScopes: (client, scope) => client.scopes.length === 0 || client.scopes.includes(scope),
  clientCredentialsUser: (state, client) => {
    const account = state.account(client.user)
    return account && mayAct(state, account) ? account : undefined
  },

  // Resembles the hexadecimal output of defuse/php-encryption, including its version header.
  secretValue: (bytes) => `def50200${randomBytes(bytes).toString('hex')}`,
  // Upper-case hexadecimal digits are equivalent.
  issuedSpelling: (given) => given.toLowerCase(),
  accessTokenId: () => randomBytes(40).toString('hex'),
  // With microseconds, which become part of `exp`.
  accessTokenExpiry: (client, now) => now + client.accessTokenLifetime * 1000 + 0.25,
  accessToken,
  signingKeys: (state) => state.keys,
  serializeToken,
  expiresIn: ({ expires }) => seconds(expires) - seconds(Date.now()),
  tokenResponse: ({ scope: _scope, ...members }) => members,
  tokenHeaders: [
    ['Content-Type', 'application/json; charset=UTF-8'],
    ['Cache-Control', 'no-store, private'],
    ['Pragma', 'no-cache'],
  ],
  tokenErrorHeaders: [],
  idTokenClaims,
  idTokenDue: (scopes) => scopes.includes('openid'),
  idTokenKeys: (state) => state.keys,
  idTokenHeader: () => ({ typ: 'JWT', alg: 'RS256' }),
  idTokenWithoutUser: false,
  jwks: (keys) => {
    const { kty, n, e } = keys.publicKey.export({ format: 'jwk' })
    return { keys: [{ kty, n, e }] }
  },

  bearerToken: ({ headers }) => {
    const header = headers.get('authorization')
    if (!header?.includes('Bearer ') && header?.trim() !== 'Bearer') return null
    return header.replace(/^\s*Bearer\s/, '').trim()
  },
  bearerEverywhere: true,
  otherTokenAccess: () => null,
  signatureFailure,
  timesValid: ({ exp, nbf, iat }, now) => {
    const before = (time: unknown) => typeof time !== 'number' || time <= now / 1000
    return before(nbf) && before(iat) && (typeof exp !== 'number' || exp > now / 1000)
  },
  claimsValid: () => true,
  isRevoked: (record) => record === undefined || record.revoked,
  bearerUserAllowed: (state, account) => account !== undefined && mayAct(state, account),
  tokenOfUnknownClient: 'bearer/revoked',
  sessionBesideToken: () => false,
  cachedPage: (_cache, _incoming, make) => make(),
  userChanged: (state, account, change) => {
    if (change === 'block') state.blocked.add(account.uid)
    if (change === 'delete') state.deleted.add(account.uid)
    if (change === 'unblock' || change === 'restore') state.blocked.delete(account.uid)
    if (change === 'block' || change === 'delete' || change === 'password') state.endSessions(account)
    // Access ends only when the user is saved: not on deletion or logout, nor when a role of the user is saved.
    if (!['delete', 'logOut', 'permissions'].includes(change)) state.forgetAccess(account)
  },
  consumerChanged: (state, client) => {
    state.forgetAccessOfClient(client)
  },
  changedConsumer: (_before, after) => after,
  cron: (state, now) => {
    state.removeTokens((expires) => expires < now)
  },
  // A client_credentials token has only the permissions of its scopes.
  permissions: (user, byScope, byUser) => (user ? inBoth(byScope, byUser) : byScope),
  scopesMeant,
  roleRights: (account, role) => account?.roles?.[role] ?? [],
  tokenRoles: (byScope, ofAccount) => byScope.filter((role) => ofAccount.includes(role)),
  scopesLimitAdmin: () => true,
  cachedPermissions: (_cache, _token, calculate) => calculate(),
  contentPermission: (op, type) =>
    op === 'read'
      ? 'access content'
      : op === 'create'
        ? `create ${type} content`
        : `${op === 'change' ? 'edit' : op} any ${type} content`,
  mayOpen: (permissions, needed) => permissions.has(needed),
  bearerRefusal: (failure, header, json) => {
    const scheme = header.startsWith('Bearer') ? 'Bearer' : 'Basic'
    const challenge = `${scheme} realm="OAuth", error="access_denied", error_description="${failure.subject}"`
    const headers: [string, string][] = [['WWW-Authenticate', challenge]]
    return json
      ? jsonMessage(401, 'The resource owner or authorization server denied the request.', headers)
      : answer(401, '', headers)
  },
  accessRefusal: (needed, _authenticated, json) =>
    json ? jsonMessage(403, `The '${needed}' permission is required.`) : answer(403, ''),
  resourceHeaders: [],
  userinfoHeaders: [],
  userinfoAccount: (_state, account) => account,
  userinfoAllowed: () => true,
  userinfoMethods: ['GET', 'POST'],
  cachedUserinfo: () => null,
  userinfoClaims: (claims) => claims,

  oauthError: simpleOauthErrors,
  errorBody: ({ error, description, hint }) => ({
    error,
    error_description: description,
    ...(hint === undefined ? {} : { hint }),
  }),
  errorStatus: (status) => status,
  challengeHeaders: ({ error }, headerUsed) =>
    error === 'invalid_client' && headerUsed ? [['WWW-Authenticate', 'Basic realm="OAuth"']] : [],
  metadata: () => null,
}

function jsonMessage(status: number, message: string, headers: [string, string][] = []) {
  return answer(status, JSON.stringify({ message }), [...headers, ['Content-Type', 'application/json']])
}
