import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Issue, Jwt, Mechanisms } from '../core/mechanisms.ts'
import type { KeyPair } from '../core/state.ts'
import { replacing, type Fault, type FaultDetails } from './fault.ts'

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A fault in the claims of the access token; undefined removes a claim. */
function claims(id: string, details: FaultDetails, change: (jwt: Jwt['claims'], issue: Issue) => Jwt['claims']): Fault {
  return replacing(id, 'accessToken', details, (own) => (issue, keys) => {
    const { header, claims: good } = own(issue, keys)
    return { header, claims: { ...good, ...change(good, issue) } }
  })
}

const without = (headers: Mechanisms['tokenHeaders'], name: string) =>
  headers.filter(([header]) => header.toLowerCase() !== name)

let decoy: KeyPair | undefined
function otherKeys(): KeyPair {
  decoy ??= { ...generateKeyPairSync('rsa', { modulusLength: 2048 }), kid: randomBytes(32).toString('base64url') }
  return decoy
}

const claimFaults: readonly Fault[] = [
  claims('claim-sub-missing', { gain: 'A resource server cannot distinguish users.', source: 'RFC 9068 §2.2' }, () => ({
    sub: undefined,
  })),
  claims('claim-sub-of-another', { gain: 'A user can act as another user.', source: 'RFC 9068 §2.2' }, ({ sub }) => ({
    sub: String(Number(sub) + 1),
  })),
  claims(
    'claim-sub-number',
    { gain: 'Resource servers have to compare user IDs loosely.', source: 'RFC 7519 §4.1.2' },
    ({ sub }) => ({
      sub: Number(sub),
    }),
  ),
  claims(
    'claim-aud-missing',
    { gain: 'A token is accepted by every resource server.', source: 'RFC 9068 §2.2, RFC 8725 §3.9' },
    () => ({
      aud: undefined,
    }),
  ),
  claims(
    'claim-aud-of-another',
    { gain: 'A token is accepted by a resource server for which it was not meant.', source: 'RFC 8725 §3.9' },
    () => ({
      aud: 'https://elsewhere.example',
    }),
  ),
  claims(
    'claim-iss-missing',
    { gain: 'A token from one authorization server is accepted as a token from another.', source: 'RFC 8725 §3.8' },
    () => ({
      iss: undefined,
    }),
  ),
  claims(
    'claim-iat-missing',
    { gain: 'Resource servers cannot distinguish old tokens from new ones.', source: 'RFC 9068 §2.2' },
    () => ({
      iat: undefined,
    }),
  ),
  claims(
    'claim-iat-string',
    { gain: 'Resource servers misread the age of a token.', source: 'RFC 7519 §4.1.6' },
    ({ iat }) => ({
      iat: String(iat),
    }),
  ),
  claims('claim-jti-missing', { gain: 'Replay of a token goes undetected.', source: 'RFC 9068 §2.2' }, () => ({
    jti: undefined,
  })),
  claims('claim-exp-missing', { gain: 'A stolen token is valid forever.', source: 'RFC 9068 §2.2' }, () => ({
    exp: undefined,
  })),
  claims(
    'claim-exp-string',
    { gain: 'Resource servers that cannot parse the expiry time ignore it.', source: 'RFC 7519 §2, §4.1.4' },
    ({ exp }) => ({
      exp: String(exp),
    }),
  ),
  claims(
    'claim-exp-later',
    { gain: 'A stolen token is valid for a day longer than announced.', source: 'RFC 6749 §5.1' },
    ({ exp }) => ({
      exp: Number(exp) + 86_400,
    }),
  ),
  claims(
    'claim-scope-missing',
    { gain: 'Resource servers have to guess what was granted.', source: 'RFC 9068 §2.2.3' },
    () => ({
      scope: undefined,
    }),
  ),
  claims(
    'claim-scope-wider',
    { gain: 'Resource servers allow more than the user approved.', source: 'RFC 6749 §3.3' },
    ({ scope }) => ({
      scope: Array.isArray(scope) ? [...(scope as unknown[]), 'admin'] : `${String(scope)} admin`,
    }),
  ),
  claims(
    'claim-personal-data',
    { gain: "Anyone who sees a token learns the user's name and email address.", source: 'RFC 9068 §6' },
    (_claims, { user }) => ({
      name: user?.name,
      email: user?.mail,
    }),
  ),
  claims(
    'claim-private-added',
    { gain: 'Every client and resource server learns internal data of the site.', source: 'RFC 9068 §6' },
    (_claims, { user }) => ({ roles: user?.permissions ?? [] }),
  ),
  claims(
    'claim-iat-past',
    { gain: 'Resource servers mistake a new token for an old one.', source: 'RFC 7519 §4.1.6' },
    ({ iat }) => ({
      iat: Number(iat) - 3600,
    }),
  ),
  claims(
    'claim-sub-of-machine-is-user',
    { gain: 'Resource servers mistake a machine client for a user.', source: 'RFC 9700 §4.15' },
    ({ sub }, { user }) => ({ sub: user ? sub : '1' }),
  ),
  claims(
    'claim-sub-of-machine-missing',
    { gain: 'Resource servers cannot identify who sent the request.', source: 'RFC 9068 §2.2', only: 'ideal' },
    ({ sub }, { user }) => ({ sub: user ? sub : undefined }),
  ),
  claims(
    'claim-client-id-missing',
    { gain: 'A resource server cannot distinguish clients.', source: 'RFC 9068 §2.2', only: 'ideal' },
    () => ({ client_id: undefined }),
  ),
  claims(
    'claim-scope-list',
    {
      gain: 'Resource servers that search a string for a scope name find none, or the wrong one.',
      source: 'RFC 9068 §2.2.3',
      only: 'ideal',
    },
    (_claims, { scopes }) => ({ scope: scopes }),
  ),
]

export const tokenFaults: readonly Fault[] = [
  ...claimFaults,
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
    'jti-short',
    'accessTokenId',
    { gain: 'An attacker can guess token IDs.', source: 'RFC 6749 §10.10' },
    () => () => randomBytes(4).toString('hex'),
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
    'key-set-alias-missing',
    'keySetAlias',
    { gain: 'Software that looks for keys at the usual address finds none.', source: 'RFC 7517 §5' },
    () => false,
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
    { gain: 'A browser runs markup that a token response repeats.', source: 'RFC 6749 §5.1' },
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
    // The fault is that this is not a number.
    (own) => (issue) => String(own(issue)) as unknown as number,
  ),
  replacing(
    'expires-in-wrong',
    'expiresIn',
    { gain: 'Clients keep expired tokens, or request new ones too often.', source: 'RFC 6749 §5.1' },
    (own) => (issue) => own(issue) * 10,
  ),
  replacing(
    'lifetime-not-as-configured',
    'accessTokenExpiry',
    { gain: 'A stolen token is valid for a whole day.', source: 'RFC 9700 §4.10' },
    () => (_client, now) => Math.ceil(now / 1000) * 1000 + 86_400_000,
  ),
  replacing(
    'scope-not-told',
    'tokenResponse',
    {
      gain: 'A client assumes that it has scopes that were not granted.',
      source: 'RFC 6749 §3.3, §5.1',
      only: 'ideal',
    },
    (own) => (members, issue) => ({ ...own(members, issue), scope: undefined }),
  ),
]
