import { createHash, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Account, Client, ReferenceData, User } from './data.ts'
import type { Draft } from './draft.ts'
import type { Answer } from './message.ts'

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly kid: string
}

export interface BrowserSession {
  readonly formToken: string
  user: Account | null
  /** Messages that are shown once. */
  flash: string[]
  /** Time of the login in seconds since 1970. */
  authTime: number
  /** The last authorization request for which the user was asked. */
  asked?: Draft
}

export type ChallengeMethod = 'S256' | 'plain'

/** Common to all tokens of one authorization. */
interface Grant {
  readonly grantId: string
  readonly clientId: string
  readonly user: Account | null
  readonly scopes: readonly string[]
  /** Milliseconds since 1970. */
  readonly expires: number
  /** The `nonce` of OpenID Connect. */
  readonly nonce: string | null
  readonly authTime: number
}

export interface Code extends Grant {
  readonly user: Account
  /** As in the authorization request; null if it had none. */
  readonly redirectUri: string | null
  readonly challenge: string | null
  readonly method: ChallengeMethod | null
  used: boolean
}

export interface RefreshToken extends Grant {
  readonly accessTokenId: string
  used: boolean
}

export interface AccessToken extends Grant {
  readonly id: string
  revoked: boolean
}

/** A device that waits for the decision of a user (RFC 8628 §3.2). */
export interface DeviceCode {
  readonly clientId: string
  readonly userCode: string
  readonly scopes: readonly string[]
  /** Milliseconds since 1970. */
  readonly expires: number
  decision: 'allow' | 'deny' | null
  user: Account | null
  used: boolean
  /** Milliseconds since 1970; 0 before the first. */
  polled: number
}

/** What a client needs to read and delete its registration (RFC 7592 §3). */
export interface Registration {
  readonly token: string
  readonly members: Readonly<Record<string, unknown>>
}

const generate = promisify(generateKeyPair)

async function newKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 })
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
  return { privateKey, publicKey, kid }
}

// Generating a pair takes up to half a second, so all servers of a process share them. The first is made while the rest is loaded.
const pairs: Promise<KeyPair>[] = [newKeyPair()]
const pair = (index: number) => (pairs[index] ??= newKeyPair())

/** Everything that a server stores. */
export class State {
  /** Only an upgrade and registrations change it. */
  data: ReferenceData
  accounts: readonly Account[]
  /** The data at the start. */
  readonly original: ReferenceData
  readonly sessions = new Map<string, BrowserSession>()
  readonly codes = new Map<string, Code>()
  readonly deviceCodes = new Map<string, DeviceCode>()
  /** By client ID. */
  readonly registrations = new Map<string, Registration>()
  readonly refreshTokens = new Map<string, RefreshToken>()
  readonly accessTokens = new Map<string, AccessToken>()
  /** Scopes that a user approved, by `uid client_id`. */
  readonly approvals = new Map<string, ReadonlySet<string>>()
  readonly blocked = new Set<string>()
  /** IDs of accounts that are gone. */
  readonly deleted = new Set<string>()
  /** Grants and approvals that a change damaged, so that the server can no longer read them. */
  readonly damaged = new Set<string>()
  /** Answers, if they are cached at all. */
  readonly pages = new Map<string, Answer>()
  /** Calculated permissions of tokens, if they are cached at all. */
  readonly permissionCache = new Map<string, ReadonlySet<string>>()
  /** The account that UserInfo returned first. */
  userinfoCache: Account | null = null
  /** Times of failed logins in milliseconds, by account. */
  readonly failedLogins = new Map<string, number[]>()
  /** Simple OAuth's setting "Disable OpenID Connect": no UserInfo and no key set. */
  openidDisabled = false
  /** Titles of the content, by its ID. */
  readonly content = new Map<string, string>([['1', 'Published']])
  readonly errorLog: string[] = []
  keys: KeyPair
  /** Keys that have been replaced. */
  readonly retiredKeys: KeyPair[] = []
  readonly #original: KeyPair
  // Drupal's user 1 is the administrator, created by the installation.
  #lastUid = 1
  #rotations = 0

  private constructor(data: ReferenceData, keys: KeyPair) {
    this.data = data
    this.original = data
    this.accounts = data.users.map((user) => this.newAccount(user))
    this.keys = keys
    this.#original = keys
  }

  static async create(data: ReferenceData): Promise<State> {
    return new State(data, await pair(0))
  }

  async replaceKeys(): Promise<void> {
    this.retiredKeys.push(this.keys)
    this.#rotations += 1
    this.keys = await pair(this.#rotations)
  }

  restoreKeys(): void {
    this.keys = this.#original
  }

  newAccount(user: User): Account {
    return { ...user, uid: user.admin === 'user 1' ? '1' : String((this.#lastUid += 1)) }
  }

  account(name: string | null | undefined): Account | undefined {
    return this.accounts.find((account) => account.name === name)
  }

  revokeGrant(grantId: string): void {
    for (const token of this.accessTokens.values()) if (token.grantId === grantId) token.revoked = true
    for (const token of this.refreshTokens.values()) if (token.grantId === grantId) token.used = true
  }

  /** Saving a user in Drupal removes the user's access tokens and codes; the refresh tokens stay. */
  forgetAccess(account: Account): void {
    for (const [id, token] of this.accessTokens) if (token.user?.uid === account.uid) this.accessTokens.delete(id)
    for (const code of this.codes.values()) if (code.user.uid === account.uid) code.used = true
  }

  /** Saving a consumer in Drupal does the same to those of the client. */
  forgetAccessOfClient({ client_id: clientId }: Client): void {
    for (const [id, token] of this.accessTokens) if (token.clientId === clientId) this.accessTokens.delete(id)
    for (const code of this.codes.values()) if (code.clientId === clientId) code.used = true
  }

  /** Removes what has expired, or all of it. */
  removeTokens(isGone: (expires: number) => boolean): void {
    for (const kind of [this.accessTokens, this.refreshTokens, this.codes] as Map<string, Grant>[])
      for (const [id, { expires }] of kind) if (isGone(expires)) kind.delete(id)
  }

  endSessions(account: Account): void {
    for (const [id, session] of this.sessions) if (session.user?.uid === account.uid) this.sessions.delete(id)
  }
}
