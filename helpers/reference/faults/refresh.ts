import { opening, replacing, type Fault } from './fault.ts'

const rotation = 'RFC 9700 §4.14.2'

export const refreshFaults: readonly Fault[] = [
  replacing(
    'refresh-not-rotated',
    'rotateRefreshToken',
    { gain: 'A stolen refresh token works beside that of its owner, unnoticed.', source: rotation },
    () => () => false,
  ),
  replacing(
    'refresh-reuse-accepted',
    'refreshIsFresh',
    { gain: 'An old refresh token from a backup or a log gives access.', source: rotation },
    () => () => true,
  ),
  replacing(
    'refresh-race',
    'consumeRefreshToken',
    { gain: 'Thief and owner refresh at the same time and both go on.', source: rotation },
    (own) => async (token) => {
      await opening()
      await own(token)
    },
  ),
  replacing(
    'refresh-reuse-keeps-grant',
    'refreshReplayed',
    { gain: 'The thief keeps access although the theft was seen.', source: rotation, only: 'ideal' },
    () => () => undefined,
  ),
  replacing(
    'refresh-for-any-client',
    'refreshBelongsTo',
    { gain: 'A malicious client uses refresh tokens of others.', source: 'RFC 6749 §6, §10.4' },
    () => () => true,
  ),
  replacing(
    'code-as-refresh-token',
    'storedRefreshToken',
    { gain: 'A code gives access for weeks, past the check of its verifier.', source: 'RFC 6749 §6' },
    (own) => (state, value) => {
      const code = state.codes.get(value)
      return code ? { ...code, accessTokenId: '', used: false } : own(state, value)
    },
  ),
  replacing(
    'refresh-token-for-every-client',
    'refreshTokenFor',
    { gain: 'A client that should ask its user again goes on for weeks.', source: rotation },
    () => (_client, grant) => grant !== 'client_credentials',
  ),
  replacing(
    'refresh-scope-widened',
    'refreshScopeGranted',
    { gain: 'A client gives itself scopes the user never saw.', source: 'RFC 6749 §6' },
    () => () => true,
  ),
  replacing(
    'refresh-scope-lost',
    'refreshScopesKept',
    { gain: 'None; a client that asked for less once is cut off.', source: 'RFC 6749 §6', only: 'ideal' },
    () => (_token, asked) => asked,
  ),
  replacing(
    'refresh-never-expires',
    'refreshIsCurrent',
    { gain: 'A refresh token stolen long ago gives access.', source: rotation },
    () => () => true,
  ),
  replacing(
    'refresh-lives-ten-years',
    'refreshLifetime',
    { gain: 'A refresh token outlives the device it was stolen from.', source: rotation },
    () => () => 315_360_000,
  ),
]
