import { claimsOf } from '../core/claims-of.ts'
import { Failure } from '../core/failure.ts'
import { replacing, type Fault } from './fault.ts'

export const resourceFaults: readonly Fault[] = [
  replacing(
    'expired-token-accepted',
    'timesValid',
    { gain: 'An attacker gets access with a token that was stolen long ago.', source: 'RFC 7519 §4.1.4' },
    () => () => true,
  ),
  replacing(
    'revoked-token-accepted',
    'isRevoked',
    { gain: 'Revoking a token has no effect.', source: 'RFC 7009 §2.1' },
    () => (record) => record === undefined,
  ),
  replacing(
    'blocking-without-effect',
    'userChanged',
    { gain: 'A blocked user keeps full access.', source: 'CWE-613' },
    (own) => (state, account, change) => {
      if (change !== 'block') own(state, account, change)
    },
  ),
  replacing(
    'scope-not-enforced',
    'permissions',
    { gain: 'A client with any scope has all permissions of the user.', source: 'RFC 6749 §7' },
    () => (_user, _byScope, byUser) => byUser,
  ),
  replacing(
    'scope-beyond-user',
    'permissions',
    { gain: 'Through a client, users can do things for which they lack the permission.', source: 'CWE-863' },
    () => (_user, byScope) => byScope,
  ),
  replacing(
    'resource-open-to-all',
    'mayOpen',
    { gain: 'Anyone can read the resource without a token.', source: 'RFC 6750 §3, CWE-306' },
    () => () => true,
  ),
  replacing(
    'token-in-query-accepted',
    'bearerToken',
    { gain: 'Tokens end up in logs and browser histories.', source: 'RFC 9700 §4.3.2' },
    (own) => (incoming) => own(incoming) ?? incoming.query.find(([name]) => name === 'access_token')?.[1] ?? null,
  ),
  replacing(
    'bearer-without-challenge',
    'bearerRefusal',
    { gain: 'Clients cannot tell why their request was rejected.', source: 'RFC 6750 §3' },
    (own) => (failure, header, json) => {
      const refusal = own(failure, header, json)
      return { ...refusal, headers: refusal.headers.filter(([name]) => name !== 'WWW-Authenticate') }
    },
  ),
  replacing(
    'bearer-refused-with-200',
    'bearerRefusal',
    { gain: 'Clients and caches mistake a rejected token for a successful response.', source: 'RFC 6750 §3.1' },
    (own) => (failure, header, json) => ({ ...own(failure, header, json), status: 200 }),
  ),
  replacing(
    'bearer-refused-with-500',
    'bearerRefusal',
    { gain: 'A malformed token causes a server error.', source: 'CWE-755' },
    (own) => (failure, header, json) => ({ ...own(failure, header, json), status: 500 }),
  ),
  replacing(
    'scope-refused-with-200',
    'accessRefusal',
    { gain: 'Clients and caches mistake a denied request for a successful response.', source: 'RFC 6750 §3.1' },
    (own) => (needed, authenticated, json) => ({ ...own(needed, authenticated, json), status: 200 }),
  ),
  replacing(
    'bearer-any-scheme',
    'bearerToken',
    { gain: 'A header that is meant for something else is accepted as a token.', source: 'RFC 6750 §2.1' },
    () =>
      ({ headers }) =>
        / (.*)$/s.exec(headers.get('authorization') ?? '')?.[1]?.trim() ?? null,
  ),
  replacing(
    'bearer-scheme-exact',
    'bearerToken',
    {
      gain: 'Clients that spell the scheme in a different case stop working.',
      source: 'RFC 9110 §11.1',
      only: 'ideal',
    },
    () =>
      ({ headers }) =>
        /^Bearer(?: |$)(.*)/s.exec(headers.get('authorization') ?? '')?.[1]?.trim() ?? null,
  ),
  replacing(
    'resource-cacheable',
    'resourceHeaders',
    { gain: 'A shared cache serves protected content to everyone.', source: 'RFC 9111 §3.5, CWE-524' },
    () => [['Cache-Control', 'public, max-age=600']],
  ),
  replacing(
    'userinfo-cacheable',
    'userinfoHeaders',
    { gain: 'A shared cache serves the personal data of one user to others.', source: 'RFC 9111 §3.5, CWE-524' },
    () => [['Cache-Control', 'public, max-age=600']],
  ),
  replacing(
    'umbrella-without-children',
    'scopesMeant',
    { gain: 'Clients with an umbrella scope stop working.', source: 'RFC 6749 §3.3' },
    () => (known, names) => known.filter((scope) => names.includes(scope.name)),
  ),
  replacing(
    'scope-stands-for-siblings',
    'scopesMeant',
    { gain: 'A client with one child scope has the permissions of the whole umbrella scope.', source: 'RFC 6749 §7' },
    (own) => (known, names) => {
      const parents = known.flatMap(({ name, parent }) => (parent !== undefined && names.includes(name) ? parent : []))
      return own(known, [...names, ...parents])
    },
  ),
  replacing(
    'role-scope-for-every-user',
    'roleRights',
    { gain: 'Through a client, users get the permissions of a role that they do not have.', source: 'CWE-269' },
    () => (_account, role, accounts) => accounts.flatMap(({ roles }) => roles?.[role] ?? []),
  ),
  replacing(
    'role-scope-empty',
    'roleRights',
    { gain: 'Clients with a role scope stop working.', source: 'RFC 6749 §3.3' },
    () => () => [],
  ),
  replacing(
    'several-tokens-accepted',
    'bearerToken',
    {
      gain: 'A filter that checks one token and a server that uses the other disagree on who sent the request.',
      source: 'RFC 6750 §2',
      only: 'ideal',
    },
    () =>
      ({ headers }) =>
        /^bearer(?: |$)(.*)/is.exec(headers.get('authorization') ?? '')?.[1]?.trim() ?? null,
  ),
  replacing(
    'token-in-query-preferred',
    'bearerToken',
    { gain: 'Whoever creates a link decides which token is used.', source: 'RFC 6750 §2.3, RFC 9700 §4.3.2' },
    (own) => (incoming) => incoming.query.find(([name]) => name === 'access_token')?.[1] ?? own(incoming),
  ),
  replacing(
    'bearer-malformed-crashes',
    'bearerToken',
    { gain: 'Anyone can fill the error log with malformed tokens.', source: 'RFC 6750 §3.1, CWE-755' },
    (own) => (incoming) => {
      const token = own(incoming)
      const parts = token?.split('.') ?? []
      if (token !== null && (parts.length !== 3 || Object.keys(claimsOf(token)).length === 0))
        throw new Failure('crash', 'a JWT expected')
      return token
    },
  ),
  replacing(
    'refresh-token-as-access-token',
    'otherTokenAccess',
    { gain: 'A leaked refresh token opens resources for weeks, without its client.', source: 'RFC 6749 §1.5' },
    () => (token, state) => state.accessTokens.get(state.refreshTokens.get(token)?.accessTokenId ?? '') ?? null,
  ),
  replacing(
    'code-as-access-token',
    'otherTokenAccess',
    { gain: 'A code from a browser history opens resources.', source: 'RFC 6749 §1.3' },
    () => (token, state) => {
      const code = state.codes.get(token)
      return [...state.accessTokens.values()].find(({ grantId }) => grantId === code?.grantId) ?? null
    },
  ),
  replacing(
    'id-token-as-access-token',
    'otherTokenAccess',
    { gain: 'Whoever is shown who a user is can act as the user.', source: 'RFC 8725 §3.11' },
    () => (token, state) => {
      const { sub, aud, jti } = claimsOf(token)
      const issued = [...state.accessTokens.values()].filter(({ scopes }) => scopes.includes('openid'))
      return (jti === undefined && issued.findLast((one) => one.user?.uid === sub && one.clientId === aud)) || null
    },
  ),
  replacing(
    'child-scope-alone-gives-nothing',
    'scopesMeant',
    { gain: 'Clients have to request an umbrella scope where one of its children is enough.', source: 'RFC 6749 §3.3' },
    (own) => (known, names) => own(known, names).filter(({ parent }) => parent === undefined || names.includes(parent)),
  ),
]
