import { createHash } from 'node:crypto'
import { replacing, type Fault } from './fault.ts'

const hash = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')
const mismatch = 'RFC 7636 §4.6'

export const pkceFaults: readonly Fault[] = [
  replacing(
    'pkce-any-verifier',
    'verifierMatches',
    { gain: 'Whoever steals a code exchanges it with any verifier.', source: mismatch },
    () => () => true,
  ),
  replacing(
    'pkce-verifier-optional',
    'verifierRequired',
    { gain: 'Whoever steals a code exchanges it by leaving the verifier out.', source: 'RFC 9700 §2.1.1' },
    () => () => false,
  ),
  replacing(
    'pkce-challenge-as-verifier',
    'verifierMatches',
    { gain: 'Whoever sees the authorization request has what the exchange needs.', source: 'RFC 7636 §7.2' },
    (own) => (verifier, challenge, method) => verifier === challenge || own(verifier, challenge, method),
  ),
  replacing(
    'pkce-challenge-not-bound-to-code',
    'verifierMatches',
    { gain: 'An attacker injects a stolen code into a flow of their own.', source: 'RFC 7636 §4.4, RFC 9700 §4.5' },
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
    { gain: 'Guessing a verifier takes fewer tries.', source: mismatch },
    (own) => (verifier, challenge, method) =>
      hash(verifier).toLowerCase() === challenge.toLowerCase() || own(verifier, challenge, method),
  ),
  replacing(
    'pkce-verifier-any-length',
    'verifierWellFormed',
    { gain: 'A client may use verifiers short enough to guess.', source: 'RFC 7636 §4.1, §7.1' },
    () => (verifier) => /^[A-Za-z0-9\-._~]+$/.test(verifier),
  ),
  replacing(
    'pkce-long-verifier-refused',
    'verifierWellFormed',
    { gain: 'None by itself; clients are led to shorter verifiers.', source: 'RFC 7636 §4.1' },
    (own) => (verifier) => verifier.length <= 100 && own(verifier),
  ),
  replacing(
    'pkce-verifier-any-characters',
    'verifierWellFormed',
    { gain: 'Text from elsewhere reaches what handles the verifier.', source: 'RFC 7636 §4.1' },
    () => (verifier) => /^.{43,128}$/su.test(verifier),
  ),
  replacing(
    'pkce-challenge-any-syntax',
    'challengeWellFormed',
    { gain: 'A client may send a challenge that protects nothing.', source: 'RFC 7636 §4.2' },
    () => () => true,
  ),
  replacing(
    'pkce-unknown-method-is-plain',
    'challengeMethod',
    { gain: 'A misspelt method turns the challenge into the verifier itself.', source: 'RFC 7636 §4.4.1' },
    (own) => (method) => own(method) ?? 'plain',
  ),
  replacing(
    'pkce-unknown-method-is-s256',
    'challengeMethod',
    { gain: 'Client and server disagree on the method without noticing.', source: 'RFC 7636 §4.4.1' },
    (own) => (method) => own(method) ?? 'S256',
  ),
  replacing(
    'pkce-challenge-optional',
    'challengeRequired',
    { gain: 'An attacker strips the challenge from the request and steals the code.', source: 'RFC 9700 §4.8' },
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
    { gain: 'A leaked authorization request holds the verifier.', source: 'RFC 7636 §7.2', only: 'ideal' },
    () => (method) => (method === 'S256' ? 'S256' : method === null || method === 'plain' ? 'plain' : null),
  ),
  replacing(
    'pkce-only-for-public-clients',
    'challengeRequired',
    {
      gain: 'A code stolen from a client with a secret is injected into a session of its own.',
      source: 'RFC 7636 §4.4.1, RFC 9700 §4.5',
    },
    () => (client) => !client.confidential,
  ),
  replacing(
    'pkce-only-where-configured',
    'challengeRequired',
    { gain: 'An attacker strips the challenge of a client whose setting was forgotten.', source: 'RFC 9700 §2.1.1' },
    () => (client) => client.pkce,
  ),
  replacing(
    'pkce-verifier-optional-with-secret',
    'verifierRequired',
    {
      gain: 'A stolen code is injected into a client with a secret by leaving the verifier out.',
      source: 'RFC 9700 §4.5',
    },
    (own) => (code, client) => !client.confidential && own(code, client),
  ),
  replacing(
    'pkce-verifier-begins-right',
    'verifierMatches',
    { gain: 'Text added on the way to the server goes unnoticed.', source: mismatch },
    (own) => (verifier, challenge, method) =>
      own(verifier, challenge, method) || own(verifier.slice(0, -1), challenge, method),
  ),
  replacing(
    'pkce-method-of-token-request',
    'verifierMethod',
    { gain: 'Whoever saw the challenge exchanges the code by calling it plain.', source: 'RFC 9700 §4.8.2' },
    (own) => (code, pairs) =>
      pairs.some(([name, value]) => name === 'code_challenge_method' && value === 'plain') ? 'plain' : own(code, pairs),
  ),
  replacing(
    'pkce-line-break-accepted',
    'verifierWellFormed',
    { gain: 'None by itself; clients with a broken verifier work here and nowhere else.', source: 'RFC 7636 §4.1' },
    (own) => (verifier) => own(verifier.replace(/\r?\n/, '')),
  ),
  replacing(
    'pkce-verifier-shortest-only',
    'verifierWellFormed',
    { gain: 'None by itself; clients with longer verifiers stop working.', source: 'RFC 7636 §4.1' },
    () => (verifier) => /^[\w.~-]{43,64}$/.test(verifier),
  ),
  replacing(
    'pkce-challenge-in-code',
    'codeValue',
    { gain: 'Whoever gets the code gets the challenge, and with plain the verifier.', source: 'RFC 7636 §4.4' },
    () => (id, challenge) => Buffer.from(JSON.stringify({ challenge, id })).toString('hex'),
  ),
  replacing(
    'pkce-s256-unknown',
    'challengeMethod',
    { gain: 'None by itself; clients that protect their codes by S256 are left with plain.', source: 'RFC 7636 §4.2' },
    () => (method) => (method === 'plain' ? 'plain' : null),
  ),
  replacing(
    'pkce-s256-by-default',
    'challengeMethod',
    { gain: 'Client and server disagree on the method without noticing.', source: 'RFC 7636 §4.3' },
    (own) => (method) => (method === null ? 'S256' : own(method)),
  ),
]
