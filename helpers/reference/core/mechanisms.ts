import type { Account, Client, Scope } from './data.ts'
import type { ErrorAnswer, Failure, FailureKind } from './failure.ts'
import type { AuthorizationMechanisms } from './authorization-mechanisms.ts'
import type { Answer, Incoming, Pairs } from './message.ts'
import type { DeviceMechanisms } from './device-mechanisms.ts'
import type { RegistrationMechanisms } from './registration-mechanisms.ts'
import type { RevocationMechanisms } from './revocation-mechanisms.ts'
import type { AccessToken, ChallengeMethod, Code, KeyPair, RefreshToken, State } from './state.ts'

export type CodeCheck = 'lifetime' | 'used' | 'client' | 'redirectUri' | 'downgrade' | 'verifier'

/** What happens to a user. */
type AccountChange =
  'save' | 'block' | 'unblock' | 'delete' | 'password' | 'roles' | 'permissions' | 'restore' | 'logOut'
export type ContentOperation = 'read' | 'create' | 'change' | 'delete'

export interface Credentials {
  readonly clientId: string | null
  readonly secret: string | null
}

/** The data of an issued token. */
export interface Issue {
  readonly client: Client
  readonly grantType: string
  readonly user: Account | null
  readonly scopes: readonly string[]
  readonly origin: string
  readonly id: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** Milliseconds since 1970. */
  readonly expires: number
}

export interface Jwt {
  readonly header: Record<string, unknown>
  readonly claims: Record<string, unknown>
}

export type Members = Record<string, unknown>

/**
 * Every decision in which the two profiles or the faults differ. The endpoints call these and decide nothing themselves; a
 * fault replaces exactly one of them.
 */
