import { claimsOf } from '../core/claims-of.ts'
import { Failure } from '../core/failure.ts'
import { opening, recognising, replacing, type Fault } from './fault.ts'

const rotation = 'RFC 9700 §4.14.2'

export const refreshFaults: readonly Fault[] = [
  replacing(
    'scope-checked-last-alone',
    'checkedScopes',
    {
      gain: 'A client gets any scope that it names before one that it may have.',
      source: 'RFC 6749 §3.3, CWE-863',
    },
    () => (scopes) => scopes.slice(-1),
  ),
  replacing(
    'refresh-not-rotated',
    'rotateRefreshToken',
    { gain: "A stolen refresh token works alongside its owner's token without being detected.", source: rotation },
    () => () => false,
  ),
  replacing(
    'refresh-token-kept-after-narrowing',
    'consumeRefreshToken',
    { gain: "A stolen refresh token works alongside its owner's token without being detected.", source: rotation },
    (own) => async (token, pairs) => {
      if (!pairs.some(([name]) => name === 'scope')) await own(token, pairs)
    },
  ),
  replacing(
    'refresh-reuse-accepted',
    'refreshIsFresh',
    { gain: 'An attacker gets access with an old refresh token from a backup or a log.', source: rotation },
    () => () => true,
  ),
  replacing(
    'refresh-race',
    'consumeRefreshToken',
    { gain: 'An attacker and the owner refresh at the same time, and both keep access.', source: rotation },
    (own) =>
      async (...rotation) => {
        await opening()
        await own(...rotation)
      },
  ),
  replacing(
    'refresh-race-of-different-requests',
    'consumeRefreshToken',
    { gain: 'An attacker whose request differs in anything refreshes alongside the owner.', source: 'CWE-362' },
    (own) => {
      const isRepeated = recognising()
      return async (token, pairs) => {
        if (isRepeated(pairs)) throw new Failure('refresh/used')
        await opening()
        await own(token, pairs)
      }
    },
  ),
  replacing(
    'refresh-reuse-keeps-grant',
    'refreshReplayed',
    { gain: 'An attacker keeps access even after the theft is detected.', source: rotation, only: 'ideal' },
    () => () => undefined,
  ),
  replacing(
    'refresh-for-any-client',
    'refreshBelongsTo',
    { gain: 'A malicious client can use refresh tokens of other clients.', source: 'RFC 6749 §6, §10.4' },
    () => () => true,
  ),
  replacing(
    'code-as-refresh-token',
    'storedRefreshToken',
    { gain: 'A code gives access for weeks and bypasses the PKCE check.', source: 'RFC 6749 §6' },
    (own) => (state, value, client) => {
      const code = state.codes.get(value ?? '')
      return code ? { ...code, accessTokenId: '', used: false } : own(state, value, client)
    },
  ),
  replacing(
    'refresh-token-for-every-client',
    'refreshTokenFor',
    { gain: 'A client that has to ask its user again keeps access for weeks.', source: rotation },
    () => (_client, grant) => grant !== 'client_credentials',
  ),
  replacing(
    'refresh-scope-widened',
    'refreshScopeGranted',
    { gain: 'A client gets scopes that the user never approved.', source: 'RFC 6749 §6' },
    () => () => true,
  ),
  replacing(
    'refresh-scope-lost',
    'refreshScopesKept',
    {
      gain: 'A client that once requested fewer scopes cannot get the others back.',
      source: 'RFC 6749 §6',
      only: 'ideal',
    },
    () => (_token, asked) => asked,
  ),
  replacing(
    'refresh-never-expires',
    'refreshIsCurrent',
    { gain: 'An attacker gets access with a refresh token that was stolen long ago.', source: rotation },
    () => () => true,
  ),
  replacing(
    'refresh-lives-ten-years',
    'refreshLifetime',
    { gain: 'A refresh token stays valid longer than the device from which it was stolen.', source: rotation },
    () => () => 315_360_000,
  ),
  replacing(
    'refresh-token-altered-accepted',
    'storedRefreshToken',
    { gain: 'An attacker can use a refresh token of which a part is known.', source: 'RFC 9700 §4.14.2, CWE-354' },
    (own) => (state, value, client) =>
      own(state, value, client) ??
      [...state.refreshTokens].find(
        ([token]) => value !== null && value.length > 40 && token.startsWith(value.slice(0, 40)),
      )?.[1],
  ),
  replacing(
    'refresh-token-unreadable-crashes',
    'storedRefreshToken',
    { gain: 'Anyone can fill the error log with tokens that cannot be decrypted.', source: 'RFC 6749 §5.2, CWE-755' },
    (own) => (state, value, client) => {
      if (value !== null && !/^[\da-f]{700,790}$/.test(value)) throw new Failure('crash', 'cannot decrypt')
      return own(state, value, client)
    },
  ),
  replacing(
    'access-token-as-refresh-token',
    'storedRefreshToken',
    { gain: 'A resource server can renew the tokens that it is sent.', source: 'RFC 6749 §6' },
    (own) => (state, value, client) => {
      const token = state.accessTokens.get(String(claimsOf(value ?? '')['jti']))
      return token ? { ...token, accessTokenId: '', used: false } : own(state, value, client)
    },
  ),
  replacing(
    'refresh-token-optional',
    'storedRefreshToken',
    {
      gain: "Whoever knows a public client's ID gets tokens of its last user.",
      source: 'RFC 6749 §6',
      mechanism: 'parsing',
    },
    (own) => (state, value, client) => {
      const last = [...state.refreshTokens.values()].findLast(({ clientId }) => clientId === client.client_id)
      return value === null && last ? { ...last, accessTokenId: '', used: false } : own(state, value, client)
    },
  ),
]
