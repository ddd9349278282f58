import { randomUUID } from 'node:crypto'
import type { Account, Client } from './data.ts'
import type { Issue, Members } from './mechanisms.ts'
import type { Incoming } from './message.ts'
import type { Service } from './service.ts'

export interface Issuing {
  readonly client: Client
  readonly grantType: string
  readonly user: Account | null
  /** Scopes of the access token. */
  readonly scopes: readonly string[]
  /** Scopes of the refresh token. */
  readonly refreshScopes: readonly string[]
  readonly grantId: string
  readonly nonce: string | null
  readonly authTime: number
  /** The old refresh token, if the server does not rotate it. */
  readonly refreshToken?: string
}

/** Creates and stores the tokens of a successful token request. Returns the members of the response (RFC 6749 §5.1). */
export async function issueTokens(service: Service, incoming: Incoming, issuing: Issuing): Promise<Members> {
  const { state, mechanisms } = service
  const { client, user, scopes, grantType } = issuing
  const now = Date.now()
  const expires = mechanisms.accessTokenExpiry(client, now)
  const id = mechanisms.accessTokenId()
  const issue: Issue = { client, grantType, user, scopes, origin: incoming.origin, id, now, expires }
  const grant = {
    grantId: issuing.grantId,
    clientId: client.client_id,
    user,
    nonce: issuing.nonce,
    authTime: issuing.authTime,
  }
  const { nonce, authTime } = issuing
  state.accessTokens.set(issue.id, { ...grant, id: issue.id, scopes, expires, revoked: false })
  const keys = mechanisms.signingKeys(state)
  const members: Members = {
    token_type: 'Bearer',
    expires_in: mechanisms.expiresIn(issue),
    access_token: await mechanisms.serializeToken(mechanisms.accessToken(issue, keys), keys),
    scope: scopes.join(' '),
  }
  if (mechanisms.refreshTokenFor(client, grantType)) {
    const refreshToken = issuing.refreshToken ?? mechanisms.secretValue(362)
    members['refresh_token'] = refreshToken
    if (issuing.refreshToken === undefined) {
      state.refreshTokens.set(refreshToken, {
        ...grant,
        scopes: issuing.refreshScopes,
        accessTokenId: issue.id,
        expires: now + mechanisms.refreshLifetime(client) * 1000,
        used: false,
      })
    }
  }
  if (mechanisms.idTokenDue(scopes, grantType, state.openidDisabled)) {
    const claims = { ...mechanisms.idTokenClaims(issue, nonce, authTime), ...profileOf(service, incoming, issuing) }
    const idKeys = mechanisms.idTokenKeys(state, grantType)
    members['id_token'] = await mechanisms.serializeToken({ header: mechanisms.idTokenHeader(idKeys), claims }, idKeys)
  }
  return mechanisms.tokenResponse(members, issue)
}

function profileOf({ mechanisms }: Service, incoming: Incoming, { user, scopes }: Issuing): Members {
  return user ? mechanisms.userinfoClaims(userClaims(user, incoming.origin), scopes) : {}
}

/** The standard claims of a user (OpenID Connect Core §5.1). */
export function userClaims(user: Account, origin: string): Members {
  return {
    sub: user.uid,
    name: user.name,
    preferred_username: user.name,
    email: user.mail,
    email_verified: true,
    profile: `${origin}/user/${user.uid}`,
    locale: 'en',
    zoneinfo: 'UTC',
    updated_at: startOfProcess,
  }
}

const startOfProcess = Math.floor(Date.now() / 1000)

export const newGrantId = (): string => randomUUID()
