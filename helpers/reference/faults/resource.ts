import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { compactVerify } from 'jose'
import type { KeyPair } from '../core/state.ts'
import { replacing, type Fault } from './fault.ts'

const algorithmOf = (token: string): unknown => {
  const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
  return typeof header === 'object' && header !== null && 'alg' in header ? header.alg : undefined
}

/** The forms in which a public key is published or stored. */
function spellings({ publicKey }: KeyPair): (string | Buffer)[] {
  const texts = (['spki', 'pkcs1'] as const).map((type) => publicKey.export({ type, format: 'pem' }).toString())
  const jwk = publicKey.export({ format: 'jwk' })
  const again = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' })
  return [...texts, ...texts.map((text) => text.trim()), again, JSON.stringify(jwk), jwk.n ?? '']
}

function signedWithPublicKey(token: string, keys: KeyPair): boolean {
  const [header, claims, signature] = token.split('.')
  const mac = (key: string | Buffer) => createHmac('sha256', key).update(`${header}.${claims}`).digest('base64url')
  return spellings(keys).some((key) => mac(key) === signature)
}

const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const resourceFaults: readonly Fault[] = [
  replacing(
    'signature-unchecked',
    'signatureFailure',
    { gain: 'Anybody changes a token at will.', source: 'RFC 7515 §5.2, CWE-347' },
    () => () => Promise.resolve(null),
  ),
  replacing(
    'algorithm-none-accepted',
    'signatureFailure',
    { gain: 'Anybody makes tokens.', source: 'RFC 8725 §2.1, CVE-2015-9235' },
    (own) => (token, state) => (algorithmOf(token) === 'none' ? Promise.resolve(null) : own(token, state)),
  ),
  replacing(
    'public-key-as-secret-accepted',
    'signatureFailure',
    { gain: 'Anybody makes tokens with the published key.', source: 'RFC 8725 §2.1, CVE-2016-10555' },
    (own) => (token, state) =>
      algorithmOf(token) === 'HS256' && signedWithPublicKey(token, state.keys)
        ? Promise.resolve(null)
        : own(token, state),
  ),
  replacing(
    'embedded-key-trusted',
    'signatureFailure',
    { gain: 'Anybody makes tokens and brings the key along.', source: 'RFC 8725 §3.10, CVE-2018-0114' },
    (own) => async (token, state) => {
      const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
      if (typeof header !== 'object' || header === null || !('jwk' in header)) return own(token, state)
      const key = createPublicKey({ key: { ...(header.jwk as object) }, format: 'jwk' })
      return compactVerify(token, key).then(
        () => null,
        () => own(token, state),
      )
    },
  ),
  replacing(
    'retired-key-accepted',
    'signatureFailure',
    { gain: 'A key that leaked and was replaced still makes tokens.', source: 'RFC 8725 §3.1' },
    (own) => async (token, state) => {
      for (const { publicKey } of state.retiredKeys) {
        if (await compactVerify(token, publicKey).catch(() => null)) return null
      }
      return own(token, state)
    },
  ),
  replacing(
    'expired-token-accepted',
    'timesValid',
    { gain: 'A token stolen long ago opens resources.', source: 'RFC 7519 §4.1.4' },
    () => () => true,
  ),
  replacing(
    'revoked-token-accepted',
    'isRevoked',
    { gain: 'Revoking a token changes nothing.', source: 'RFC 7009 §2.1' },
    () => (record) => record === undefined,
  ),
  replacing(
    'blocking-without-effect',
    'blockUser',
    { gain: 'Somebody locked out keeps everything.', source: 'CWE-613' },
    () => () => undefined,
  ),
  replacing(
    'scope-not-enforced',
    'permissions',
    { gain: 'A client with any scope has all that the user may.', source: 'RFC 6749 §7' },
    () => (_user, _byScope, byUser) => byUser,
  ),
  replacing(
    'scope-beyond-user',
    'permissions',
    { gain: 'A user gets through a client what they may not themselves.', source: 'CWE-863' },
    () => (_user, byScope) => byScope,
  ),
  replacing(
    'resource-open-to-all',
    'mayOpen',
    { gain: 'No token is needed.', source: 'RFC 6750 §3, CWE-306' },
    () => () => true,
  ),
  replacing(
    'token-in-query-accepted',
    'bearerToken',
    { gain: 'Tokens end in logs and histories.', source: 'RFC 9700 §4.3.2' },
    (own) => (incoming) => own(incoming) ?? incoming.query.find(([name]) => name === 'access_token')?.[1] ?? null,
  ),
  replacing(
    'bearer-without-challenge',
    'bearerRefusal',
    { gain: 'None by itself; clients cannot tell why they were refused.', source: 'RFC 6750 §3' },
    (own) => (failure, header, json) => {
      const refusal = own(failure, header, json)
      return { ...refusal, headers: refusal.headers.filter(([name]) => name !== 'WWW-Authenticate') }
    },
  ),
  replacing(
    'bearer-refused-with-200',
    'bearerRefusal',
    { gain: 'Clients and caches take a refusal for an answer.', source: 'RFC 6750 §3.1' },
    (own) => (failure, header, json) => ({ ...own(failure, header, json), status: 200 }),
  ),
  replacing(
    'bearer-refused-with-500',
    'bearerRefusal',
    { gain: 'A token that cannot be read takes the resource down.', source: 'CWE-755' },
    (own) => (failure, header, json) => ({ ...own(failure, header, json), status: 500 }),
  ),
  replacing(
    'scope-refused-with-200',
    'accessRefusal',
    { gain: 'Clients and caches take a refusal for an answer.', source: 'RFC 6750 §3.1' },
    (own) => (needed, authenticated, json) => ({ ...own(needed, authenticated, json), status: 200 }),
  ),
  replacing(
    'signature-optional',
    'signatureFailure',
    { gain: 'Anybody makes tokens by leaving the signature out.', source: 'RFC 7515 §5.2, CWE-347' },
    (own) => (token, state) => (token.endsWith('.') ? Promise.resolve(null) : own(token, state)),
  ),
  replacing(
    'algorithm-none-any-case',
    'signatureFailure',
    {
      gain: 'Anybody makes tokens: only the usual spelling of none is refused.',
      source: 'RFC 8725 §2.1, CVE-2020-28042',
    },
    (own) => (token, state) => {
      const algorithm = algorithmOf(token)
      const none = typeof algorithm === 'string' && algorithm !== 'none' && algorithm.toLowerCase() === 'none'
      return none ? Promise.resolve(null) : own(token, state)
    },
  ),
  replacing(
    'bearer-any-scheme',
    'bearerToken',
    { gain: 'A header meant for something else is taken for a token.', source: 'RFC 6750 §2.1' },
    () =>
      ({ headers }) =>
        / (.*)$/s.exec(headers.get('authorization') ?? '')?.[1]?.trim() ?? null,
  ),
  replacing(
    'bearer-scheme-exact',
    'bearerToken',
    {
      gain: 'None by itself; clients that spell the scheme in another case stop working.',
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
    { gain: 'A shared cache hands what one token opened to everybody.', source: 'RFC 9111 §3.5, CWE-524' },
    () => [['Cache-Control', 'public, max-age=600']],
  ),
  replacing(
    'umbrella-without-children',
    'scopesMeant',
    { gain: 'None by itself; clients with an umbrella scope stop working.', source: 'RFC 6749 §3.3' },
    () => (known, names) => known.filter((scope) => names.includes(scope.name)),
  ),
  replacing(
    'scope-stands-for-siblings',
    'scopesMeant',
    { gain: 'A client with one part of an umbrella scope has all of it.', source: 'RFC 6749 §7' },
    (own) => (known, names) => {
      const parents = known.flatMap(({ name, parent }) => (parent !== undefined && names.includes(name) ? parent : []))
      return own(known, [...names, ...parents])
    },
  ),
  replacing(
    'role-scope-for-every-user',
    'roleRights',
    { gain: 'A user gets through a client the rights of a role that they do not have.', source: 'CWE-269' },
    () => (_account, role, accounts) => accounts.flatMap(({ roles }) => roles?.[role] ?? []),
  ),
  replacing(
    'role-scope-empty',
    'roleRights',
    { gain: 'None by itself; clients with a scope of role granularity stop working.', source: 'RFC 6749 §3.3' },
    () => () => [],
  ),
  replacing(
    'id-token-audience-wrong',
    'idTokenClaims',
    { gain: 'A client takes an id_token for its own that was made for another.', source: 'OpenID Connect Core §2' },
    (own) => (issue, nonce, authTime) => ({ ...own(issue, nonce, authTime), aud: 'another' }),
  ),
  replacing(
    'id-token-with-other-key',
    'idTokenKeys',
    {
      gain: 'None by itself; clients that verify id_tokens refuse them, or stop to verify.',
      source: 'OpenID Connect Core §10.1',
    },
    (own) => (state) => ({ ...own(state), privateKey: foreign.privateKey }),
  ),
  replacing(
    'id-token-for-every-client',
    'idTokenDue',
    { gain: 'A client learns who the user is without having asked.', source: 'OpenID Connect Core §3.1.2.1' },
    () => (_scopes, grant) => grant !== 'client_credentials',
  ),
  replacing(
    'id-token-not-refreshed',
    'idTokenDue',
    {
      gain: 'None by itself; clients that read the id_token of a refresh stop working.',
      source: 'OpenID Connect Core §12.2',
    },
    (own) => (scopes, grant) => grant !== 'refresh_token' && own(scopes, grant),
  ),
  replacing(
    'nonce-dropped',
    'idTokenClaims',
    {
      gain: 'An id_token is replayed into the session of somebody else.',
      source: 'OpenID Connect Core §15.5.2',
      only: 'ideal',
    },
    (own) => (issue, _nonce, authTime) => own(issue, null, authTime),
  ),
  replacing(
    'userinfo-for-every-scope',
    'userinfoAllowed',
    {
      gain: 'A client learns who the user is without having asked.',
      source: 'OpenID Connect Core §5.3.1',
      only: 'ideal',
    },
    () => () => true,
  ),
  replacing(
    'userinfo-every-claim',
    'userinfoClaims',
    {
      gain: 'A client learns the mail address without having asked.',
      source: 'OpenID Connect Core §5.4',
      only: 'ideal',
    },
    () => (claims) => claims,
  ),
  replacing(
    'userinfo-of-another',
    'userinfoClaims',
    { gain: 'A client takes one user for another.', source: 'OpenID Connect Core §5.3.2' },
    (own) => (claims, scopes) => ({ ...own(claims, scopes), sub: '1' }),
  ),
  replacing(
    'several-tokens-accepted',
    'bearerToken',
    {
      gain: 'What checks one token and what obeys the other disagree on who asks.',
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
    { gain: 'A link decides which token counts.', source: 'RFC 6750 §2.3, RFC 9700 §4.3.2' },
    (own) => (incoming) => incoming.query.find(([name]) => name === 'access_token')?.[1] ?? own(incoming),
  ),
]
