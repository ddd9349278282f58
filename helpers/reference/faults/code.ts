import { createHash } from 'node:crypto'
import { claimsOf } from '../core/claims-of.ts'
import { Failure } from '../core/failure.ts'
import { lastValue } from '../core/message.ts'
import { opening, recognising, replacing, type Fault } from './fault.ts'

export const codeFaults: readonly Fault[] = [
  replacing(
    'code-redirect-uri-begins-alike',
    'codeRedirectUriFailure',
    {
      gain: "An attacker can redeem a code that leaked to a shorter one of the client's addresses.",
      source: 'RFC 6749 §4.1.3',
    },
    (own) => (code, given) =>
      given !== null && code.redirectUri?.startsWith(given) === true ? null : own(code, given),
  ),
  replacing(
    'code-usable-twice',
    'codeIsFresh',
    { gain: 'An attacker can redeem a code found in a log or a browser history.', source: 'RFC 6749 §4.1.2, §10.5' },
    () => () => true,
  ),
  replacing(
    'code-race',
    'consumeCode',
    { gain: 'Two concurrent requests both get tokens for one code.', source: 'RFC 6749 §10.5' },
    (own) =>
      async (...redemption) => {
        await opening()
        await own(...redemption)
      },
  ),
  replacing(
    'code-race-of-different-requests',
    'consumeCode',
    { gain: 'Two concurrent requests that differ in anything both get tokens for one code.', source: 'CWE-362' },
    (own) => {
      const isRepeated = recognising()
      return async (code, pairs) => {
        if (isRepeated(pairs)) throw new Failure('code/used')
        await opening()
        await own(code, pairs)
      }
    },
  ),
  replacing(
    'code-replay-keeps-tokens',
    'codeReplayed',
    {
      gain: 'Tokens issued for a stolen code stay valid even after the theft is detected.',
      source: 'RFC 6749 §4.1.2',
      only: 'ideal',
    },
    () => () => undefined,
  ),
  replacing(
    'code-replay-by-anybody',
    'codeChecks',
    {
      gain: 'Anyone who sees a used code can revoke the tokens of its owner.',
      source: 'OAuth 2.1 §7.5.2',
      only: 'ideal',
    },
    (own) => ['used', ...own.filter((check) => check !== 'used')],
  ),
  replacing(
    'code-for-any-client',
    'codeBelongsTo',
    { gain: 'A malicious client can redeem codes that were issued to other clients.', source: 'RFC 6749 §4.1.3' },
    () => () => true,
  ),
  replacing(
    'code-redirect-uri-unchecked-without-challenge',
    'codeRedirectUriFailure',
    {
      gain: "An attacker can redeem a code that leaked to another of the client's redirect URIs.",
      source: 'RFC 6749 §10.6',
    },
    (own) => (code, given) => (code.challenge === null ? null : own(code, given)),
  ),
  replacing(
    'code-redirect-uri-unchecked',
    'codeRedirectUriFailure',
    {
      gain: "An attacker can redeem a code that leaked to another of the client's redirect URIs.",
      source: 'RFC 6749 §10.6',
    },
    () => () => null,
  ),
  replacing(
    'code-redirect-uri-optional',
    'codeRedirectUriFailure',
    { gain: 'An attacker bypasses the redirect URI check by omitting the parameter.', source: 'RFC 6749 §4.1.3' },
    (own) => (code, given) => (given === null ? null : own(code, given)),
  ),
  replacing(
    'code-redirect-uri-any-case',
    'codeRedirectUriFailure',
    { gain: 'An attacker can redeem a code that leaked to a similar redirect URI.', source: 'RFC 6749 §4.1.3' },
    (own) => (code, given) =>
      code.redirectUri !== null && given?.toLowerCase() === code.redirectUri.toLowerCase() ? null : own(code, given),
  ),
  replacing(
    'code-redirect-uri-always-required',
    'codeRedirectUriFailure',
    { gain: 'Clients that never sent a redirect URI stop working.', source: 'RFC 6749 §4.1.3' },
    (own) => (code, given) => (given === null ? 'code/redirect-uri-missing' : own(code, given)),
  ),
  replacing(
    'code-never-expires',
    'codeIsCurrent',
    { gain: 'An attacker can redeem an old code found in a log.', source: 'RFC 6749 §4.1.2' },
    () => () => true,
  ),
  replacing(
    'code-lives-a-day',
    'codeLifetime',
    { gain: 'An attacker can redeem a leaked code for a whole day.', source: 'RFC 6749 §4.1.2' },
    () => () => 86_400,
  ),
  replacing(
    'code-guessable',
    'secretValue',
    { gain: 'An attacker can guess codes and refresh tokens by counting.', source: 'RFC 6749 §10.10' },
    () => {
      let count = 0x1000
      return () => (count++).toString(16)
    },
  ),
  replacing(
    'code-altered-accepted',
    'storedCode',
    { gain: 'An attacker can use a code of which a part is known.', source: 'RFC 6749 §10.10, CWE-354' },
    (own) => (state, value, pairs) =>
      own(state, value, pairs) ??
      [...state.codes].find(
        ([code]) => value !== null && value.length > 40 && code.startsWith(value.slice(0, 40)),
      )?.[1],
  ),
  replacing(
    'code-unreadable-crashes',
    'storedCode',
    { gain: 'Anyone can fill the error log with codes that cannot be decrypted.', source: 'RFC 6749 §5.2, CWE-755' },
    (own) => (state, value, pairs) => {
      if (value !== null && !/^[\da-f]{800,900}$/.test(value)) throw new Failure('crash', 'cannot decrypt')
      return own(state, value, pairs)
    },
  ),
  replacing(
    'token-as-code',
    'storedCode',
    { gain: 'A leaked token gives new tokens in the name of its client.', source: 'RFC 6749 §4.1.3' },
    (own) => (state, value, pairs) => {
      const token = state.refreshTokens.get(value ?? '') ?? state.accessTokens.get(String(claimsOf(value ?? '')['jti']))
      const code = [...state.codes.values()].find(({ grantId }) => grantId === token?.grantId)
      return code ? { ...code, used: false } : own(state, value, pairs)
    },
  ),
  replacing(
    'code-optional',
    'storedCode',
    {
      gain: 'Whoever learns a verifier gets tokens without the code.',
      source: 'RFC 6749 §4.1.3',
      mechanism: 'parsing',
    },
    (own) => (state, value, pairs) => {
      const verifier = lastValue(pairs, 'code_verifier') ?? ''
      const challenge = createHash('sha256').update(verifier).digest('base64url')
      return value === null
        ? [...state.codes.values()].find((code) => code.challenge === challenge)
        : own(state, value, pairs)
    },
  ),
]
