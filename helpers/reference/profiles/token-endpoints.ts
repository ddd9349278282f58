import { claimsOf } from '../core/claims-of.ts'
import { Failure } from '../core/failure.ts'
import type { Mechanisms } from '../core/mechanisms.ts'
import type { FoundToken } from '../core/revocation-mechanisms.ts'
import { seconds, signatureFailure } from './simple-oauth-tokens.ts'

const inactive = { active: false }

/** Revocation (RFC 7009) and introspection (RFC 7662), as the standards require them; Simple OAuth has no such endpoints. */
export const tokenEndpoints: Pick<
  Mechanisms,
  | 'tokenEndpoints'
  | 'revocationAuthenticates'
  | 'tokenMeant'
  | 'revocation'
  | 'revoke'
  | 'unknownTokenRefused'
  | 'introspectionAuthenticates'
  | 'isActive'
  | 'introspection'
> = {
  tokenEndpoints: false,
  revocationAuthenticates: (client) => client.confidential,
  // RFC 7009 §2.1: the hint may be ignored.
  tokenMeant: async (state, token) => {
    if (token === null) throw new Failure('parameter/missing', 'token')
    const refresh = state.refreshTokens.get(token)
    if (refresh) return { kind: 'refresh_token', record: refresh }
    const access = state.accessTokens.get(String(claimsOf(token)['jti']))
    if (!access || (await signatureFailure(token, state)) !== null) return null
    return { kind: 'access_token', record: access }
  },
  revocation: ({ record }, client) => (record.clientId === client.client_id ? 'revoke' : 'refuse'),
  revoke: (state, { kind, record }) => {
    if (kind === 'access_token') record.revoked = true
    // RFC 7009 §2.1: with the refresh token, all access tokens of the grant.
    else state.revokeGrant(record.grantId)
  },
  unknownTokenRefused: false,
  introspectionAuthenticates: true,
  isActive: (state, token, now) => now < token.record.expires && !isSpent(token) && !isBlocked(state, token),
  introspection: (token, active, origin) => {
    if (token === null || !active) return inactive
    const { clientId, user, scopes, expires } = token.record
    return {
      active,
      iss: origin,
      client_id: clientId,
      scope: scopes.join(' '),
      exp: seconds(expires),
      sub: user?.uid ?? clientId,
      ...(token.kind === 'access_token' ? { token_type: 'Bearer' } : {}),
    }
  },
}

const isSpent = ({ kind, record }: FoundToken): boolean => (kind === 'access_token' ? record.revoked : record.used)

const isBlocked = (state: Parameters<Mechanisms['isActive']>[0], { record }: FoundToken): boolean =>
  record.user !== null && state.blocked.has(record.user.uid)
