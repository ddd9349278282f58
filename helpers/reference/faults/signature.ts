import { createHmac, createPublicKey } from 'node:crypto'
import { compactVerify } from 'jose'
import { claimsOf } from '../core/claims-of.ts'
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

export const signatureFaults: readonly Fault[] = [
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
