import { createHmac, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { compactVerify, createRemoteJWKSet } from 'jose'
import type { KeyPair } from '../core/state.ts'
import { replacing, type Fault } from './fault.ts'

const headerOf = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>
const algorithmOf = (token: string): unknown => headerOf(token)['alg']

/** The forms in which a public key is published or stored. */
function spellings({ publicKey }: KeyPair): (string | Buffer)[] {
  const texts = (['spki', 'pkcs1'] as const).map((type) => publicKey.export({ type, format: 'pem' }).toString())
  const jwk = publicKey.export({ format: 'jwk' })
  const again = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' })
  return [...texts, ...texts.map((text) => text.trim()), again, JSON.stringify(jwk), jwk.n ?? '']
}

function signedWithSecret(token: string, secret: string | Buffer): boolean {
  const [header, claims, signature] = token.split('.')
  return createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url') === signature
}

const signedWithPublicKey = (token: string, keys: KeyPair): boolean =>
  spellings(keys).some((key) => signedWithSecret(token, key))

/** A file's content as the secret: a `kid` that leads out of the folder of keys finds one that the attacker knows. */
function signedWithFile(token: string, kid: unknown): boolean {
  try {
    return signedWithSecret(token, readFileSync(resolve('/var/keys', String(kid))))
  } catch {
    return false
  }
}

async function certificateAt(address: string): Promise<X509Certificate> {
  const response = await fetch(address)
  return new X509Certificate(await response.text())
}

const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const resourceFaults: readonly Fault[] = [
  replacing(
    'signature-unchecked',
    'signatureFailure',
    { gain: 'Anyone can change the content of a token.', source: 'RFC 7515 §5.2, CWE-347' },
    () => () => Promise.resolve(null),
  ),
  replacing(
    'algorithm-none-accepted',
    'signatureFailure',
    { gain: 'Anyone can forge tokens without a signature.', source: 'RFC 8725 §2.1, CVE-2015-9235' },
    (own) => (token, state) => (algorithmOf(token) === 'none' ? Promise.resolve(null) : own(token, state)),
  ),
  replacing(
    'public-key-as-secret-accepted',
    'signatureFailure',
    { gain: 'Anyone can forge tokens with the published public key.', source: 'RFC 8725 §2.1, CVE-2016-10555' },
    (own) => (token, state) =>
      algorithmOf(token) === 'HS256' && signedWithPublicKey(token, state.keys)
        ? Promise.resolve(null)
        : own(token, state),
  ),
  replacing(
    'empty-secret-accepted',
    'signatureFailure',
    { gain: 'Anyone can forge tokens with an HMAC of an empty key.', source: 'RFC 8725 §2.1, §3.2, CWE-1391' },
    (own) => (token, state) =>
      algorithmOf(token) === 'HS256' && signedWithSecret(token, '') ? Promise.resolve(null) : own(token, state),
  ),
  replacing(
    'key-read-from-path',
    'signatureFailure',
    { gain: 'Anyone can forge tokens with a file whose content is known.', source: 'RFC 8725 §3.10, CWE-22' },
    (own) => (token, state) =>
      algorithmOf(token) === 'HS256' &&
      headerOf(token)['kid'] !== undefined &&
      signedWithFile(token, headerOf(token)['kid'])
        ? Promise.resolve(null)
        : own(token, state),
  ),
  replacing(
    'key-set-address-trusted',
    'signatureFailure',
    { gain: 'Anyone can forge tokens that name a key set of their own.', source: 'RFC 8725 §3.10' },
    (own) => async (token, state) => {
      const { jku } = headerOf(token)
      if (typeof jku !== 'string') return own(token, state)
      return compactVerify(token, createRemoteJWKSet(new URL(jku))).then(
        () => null,
        () => own(token, state),
      )
    },
  ),
  replacing(
    'certificate-address-trusted',
    'signatureFailure',
    { gain: 'Anyone can forge tokens that name a certificate of their own.', source: 'RFC 8725 §3.10' },
    (own) => async (token, state) => {
      const { x5u } = headerOf(token)
      if (typeof x5u !== 'string') return own(token, state)
      const { publicKey } = await certificateAt(x5u)
      return compactVerify(token, publicKey).then(
        () => null,
        () => own(token, state),
      )
    },
  ),
  replacing(
    'embedded-key-trusted',
    'signatureFailure',
    { gain: 'Anyone can forge tokens that carry their own key.', source: 'RFC 8725 §3.10, CVE-2018-0114' },
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
    { gain: 'An attacker can still forge tokens with a leaked key that was replaced.', source: 'RFC 8725 §3.1' },
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
    'blockUser',
    { gain: 'A blocked user keeps full access.', source: 'CWE-613' },
    () => () => undefined,
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
    'signature-optional',
    'signatureFailure',
    { gain: 'Anyone can forge tokens by omitting the signature.', source: 'RFC 7515 §5.2, CWE-347' },
    (own) => (token, state) => (token.endsWith('.') ? Promise.resolve(null) : own(token, state)),
  ),
  replacing(
    'algorithm-none-any-case',
    'signatureFailure',
    {
      gain: 'Anyone can forge tokens, because only the usual spelling of `none` is rejected.',
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
    'id-token-audience-wrong',
    'idTokenClaims',
    { gain: 'A client accepts an `id_token` that was issued for another client.', source: 'OpenID Connect Core §2' },
    (own) => (issue, nonce, authTime) => ({ ...own(issue, nonce, authTime), aud: 'another' }),
  ),
  replacing(
    'id-token-with-other-key',
    'idTokenKeys',
    {
      gain: 'Clients that verify the `id_token` reject it, or stop verifying.',
      source: 'OpenID Connect Core §10.1',
    },
    (own) => (state) => ({ ...own(state), privateKey: foreign.privateKey }),
  ),
  replacing(
    'id-token-for-every-client',
    'idTokenDue',
    {
      gain: "A client learns the user's identity without having requested it.",
      source: 'OpenID Connect Core §3.1.2.1',
    },
    () => (_scopes, grant) => grant !== 'client_credentials',
  ),
  replacing(
    'id-token-not-refreshed',
    'idTokenDue',
    {
      gain: 'Clients that read the `id_token` of a refresh stop working.',
      source: 'OpenID Connect Core §12.2',
    },
    (own) => (scopes, grant) => grant !== 'refresh_token' && own(scopes, grant),
  ),
  replacing(
    'nonce-dropped',
    'idTokenClaims',
    {
      gain: "An attacker can replay an `id_token` into another user's session.",
      source: 'OpenID Connect Core §15.5.2',
      only: 'ideal',
    },
    (own) => (issue, _nonce, authTime) => own(issue, null, authTime),
  ),
  replacing(
    'userinfo-for-every-scope',
    'userinfoAllowed',
    {
      gain: "A client can query the user's identity at UserInfo without having requested it.",
      source: 'OpenID Connect Core §5.3.1',
      only: 'ideal',
    },
    () => () => true,
  ),
  replacing(
    'userinfo-every-claim',
    'userinfoClaims',
    {
      gain: "A client learns the user's email address without having requested it.",
      source: 'OpenID Connect Core §5.4',
      only: 'ideal',
    },
    () => (claims) => claims,
  ),
  replacing(
    'userinfo-of-another',
    'userinfoClaims',
    { gain: 'A client confuses one user with another.', source: 'OpenID Connect Core §5.3.2' },
    (own) => (claims, scopes) => ({ ...own(claims, scopes), sub: '1' }),
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
]
