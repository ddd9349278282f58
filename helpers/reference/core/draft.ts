import type { Client } from './data.ts'
import type { Pairs } from './message.ts'
import type { ChallengeMethod } from './state.ts'

/** An authorization request as far as it has been read. */
export interface Draft {
  readonly pairs: Pairs
  client: Client
  /** The redirect URI for the response; null until a registered one has been found. */
  redirectUri: string | null
  givenRedirectUri: string | null
  state: string | null
  /** Requested or by default. */
  scopes: readonly string[]
  /** The scopes that the consent page lists: only those that were requested explicitly. */
  listed: readonly string[]
  challenge: string | null
  method: ChallengeMethod | null
  responseType: 'code' | 'token'
}