export interface Mechanisms
  extends AuthorizationMechanisms, DeviceMechanisms, RegistrationMechanisms, RevocationMechanisms {
  // The server's own address
  /** Scheme, host and port that a request was sent to; null rejects the request. */
  readonly requestOrigin: (headers: Headers) => string | null
  /** Put in front of the path of the login page. */
  readonly loginBase: (incoming: Incoming) => string
  /** Where the consent form is sent. */
  readonly formAction: (incoming: Incoming) => string

  // Reading requests
  /** The value of a parameter; null when absent or empty. */
  readonly parameter: (pairs: Pairs, name: string) => string | null
  /** Rejects a request because of its parameters as a whole. */
  readonly checkParameters: (pairs: Pairs) => void
  readonly scopeParameter: (pairs: Pairs) => readonly string[] | null
  readonly stateParameter: (pairs: Pairs) => string | null
  readonly authorizationParameters: (incoming: Incoming) => Pairs
  /** HTTP methods that the token endpoint accepts. */
  readonly tokenMethods: readonly string[]
  readonly tokenParameters: (incoming: Incoming) => Pairs
  readonly grantType: (pairs: Pairs) => string
  readonly responseTypeParameter: (pairs: Pairs) => string | null

  // Client authentication
  readonly basicCredentials: (header: string | null) => Credentials
  /** The ID by which the client is found first; `basic` is null if the endpoint does not support Basic authentication. */
  readonly clientId: (incoming: Incoming, pairs: Pairs, basic: Credentials | null, state: State) => string | null
  readonly credentials: (pairs: Pairs, basic: Credentials) => Credentials
  readonly findClient: (clients: readonly Client[], id: string) => Client | undefined
  readonly secretMatches: (client: Client, secret: string) => boolean
  readonly authenticates: (client: Client, grant: string, isBasic?: boolean) => boolean
  readonly clientMayUseGrant: (client: Client, grant: string) => boolean
  /** Grants with which every client gets tokens: `password`, or others for which the assertion is not looked at. */
  readonly openGrants: readonly string[]
  /** Grants that modules add, for the clients that have every grant of the site. */
  readonly furtherGrants: readonly string[]
  readonly clientCredentialsAllowed: (client: Client) => boolean

  // The authorization code
  /** The code, derived from a secret value. */
  readonly codeValue: (secret: string, challenge: string | null) => string
  readonly codeLifetime: (client: Client) => number
  /** What is stored of a code after consent. */
  readonly codeAsIssued: (code: Code, incoming: Incoming) => Code
  /** The code that a token request means; `value` is null if it has none. */
  readonly storedCode: (state: State, value: string | null, pairs: Pairs) => Code | undefined
  readonly codeChecks: readonly CodeCheck[]
  readonly codeIsCurrent: (code: Code, now: number) => boolean
  readonly codeIsFresh: (code: Code) => boolean
  readonly codeBelongsTo: (code: Code, client: Client) => boolean
  readonly codeRedirectUriFailure: (code: Code, given: string | null) => FailureKind | null
  readonly verifierRequired: (code: Code, client: Client) => boolean
  readonly verifierExpected: (code: Code) => boolean
  readonly verifierWellFormed: (verifier: string) => boolean
  /** The method with which the verifier is checked. */
  readonly verifierMethod: (code: Code, pairs: Pairs) => ChallengeMethod | null
  readonly verifierMatches: (verifier: string, challenge: string, method: ChallengeMethod) => boolean
  readonly codeReplayed: (state: State, code: Code) => void
  /** Marks the code as used; waiting here opens the window for a race. */
  readonly consumeCode: (code: Code, pairs: Pairs) => Promise<void>
  readonly codeHeldByUser: (state: State, account: Account) => boolean

  // Refresh tokens
  /** The refresh token that a request means; `value` is null if it has none. */
  readonly storedRefreshToken: (state: State, value: string | null, client: Client) => RefreshToken | undefined
  readonly refreshBelongsTo: (token: RefreshToken, client: Client) => boolean
  readonly refreshIsCurrent: (token: RefreshToken, now: number) => boolean
  readonly refreshIsFresh: (token: RefreshToken) => boolean
  readonly refreshReplayed: (state: State, token: RefreshToken) => void
  readonly refreshHeldByUser: (state: State, account: Account) => boolean
  readonly refreshScopeGranted: (token: RefreshToken, scope: string) => boolean
  /** The scopes of a refresh request without a scope. */
  readonly refreshDefault: (token: RefreshToken, client: Client) => readonly string[]
  /** Scopes of the next refresh token. */
  readonly refreshScopesKept: (token: RefreshToken, asked: readonly string[]) => readonly string[]
  readonly rotateRefreshToken: (token: RefreshToken) => boolean
  /** Marks a rotated refresh token as used; waiting here opens the window for a race. */
  readonly consumeRefreshToken: (token: RefreshToken, pairs: Pairs) => Promise<void>
  readonly revokeAfterRefresh: (state: State, token: RefreshToken) => void
  readonly refreshTokenFor: (client: Client, grant: string) => boolean
  readonly refreshLifetime: (client: Client) => number

  // client_credentials
  readonly withinClientScopes: (client: Client, scope: string) => boolean
  /** The user that the client acts as; without one it gets no token. */
  readonly clientCredentialsUser: (state: State, client: Client) => Account | undefined

  // Tokens
  readonly secretValue: (bytes: number) => string
  /** A code or refresh token as it was issued, even if it comes back in another spelling. */
  readonly issuedSpelling: (given: string) => string
  readonly accessTokenId: () => string
  readonly accessTokenExpiry: (client: Client, now: number) => number
  readonly accessToken: (issue: Issue, keys: KeyPair) => Jwt
  readonly signingKeys: (state: State) => KeyPair
  readonly serializeToken: (jwt: Jwt, keys: KeyPair) => Promise<string>
  readonly expiresIn: (issue: Issue) => number
  readonly tokenResponse: (members: Members, issue: Issue) => Members
  readonly tokenHeaders: Answer['headers']
  readonly tokenErrorHeaders: Answer['headers']
  readonly idTokenClaims: (issue: Issue, nonce: string | null, authTime: number) => Members
  /** Whether the response contains an id_token. */
  readonly idTokenDue: (scopes: readonly string[], grant: string, isSwitchedOff: boolean) => boolean
  /** The keys an id_token is signed with. */
  readonly idTokenKeys: (state: State, grant?: string) => KeyPair
  readonly idTokenHeader: (keys: KeyPair) => Members
  /** Whether a client without a user also gets an id_token. */
  readonly idTokenWithoutUser: boolean
  readonly jwks: (keys: KeyPair) => { readonly keys: readonly Members[] }

  // Resources
  readonly bearerToken: (incoming: Incoming) => string | null
  /** Whether an invalid bearer token is rejected on every route. */
  readonly bearerEverywhere: boolean
  /** The access that something other than a verified access token gives; null if it gives none. */
  readonly otherTokenAccess: (token: string, state: State) => AccessToken | null
  /** Why the signature of a JWT is not valid; null if it is. */
  readonly signatureFailure: (token: string, state: State) => Promise<string | null>
  readonly timesValid: (claims: Members, now: number) => boolean
  readonly claimsValid: (jwt: Jwt, record: AccessToken, origin: string) => boolean
  readonly isRevoked: (record: AccessToken | undefined) => boolean
  /** Whether a token is valid for its account; undefined if the account is gone. */
  readonly bearerUserAllowed: (state: State, account: Account | undefined) => boolean
  /** What is wrong with a token whose client is gone. */
  readonly tokenOfUnknownClient: FailureKind
  /** Whether a browser session acts although the request has a token: a good one, or a bad one. */
  readonly sessionBesideToken: (token: 'good' | 'bad') => boolean
  /** The answer to a request, from a cache or made. */
  readonly cachedPage: (cache: Map<string, Answer>, incoming: Incoming, make: () => Promise<Answer>) => Promise<Answer>
  /** What ends when a user is changed or logs out. */
  readonly userChanged: (state: State, account: Account, change: AccountChange) => void
  /** What ends when a consumer is changed or deleted. */
  readonly consumerChanged: (state: State, client: Client) => void
  /** What the server knows of a consumer after a change; null after it was deleted. */
  readonly changedConsumer: (before: Client, after: Client | null) => Client | null
  /** Removes what is no longer needed. */
  readonly cron: (state: State, now: number) => void
  readonly permissions: (
    user: Account | null,
    byScope: ReadonlySet<string>,
    byUser: ReadonlySet<string>,
  ) => ReadonlySet<string>
  /** The named scopes, with umbrella scopes resolved to their children. */
  readonly scopesMeant: (known: readonly Scope[], names: readonly string[]) => readonly Scope[]
  /** The permissions that a scope with the granularity "role" gives a user. */
  readonly roleRights: (account: Account | undefined, role: string, accounts: readonly Account[]) => readonly string[]
  /** The roles of the account behind a token. */
  readonly tokenRoles: (byScope: readonly string[], ofAccount: readonly string[]) => readonly string[]
  /** Whether scopes limit an account with every permission, too; without a user, the client acts. */
  readonly scopesLimitAdmin: (user: Account | null) => boolean
  /** The permissions of a token, calculated or from the cache. */
  readonly cachedPermissions: (
    cache: Map<string, ReadonlySet<string>>,
    token: { readonly record: AccessToken; readonly roles: readonly string[] },
    calculate: () => ReadonlySet<string>,
  ) => ReadonlySet<string>
  /** The permission that the JSON:API of the content type requires. */
  readonly contentPermission: (op: ContentOperation, type: string) => string
  readonly mayOpen: (permissions: ReadonlySet<string>, needed: string) => boolean
  readonly bearerRefusal: (failure: Failure, header: string, json: boolean) => Answer
  readonly accessRefusal: (needed: string, authenticated: boolean, json: boolean) => Answer
  /** Headers of a protected resource. */
  readonly resourceHeaders: Answer['headers']
  readonly userinfoHeaders: Answer['headers']
  /** The user whose claims UserInfo returns. */
  readonly userinfoAccount: (state: State, account: Account | undefined) => Account | undefined
  readonly userinfoAllowed: (scopes: readonly string[]) => boolean
  readonly userinfoMethods: readonly string[]
  /** The account that UserInfo returns without looking at the token. */
  readonly cachedUserinfo: (state: State) => Account | null
  readonly userinfoClaims: (claims: Members, scopes: readonly string[]) => Members

  // Answers
  readonly oauthError: (failure: Failure) => ErrorAnswer
  readonly errorBody: (error: ErrorAnswer) => Members
  readonly errorStatus: (status: number) => number
  readonly challengeHeaders: (error: ErrorAnswer, headerUsed: boolean) => Answer['headers']
  /** Paths of endpoints that exist but that no client uses. */
  readonly furtherEndpoints: readonly string[]
  /** The metadata of the resource (RFC 9728); null if it publishes none. */
  readonly resourceMetadata: (origin: string) => Members | null
  /** What a challenge adds to name that metadata. */
  readonly challengeParameter: (origin: string) => string
  /** The server's metadata (RFC 8414); null if it publishes none. */
  readonly metadata: (origin: string) => Members | null
}
