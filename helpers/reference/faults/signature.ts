import { createHmac, createPublicKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createRemoteJWKSet } from 'jose/jwks/remote'
import { compactVerify } from 'jose/jws/compact/verify'
import { claimsOf } from '../core/claims-of.ts'
import type { KeyPair } from '../core/state.ts'
import { replacing, type Fault } from './fault.ts'

const headerOf = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>
const algorithmOf = (token: string): unknown => headerOf(token)['alg']

/** A public key in the forms in which it is published or stored. */
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

/** Accepts a file's content as the HMAC secret: a `kid` with a path out of the key folder finds a file that the attacker knows. */
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

export const signatureFaults: readonly Fault[] = [
  replacing(
    'key-set-in-plain-base64',
    'jwks',
    {
      gain: 'Resource servers that read the key set strictly cannot verify any token, and may skip the check.',
      source: 'RFC 7518 §2, §6.3.1.1',
    },
    (own) => (keys) => ({
      keys: own(keys).keys.map((key) => ({
        ...key,
        n: Buffer.from(String(key['n']), 'base64url').toString('base64'),
      })),
    }),
  ),
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
    'token-known-by-its-id',
    'otherTokenAccess',
    {
      gain: 'Anyone who knows the ID of a token can forge it.',
      source: 'RFC 7515 §5.2, CWE-347',
      mechanism: 'signature',
    },
    () => (token, state) => state.accessTokens.get(String(claimsOf(token)['jti'])) ?? null,
  ),
]
