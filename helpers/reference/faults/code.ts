import { randomBytes } from 'node:crypto'
import { opening, replacing, type Fault } from './fault.ts'

export const codeFaults: readonly Fault[] = [
  replacing(
    'code-usable-twice',
    'codeIsFresh',
    { gain: 'A code found in a log or a history is worth tokens.', source: 'RFC 6749 §4.1.2, §10.5' },
    () => () => true,
  ),
  replacing(
    'code-race',
    'consumeCode',
    { gain: 'Two requests at the same time get tokens for one code.', source: 'RFC 6749 §10.5' },
    (own) => async (code) => {
      await opening()
      await own(code)
    },
  ),
  replacing(
    'code-replay-keeps-tokens',
    'codeReplayed',
    { gain: 'Tokens from a stolen code live on when the theft shows.', source: 'RFC 6749 §4.1.2', only: 'ideal' },
    () => () => undefined,
  ),
  replacing(
    'code-replay-by-anybody',
    'codeChecks',
    { gain: 'Whoever saw a used code ends the session of its owner.', source: 'OAuth 2.1 §7.5.2', only: 'ideal' },
    (own) => ['used', ...own.filter((check) => check !== 'used')],
  ),
  replacing(
    'code-burnt-by-failure',
    'exchangeFailed',
    { gain: 'Whoever saw a code keeps its owner from using it.', source: 'OAuth 2.1 §7.5.2' },
    () => (code) => {
      code.used = true
    },
  ),
  replacing(
    'code-for-any-client',
    'codeBelongsTo',
    { gain: 'A malicious client exchanges codes of others.', source: 'RFC 6749 §4.1.3' },
    () => () => true,
  ),
  replacing(
    'code-redirect-uri-unchecked',
    'codeRedirectUriFailure',
    { gain: 'A code that leaked to another URI of the client is exchanged.', source: 'RFC 6749 §10.6' },
    () => () => null,
  ),
  replacing(
    'code-redirect-uri-optional',
    'codeRedirectUriFailure',
    { gain: 'Leaving the URI out evades the check that binds it to the code.', source: 'RFC 6749 §4.1.3' },
    (own) => (code, given) => (given === null ? null : own(code, given)),
  ),
  replacing(
    'code-redirect-uri-any-case',
    'codeRedirectUriFailure',
    { gain: 'A code that leaked to a look-alike URI is exchanged.', source: 'RFC 6749 §4.1.3' },
    (own) => (code, given) =>
      code.redirectUri !== null && given?.toLowerCase() === code.redirectUri.toLowerCase() ? null : own(code, given),
  ),
  replacing(
    'code-redirect-uri-always-asked',
    'codeRedirectUriFailure',
    { gain: 'None; clients that never named a redirect URI are cut off.', source: 'RFC 6749 §4.1.3' },
    (own) => (code, given) => (given === null ? 'code/redirect-uri-missing' : own(code, given)),
  ),
  replacing(
    'code-never-expires',
    'codeIsCurrent',
    { gain: 'An old code from a log is worth tokens.', source: 'RFC 6749 §4.1.2' },
    () => () => true,
  ),
  replacing(
    'code-lives-a-day',
    'codeLifetime',
    { gain: 'A leaked code stays useful for a day.', source: 'RFC 6749 §4.1.2' },
    () => () => 86_400,
  ),
  replacing(
    'codes-and-refresh-tokens-readable',
    'secretValue',
    { gain: 'Whoever holds a refresh token reads what was meant for the server.', source: 'RFC 6749 §1.5' },
    () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      return (bytes) => `${part({ alg: 'HS256' })}.${part({ sub: '1' })}.${randomBytes(bytes).toString('base64url')}`
    },
  ),
  replacing(
    'code-guessable',
    'secretValue',
    { gain: 'Codes and refresh tokens can be counted through.', source: 'RFC 6749 §10.10' },
    () => {
      let count = 0x1000
      return () => (count++).toString(16)
    },
  ),
]
