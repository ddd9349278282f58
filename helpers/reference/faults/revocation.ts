import { claimsOf } from '../core/claims-of.ts'
import { Failure } from '../core/failure.ts'
import { replacing, type Fault } from './fault.ts'

const revocation = 'RFC 7009 §2.1'
const introspection = 'RFC 7662 §2.2'

/** Only this profile has the endpoints. */
const only = 'ideal'

export const revocationFaults: readonly Fault[] = [
  replacing(
    'revocation-without-effect',
    'revoke',
    { gain: 'A stolen token works on after its client has revoked it.', source: revocation, only },
    () => () => undefined,
  ),
  replacing(
    'revocation-keeps-access-tokens',
    'revoke',
    { gain: 'The access token of an app works on after the logout.', source: revocation, only },
    (own) => (state, token) => {
      if (token.kind === 'access_token') own(state, token)
      else token.record.used = true
    },
  ),
  replacing(
    'revocation-trusts-hint',
    'tokenMeant',
    { gain: 'A token that is revoked with a wrong hint works on.', source: revocation, only, mechanism: 'parsing' },
    (own) => async (state, token, hint) => {
      const found = await own(state, token, hint)
      return hint === null || found?.kind === hint ? found : null
    },
  ),
  replacing(
    'revocation-for-any-client',
    'revocation',
    { gain: 'A client can end the access of every other client.', source: revocation, only },
    () => () => 'revoke',
  ),
  replacing(
    'revocation-of-others-ignored',
    'revocation',
    { gain: 'A client with a wrong ID believes that its token is revoked.', source: revocation, only },
    (own) => (token, client) => (own(token, client) === 'revoke' ? 'revoke' : 'ignore'),
  ),
  replacing(
    'revocation-without-secret',
    'revocationAuthenticates',
    { gain: 'Anybody who sees a token can end the access of its client.', source: revocation, only },
    () => () => false,
  ),
  replacing(
    'revocation-of-unknown-token-refused',
    'unknownTokenRefused',
    { gain: 'Whoever tries out tokens learns which ones are valid.', source: 'RFC 7009 §2.2', only },
    () => true,
  ),
  replacing(
    'revoked-token-unknown',
    'tokenMeant',
    { gain: 'A logout that is repeated ends with an error.', source: 'RFC 7009 §2.2', only, mechanism: 'errors' },
    (own) => async (state, token, hint) => {
      const found = await own(state, token, hint)
      if (found?.kind === 'refresh_token' && found.record.used) throw new Failure('refresh/used')
      return found
    },
  ),
  replacing(
    'revocation-without-token',
    'tokenMeant',
    {
      gain: 'A client with a misspelt parameter believes that its token is revoked.',
      source: revocation,
      only,
      mechanism: 'parsing',
    },
    (own) => async (state, token, hint) => (token === null ? null : own(state, token, hint)),
  ),
  replacing(
    'introspection-for-everyone',
    'introspectionAuthenticates',
    { gain: 'Anybody can try out tokens and read whose they are.', source: 'RFC 7662 §2.1', only },
    () => false,
  ),
  replacing(
    'introspection-never-active',
    'isActive',
    { gain: 'Resource servers that ask reject every token.', source: introspection, only },
    () => () => false,
  ),
  replacing(
    'introspection-of-another-token',
    'introspection',
    { gain: 'Resource servers that ask take one token for another.', source: introspection, only },
    (own) => (token, active, origin) => ({ ...own(token, active, origin), jti: 'of-another-token' }),
  ),
  replacing(
    'introspection-of-spent-tokens',
    'isActive',
    { gain: 'Resource servers that ask accept tokens that were revoked.', source: 'RFC 7662 §4', only },
    () =>
      (_state, { record }, now) =>
        now < record.expires,
  ),
  replacing(
    'introspection-of-expired-tokens',
    'isActive',
    { gain: 'Resource servers that ask accept tokens forever.', source: 'RFC 7662 §4', only, mechanism: 'lifetime' },
    (own) => (state, token) => own(state, token, 0),
  ),
  replacing(
    'introspection-of-unsigned-tokens',
    'tokenMeant',
    { gain: 'Resource servers that ask accept forged tokens.', source: 'RFC 7662 §4, CWE-347', only },
    (own) => async (state, token, hint) => {
      const record = state.accessTokens.get(String(claimsOf(token ?? '')['jti']))
      return record ? { kind: 'access_token', record } : own(state, token, hint)
    },
  ),
  replacing(
    'introspection-of-unknown-tokens',
    'introspection',
    { gain: 'Resource servers that ask accept any word.', source: introspection, only, mechanism: 'integrity' },
    (own) => (token, active, origin) => (token === null ? { active: true } : own(token, active, origin)),
  ),
  replacing(
    'introspection-tells-why',
    'introspection',
    {
      gain: 'Whoever tries out tokens learns which ones were valid.',
      source: introspection,
      only,
      mechanism: 'secrecy',
    },
    (own) => (token, active, origin) => ({
      ...own(token, active, origin),
      ...(active ? {} : { reason: token === null ? 'unknown' : 'no longer valid' }),
    }),
  ),
]
