import type { Client } from './data.ts'
import type { AccessToken, RefreshToken, State } from './state.ts'

/** A token that a request to revoke or introspect it means. */
export type FoundToken =
  | { readonly kind: 'access_token'; readonly record: AccessToken }
  | { readonly kind: 'refresh_token'; readonly record: RefreshToken }

/** Revocation (RFC 7009) and introspection (RFC 7662). */
export interface RevocationMechanisms {
  /** Whether the server has the two endpoints. */
  readonly tokenEndpoints: boolean
  /** Whether a client has to authenticate to revoke a token. */
  readonly revocationAuthenticates: (client: Client) => boolean
  /** The token that a request means; null if it is not one of this server, or not in effect as sent. */
  readonly tokenMeant: (state: State, token: string | null, hint: string | null) => Promise<FoundToken | null>
  /** The outcome of a client's request to revoke a token. */
  readonly revocation: (token: FoundToken, client: Client) => 'revoke' | 'refuse' | 'ignore'
  readonly revoke: (state: State, token: FoundToken) => void
  /** Whether a request to revoke an unknown token is an error. */
  readonly unknownTokenRefused: boolean
  /** Whether a client has to authenticate to introspect a token. */
  readonly introspectionAuthenticates: boolean
  readonly isActive: (state: State, token: FoundToken, now: number) => boolean
  /** The introspection response; null for an unknown token. */
  readonly introspection: (token: FoundToken | null, active: boolean, origin: string) => Record<string, unknown>
}
