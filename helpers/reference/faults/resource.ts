import { createHmac, createPublicKey } from 'node:crypto'
import { compactVerify } from 'jose'
import type { KeyPair } from '../state.ts'
import { replacing, type Fault } from './fault.ts'

const algorithmOf = (token: string): unknown => {
  const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
  return typeof header === 'object' && header !== null && 'alg' in header ? header.alg : undefined
}

/** Every form in which a public key lies about. */
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
]
