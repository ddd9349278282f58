import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Mechanisms } from '../core/mechanisms.ts'
import type { KeyPair } from '../core/state.ts'
import { replacing, type Fault } from './fault.ts'

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

const without = (headers: Mechanisms['tokenHeaders'], name: string) =>
  headers.filter(([header]) => header.toLowerCase() !== name)

let decoy: KeyPair | undefined
/** A key pair that no server uses. */
export function otherKeys(): KeyPair {
  decoy ??= { ...generateKeyPairSync('rsa', { modulusLength: 2048 }), kid: randomBytes(32).toString('base64url') }
  return decoy
}

export const tokenFaults: readonly Fault[] = [
  replacing(
    'access-token-untyped',
    'accessToken',
    {
      gain: 'Another JWT from the same server is accepted as an access token.',
      source: 'RFC 9068 §2.1, RFC 8725 §3.11',
      only: 'ideal',
    },
    (own) => (issue, keys) => {
      const jwt = own(issue, keys)
      return { ...jwt, header: { ...jwt.header, typ: 'JWT' } }
    },
  ),
  replacing(
    'header-with-key-address',
    'accessToken',
    {
      gain: 'Resource servers fetch the verification key from an address that the token names.',
      source: 'RFC 8725 §3.10',
    },
    (own) => (issue, keys) => {
      const jwt = own(issue, keys)
      return { ...jwt, header: { ...jwt.header, jku: 'https://elsewhere.example/keys' } }
    },
  ),
  replacing(
    'jti-repeated',
    'accessTokenId',
    { gain: 'Revocation of one token is undone by the next token.', source: 'RFC 7519 §4.1.7' },
    () => {
      const id = randomBytes(40).toString('hex')
      return () => id
    },
  ),
  replacing(
    'signed-with-unpublished-key',
    'signingKeys',
    {
      gain: 'Resource servers cannot verify tokens with the published keys and may skip the check.',
      source: 'RFC 7515 §5.2',
    },
    () => otherKeys,
  ),
  replacing(
    'unsigned-token',
    'serializeToken',
    {
      gain: 'Anyone can create tokens, because the server issues them without a signature.',
      source: 'RFC 8725 §3.1, §3.2',
    },
    () =>
      ({ header, claims: body }) =>
        Promise.resolve(`${base64({ ...header, alg: 'none' })}.${base64(body)}.`),
  ),
  replacing(
    'opaque-token',
    'serializeToken',
    { gain: 'Resource servers that verify tokens themselves stop working.', source: 'RFC 9068 §2' },
    () => () => Promise.resolve(randomBytes(40).toString('hex')),
  ),
  replacing(
    'private-key-published',
    'jwks',
    { gain: 'Anyone can sign tokens with the published private key.', source: 'RFC 7517 §9.2' },
    (own) => (keys) => {
      const secret = keys.privateKey.export({ format: 'jwk' })
      return { keys: own(keys).keys.map((key) => ({ ...secret, ...key })) }
    },
  ),
  replacing(
    'weak-key-published',
    'jwks',
    { gain: 'An attacker who computes the private key can sign tokens.', source: 'RFC 7518 §3.3' },
    () => {
      const { n, e } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
      return () => ({ keys: [{ kty: 'RSA', n, e }] })
    },
  ),
  replacing(
    'no-key-published',
    'jwks',
    { gain: 'Resource servers cannot verify tokens and may trust them unchecked.', source: 'RFC 7517 §5' },
    () => () => ({ keys: [] }),
  ),
  replacing(
    'token-cacheable',
    'tokenHeaders',
    { gain: 'A shared cache serves tokens to others.', source: 'RFC 6749 §5.1' },
    (own) => [...without(own, 'cache-control'), ['Cache-Control', 'public, max-age=600']],
  ),
  replacing(
    'token-without-pragma',
    'tokenHeaders',
    { gain: 'An HTTP/1.0 cache serves tokens to others.', source: 'RFC 6749 §5.1' },
    (own) => without(own, 'pragma'),
  ),
  replacing(
    'token-as-html',
    'tokenHeaders',
    { mechanism: 'headers', gain: 'A browser runs markup that a token response repeats.', source: 'RFC 6749 §5.1' },
    (own) => [['Content-Type', 'text/html; charset=UTF-8'], ...without(own, 'content-type')],
  ),
  replacing(
    'token-type-missing',
    'tokenResponse',
    { gain: 'Clients have to guess how to use a token.', source: 'RFC 6749 §5.1, §7.1' },
    (own) => (members, issue) => ({ ...own(members, issue), token_type: undefined }),
  ),
  replacing(
    'expires-in-string',
    'expiresIn',
    { gain: 'Clients misread the lifetime and keep tokens too long.', source: 'RFC 6749 §5.1' },
    // Deliberately not a number: that is the fault.
    (own) => (issue) => String(own(issue)) as unknown as number,
  ),
  replacing(
    'expires-in-wrong',
    'expiresIn',
    { gain: 'Clients keep expired tokens, or request new ones too often.', source: 'RFC 6749 §5.1' },
    (own) => (issue) => own(issue) * 10,
  ),
  replacing(
    'lifetime-shorter',
    'accessTokenExpiry',
    { gain: 'Clients that refresh in time for the configured lifetime are refused.', source: 'RFC 6749 §5.1' },
    (own) => (client, now) => now + (own(client, now) - now) / 2,
  ),
  replacing(
    'lifetime-not-as-configured',
    'accessTokenExpiry',
    { gain: 'A stolen token is valid for a whole day.', source: 'RFC 9700 §4.10' },
    () => (_client, now) => Math.ceil(now / 1000) * 1000 + 86_400_000,
  ),
  replacing(
    'scope-returned-wider',
    'tokenResponse',
    {
      mechanism: 'scopes',
      gain: 'A client that trusts the response offers its user more than the token opens, or passes it on as more.',
      source: 'RFC 6749 §5.1',
    },
    (own) => (members, issue) => ({ ...own(members, issue), scope: 'openid everything' }),
  ),
  replacing(
    'scope-not-returned',
    'tokenResponse',
    {
      mechanism: 'scopes',
      gain: 'A client assumes that it has scopes that were not granted.',
      source: 'RFC 6749 §3.3, §5.1',
      only: 'ideal',
    },
    (own) => (members, issue) => ({ ...own(members, issue), scope: undefined }),
  ),
]
