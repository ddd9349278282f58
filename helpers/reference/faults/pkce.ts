import { createHash } from 'node:crypto'
import { replacing, type Fault } from './fault.ts'

const hash = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')
const mismatch = 'RFC 7636 §4.6'

export const pkceFaults: readonly Fault[] = [
  replacing(
    'pkce-nonce-instead',
    'challengeRequired',
    {
      gain: 'An attacker strips the challenge of an app from the request, and adds a nonce of their own.',
      source: 'RFC 9700 §2.1.1',
    },
    (own) => (client, pairs) => own(client, pairs) && !pairs.some(([name]) => name === 'nonce'),
  ),
  replacing(
    'pkce-any-verifier',
    'verifierMatches',
    { gain: 'An attacker who steals a code can redeem it with any verifier.', source: mismatch },
    () => () => true,
  ),
  replacing(
    'pkce-verifier-optional',
    'verifierRequired',
    { gain: 'An attacker who steals a code can redeem it by omitting the verifier.', source: 'RFC 9700 §2.1.1' },
    () => () => false,
  ),
  replacing(
    'pkce-challenge-as-verifier',
    'verifierMatches',
    { gain: 'An attacker who sees the authorization request can redeem the code.', source: 'RFC 7636 §7.2' },
    (own) => (verifier, challenge, method) => verifier === challenge || own(verifier, challenge, method),
  ),
  replacing(
    'pkce-challenge-not-bound-to-code',
    'verifierMatches',
    { gain: 'An attacker can inject a stolen code into a flow of their own.', source: 'RFC 7636 §4.4, RFC 9700 §4.5' },
    (own) => {
      const seen = new Set<string>()
      return (verifier, challenge, method) => {
        seen.add(challenge)
        return seen.has(hash(verifier)) || own(verifier, challenge, method)
      }
    },
  ),
  replacing(
    'pkce-verifier-case-ignored',
    'verifierMatches',
    { gain: 'An attacker needs fewer attempts to guess a verifier.', source: mismatch },
    (own) => (verifier, challenge, method) =>
      hash(verifier).toLowerCase() === challenge.toLowerCase() || own(verifier, challenge, method),
  ),
  replacing(
    'pkce-verifier-any-length',
    'verifierWellFormed',
    { gain: 'Clients can use verifiers that are short enough to guess.', source: 'RFC 7636 §4.1, §7.1' },
    () => (verifier) => /^[A-Za-z0-9\-._~]+$/.test(verifier),
  ),
  replacing(
    'pkce-long-verifier-refused',
    'verifierWellFormed',
    { gain: 'Clients have to use shorter verifiers.', source: 'RFC 7636 §4.1' },
    (own) => (verifier) => verifier.length <= 100 && own(verifier),
  ),
  replacing(
    'pkce-verifier-any-characters',
    'verifierWellFormed',
    { gain: 'Unexpected characters reach the code that processes the verifier.', source: 'RFC 7636 §4.1' },
    () => (verifier) => /^.{43,128}$/su.test(verifier),
  ),
  replacing(
    'pkce-challenge-any-syntax',
    'challengeWellFormed',
    { gain: 'Clients can send a challenge that protects nothing.', source: 'RFC 7636 §4.2' },
    () => () => true,
  ),
  replacing(
    'pkce-unknown-method-is-plain',
    'challengeMethod',
    { gain: 'A misspelled method turns the challenge into the verifier.', source: 'RFC 7636 §4.4.1' },
    (own) => (method) => own(method) ?? 'plain',
  ),
  replacing(
    'pkce-unknown-method-is-s256',
    'challengeMethod',
    { gain: 'The client and the server use different methods without noticing.', source: 'RFC 7636 §4.4.1' },
    (own) => (method) => own(method) ?? 'S256',
  ),
  replacing(
    'pkce-challenge-optional',
    'challengeRequired',
    { gain: 'An attacker can strip the challenge from the request and steal the code.', source: 'RFC 9700 §4.8' },
    () => () => false,
  ),
  replacing(
    'pkce-downgrade-unnoticed',
    'verifierExpected',
    { gain: 'A client does not notice that its challenge was stripped.', source: 'RFC 9700 §4.8.2' },
    () => () => true,
  ),
  replacing(
    'pkce-plain-accepted',
    'challengeMethod',
    {
      gain: 'An attacker who sees the authorization request learns the verifier.',
      source: 'RFC 7636 §7.2',
      only: 'ideal',
    },
    () => (method) => (method === 'S256' ? 'S256' : method === null || method === 'plain' ? 'plain' : null),
  ),
  replacing(
    'pkce-only-for-public-clients',
    'challengeRequired',
    {
      gain: "An attacker can inject a confidential client's stolen code into a session of their own with that client.",
      source: 'RFC 7636 §4.4.1, RFC 9700 §4.5',
    },
    () => (client) => !client.confidential,
  ),
  replacing(
    'pkce-only-where-configured',
    'challengeRequired',
    {
      gain: 'An attacker can strip the challenge if "Use PKCE?" was not switched on for the client.',
      source: 'RFC 9700 §2.1.1',
    },
    () => (client) => client.pkce,
  ),
  replacing(
    'pkce-verifier-optional-with-secret',
    'verifierRequired',
    {
      gain: 'An attacker can inject a stolen code into a confidential client by omitting the verifier.',
      source: 'RFC 9700 §4.5',
    },
    (own) => (code, client) => !client.confidential && own(code, client),
  ),
  replacing(
    'pkce-verifier-one-short',
    'verifierMatches',
    { gain: 'An attacker need not know the last character of the verifier.', source: 'RFC 7636 §4.6' },
    (own) => (verifier, challenge, method) =>
      own(verifier, challenge, method) ||
      Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~').some((last) =>
        own(verifier + last, challenge, method),
      ),
  ),
  replacing(
    'pkce-verifier-begins-right',
    'verifierMatches',
    { gain: 'Text appended to the verifier on its way to the server goes unnoticed.', source: mismatch },
    (own) => (verifier, challenge, method) =>
      own(verifier, challenge, method) || own(verifier.slice(0, -1), challenge, method),
  ),
  replacing(
    'pkce-method-of-token-request',
    'verifierMethod',
    {
      gain: 'An attacker who sees the challenge can redeem the code by declaring the method as `plain`.',
      source: 'RFC 9700 §4.8.2',
    },
    (own) => (code, pairs) =>
      pairs.some(([name, value]) => name === 'code_challenge_method' && value === 'plain') ? 'plain' : own(code, pairs),
  ),
  replacing(
    'pkce-line-break-accepted',
    'verifierWellFormed',
    { gain: 'Clients with a malformed verifier work on this server and fail on every other.', source: 'RFC 7636 §4.1' },
    (own) => (verifier) => own(verifier.replace(/\r?\n/, '')),
  ),
  replacing(
    'pkce-verifier-shortest-only',
    'verifierWellFormed',
    { gain: 'Clients with longer verifiers stop working.', source: 'RFC 7636 §4.1' },
    () => (verifier) => /^[\w.~-]{43,64}$/.test(verifier),
  ),
  replacing(
    'pkce-challenge-in-code',
    'codeValue',
    {
      gain: 'Anyone who gets the code learns the challenge, which is also the verifier with `plain`.',
      source: 'RFC 7636 §4.4',
    },
    () => (id, challenge) => Buffer.from(JSON.stringify({ challenge, id })).toString('hex'),
  ),
  replacing(
    'pkce-s256-unknown',
    'challengeMethod',
    { gain: 'Clients that protect their codes with `S256` have to fall back to `plain`.', source: 'RFC 7636 §4.2' },
    () => (method) => (method === 'plain' ? 'plain' : null),
  ),
  replacing(
    'pkce-s256-by-default',
    'challengeMethod',
    { gain: 'The client and the server use different methods without noticing.', source: 'RFC 7636 §4.3' },
    (own) => (method) => (method === null ? 'S256' : own(method)),
  ),
  replacing(
    'pkce-short-verifier-refused',
    'verifierWellFormed',
    { gain: 'Clients with a verifier of the recommended 32 random bytes stop working.', source: 'RFC 7636 §4.1' },
    (own) => (verifier) => verifier.length > 43 && own(verifier),
  ),
  replacing(
    'pkce-other-methods-unchecked',
    'challengeMethod',
    {
      gain: 'A client that uses another method than `S256` is not protected at all.',
      source: 'RFC 7636 §4.6',
      only: 'ideal',
    },
    (own) => (method) => own(method) ?? 'unchecked',
  ),
  replacing(
    'pkce-other-methods-ignored',
    'challengeMethod',
    {
      gain: 'An attacker strips the protection by naming another method.',
      source: 'RFC 7636 §4.4.1',
      only: 'ideal',
    },
    (own) => (method) => own(method) ?? 'ignored',
  ),
]
