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
    'code-guessable',
    'secretValue',
    { gain: 'Codes and refresh tokens can be counted through.', source: 'RFC 6749 §10.10' },
    () => {
      let count = 0x1000
      return () => (count++).toString(16)
    },
  ),
]
