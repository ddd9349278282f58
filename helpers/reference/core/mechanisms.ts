import type { Account, Client, Scope } from './data.ts'
import type { Draft } from './draft.ts'
import type { ErrorAnswer, Failure, FailureKind } from './failure.ts'
import type { Answer, Incoming, Pairs } from './message.ts'
import type {
  AccessToken,
  BrowserSession,
  ChallengeMethod,
  Code,
  DeviceCode,
  KeyPair,
  RefreshToken,
  Registration,
  State,
} from './state.ts'

/** Who may read an answer in a browser (Fetch, CORS protocol). */
export interface CorsAnswer {
  readonly origin: string
  readonly credentials: boolean
}
/** A token that a request to revoke or introspect it means. */
export type FoundToken =
  | { readonly kind: 'access_token'; readonly record: AccessToken }
  | { readonly kind: 'refresh_token'; readonly record: RefreshToken }

export type AuthorizationCheck =
  | 'responseType'
  | 'clientGrant'
  | 'clientId'
  | 'redirectUri'
  | 'state'
  | 'scopeGiven'
  | 'scopeKnown'
  | 'scopeForGrant'
  | 'challenge'
export type CodeCheck = 'lifetime' | 'used' | 'client' | 'redirectUri' | 'downgrade' | 'verifier'

/** What is looked at when a device asks for its tokens, in this order. */
export type DeviceCheck = 'client' | 'lifetime' | 'used' | 'denied' | 'pending'

export type ContentOperation = 'read' | 'create' | 'change' | 'delete'

export interface Credentials {
  readonly clientId: string | null
  readonly secret: string | null
}

/** The data of an issued token. */
export interface Issue {
  readonly client: Client
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
 ** Every decision in which the two profiles or the faults differ. The endpoints call these and decide nothing themselves; a
 * fault replaces exactly one of them.
 */
export interface Mechanisms {
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
  readonly authenticates: (client: Client, grant: string) => boolean
  readonly clientMayUseGrant: (client: Client, grant: string) => boolean
  /** Grants with which every client gets tokens: `password`, or others for which the assertion is not looked at. */
  readonly openGrants: readonly string[]
  /** Grants that modules add, for the clients that have every grant of the site. */
  readonly furtherGrants: readonly string[]
  readonly clientCredentialsAllowed: (client: Client) => boolean

  // The authorization request
  readonly authorizationChecks: readonly AuthorizationCheck[]
  /** The meaning of a response type: a code, or a token in the redirect (RFC 6749 §4.2); null if it is unknown. */
  readonly responseType: (type: string) => 'code' | 'token' | null
  readonly redirectUriMatches: (registered: string, requested: string) => boolean
  /** The redirect URI for a request without one; null rejects the request. */
  readonly defaultRedirectUri: (registered: readonly string[]) => string | null
  /** Where the error for an unregistered redirect URI is sent; null shows it on the server itself. */
  readonly unregisteredRedirect: (given: string | null) => string | null
  readonly challengeRequired: (client: Client) => boolean
  /** The method to check with; null rejects it, `unchecked` accepts any verifier, `ignored` drops the challenge. */
  readonly challengeMethod: (method: string | null) => ChallengeMethod | 'unchecked' | 'ignored' | null
  readonly challengeWellFormed: (challenge: string) => boolean
  readonly findScope: (scopes: readonly Scope[], name: string) => string | null
  readonly unknownScope: (name: string) => 'refuse' | 'drop' | 'keep'
  /** The scopes of a request without `scope`; null rejects the request. */
  readonly defaultScopes: (client: Client, known: readonly Scope[]) => readonly string[] | null
  readonly scopeForGrant: (scope: Scope, grant: string) => boolean
  /** Whether the user has to log in before an error is sent to the client. */
  readonly errorsAfterLogin: boolean
  /** Why a request object (OpenID Connect Core §6) is rejected; null ignores it. */
  readonly requestObjectFailure: (pairs: Pairs) => FailureKind | null
  readonly authorizationIssuer: (origin: string) => string | null

  // Login and consent
  readonly loginRequired: boolean
  readonly passwordMatches: (account: Account, password: string) => boolean
  readonly loginAllowed: (state: State, account: Account) => boolean
  /** Whether a failed login leaves the browser logged in. */
  readonly sessionAfterFailedLogin: boolean
  /** Whether the session ends on the server when its user logs out. */
  readonly logoutEndsSession: boolean
  /** Whether the user has to log in again (OpenID Connect Core §3.1.2.1). `now` is in seconds since 1970. */
  readonly loginAgain: (pairs: Pairs, session: BrowserSession, now: number) => boolean
  /** Whether the user is the one that an `id_token_hint` names. */
  readonly hintMatches: (hint: string, account: Account) => boolean
  readonly floodLimit: number
  /** Status of the redirect after a successful login. */
  readonly loginRedirectStatus: number
  readonly sessionCookie: (id: string) => string
  /** The query with which the user returns from the login form. */
  readonly rememberedQuery: (query: Pairs) => Pairs
  readonly formTokenMatches: (session: BrowserSession, given: string | null, state: State) => boolean
  readonly mayGrantCodes: (permissions: ReadonlySet<string>) => boolean
  readonly rememberedApproval: (client: Client, approved: ReadonlySet<string>, scopes: readonly string[]) => boolean
  /** The key of a remembered approval. */
  readonly approvalKey: (account: Account, client: Client) => string
  readonly rememberDenial: boolean
  readonly automaticApproval: (client: Client) => boolean
  /** The decision behind a pressed button; null shows the form again. */
  readonly decision: (op: string | null, allow: string, deny: string) => 'allow' | 'deny' | null
  readonly codeForDenial: boolean
  /** The client's name as the HTML of the consent page. */
  readonly consentLabel: (label: string) => string
  /** The `<title>` of the consent page as HTML. */
  readonly consentTitle: (title: string, label: string) => string
  /** The scopes that the consent page lists, of those that were requested and of all that are granted. */
  readonly consentScopes: (asked: readonly string[], granted: readonly string[]) => readonly string[]
  /** The request that a decision is about: the one in the form, and the last one for which the session was asked. */
  readonly decidedRequest: (posted: Draft, asked: Draft | null) => Draft
  /** Headers of the consent page. */
  readonly consentHeaders: Answer['headers']
  readonly promptHonoured: boolean
  readonly redirectStatus: number
  readonly responseState: (state: string) => string | null
  /** Whose scripts may read an answer: the value of Access-Control-Allow-Origin, and whether cookies go with it; null allows nobody. */
  readonly cors: (request: {
    readonly origin: string
    readonly path: string
    readonly clients: readonly Client[]
  }) => CorsAnswer | null
  /** Headers of every response, important above all for the forms. */
  readonly securityHeaders: Answer['headers']

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
  /** Scopes of the next refresh token. */
  readonly refreshScopesKept: (token: RefreshToken, asked: readonly string[]) => readonly string[]
  readonly rotateRefreshToken: (token: RefreshToken) => boolean
  /** Marks a rotated refresh token as used; waiting here opens the window for a race. */
  readonly consumeRefreshToken: (token: RefreshToken, pairs: Pairs) => Promise<void>
  readonly revokeAfterRefresh: (state: State, token: RefreshToken) => void
  readonly refreshTokenFor: (client: Client, grant: string) => boolean
  readonly refreshLifetime: (client: Client) => number

  // Revocation (RFC 7009) and introspection (RFC 7662)
  /** Whether the server has the two endpoints. */
  readonly tokenEndpoints: boolean
  /** Whether a client has to authenticate to have a token revoked. */
  readonly revocationAuthenticates: (client: Client) => boolean
  /** The token that a request means; null if it is not one of this server, or not in effect as sent. */
  readonly tokenMeant: (state: State, token: string | null, hint: string | null) => Promise<FoundToken | null>
  /** What a client's request to revoke a token leads to. */
  readonly revocation: (token: FoundToken, client: Client) => 'revoke' | 'refuse' | 'ignore'
  readonly revoke: (state: State, token: FoundToken) => void
  /** Whether a request to revoke an unknown token is an error. */
  readonly unknownTokenRefused: boolean
  /** Whether a client has to authenticate to have a token introspected. */
  readonly introspectionAuthenticates: boolean
  readonly isActive: (state: State, token: FoundToken, now: number) => boolean
  /** The introspection response; null for a token of which the server knows nothing. */
  readonly introspection: (token: FoundToken | null, active: boolean, origin: string) => Members

  // Device authorization (RFC 8628)
  /** Whether the server has the endpoint, the verification page and the grant. */
  readonly device: boolean
  readonly deviceAuthenticates: (client: Client) => boolean
  readonly deviceCodeValue: () => string
  /** Seconds. */
  readonly deviceCodeLifetime: number
  readonly deviceResponse: (members: Members) => Members
  /** Whether the verification page is shown to somebody who is not logged in. */
  readonly devicePageIsOpen: boolean
  /** What is stored of the decision of a user. */
  readonly decideDevice: (code: DeviceCode, decision: 'allow' | 'deny', account: Account) => void
  /** The device code that a token request means; `value` is null if it has none. */
  readonly storedDeviceCode: (state: State, value: string | null) => DeviceCode | undefined
  readonly deviceChecks: readonly DeviceCheck[]
  readonly deviceCodeBelongsTo: (code: DeviceCode, client: Client) => boolean
  readonly deviceCodeIsCurrent: (code: DeviceCode, now: number) => boolean
  readonly consumeDeviceCode: (code: DeviceCode) => void

  // Registration (RFC 7591, RFC 7592)
  /** Whether the server has the two endpoints. */
  readonly registration: boolean
  readonly registrationStatus: number
  /** The metadata of a request; null for what is none. */
  readonly registrationMetadata: (text: string) => Members | null
  readonly registrableRedirectUri: (uri: string) => boolean
  /** Why metadata are rejected; null registers a client. */
  readonly registrationError: (metadata: Members, mechanisms: Mechanisms) => 'redirect-uri' | 'metadata' | null
  /** The error of a rejected registration (RFC 7591 §3.2.2). */
  readonly registrationErrorCode: (reason: 'redirect-uri' | 'metadata') => string
  readonly registeredId: (metadata: Members) => string
  /** The grants that a registered client may use, of those that it asked for. */
  readonly registeredGrants: (asked: readonly string[]) => readonly string[]
  readonly registeredRedirectUris: (asked: readonly string[]) => readonly string[]
  /** Whether a client with such metadata gets a secret. */
  readonly secretForRegistered: (confidential: boolean) => boolean
  readonly registrationResponse: (members: Members) => Members
  readonly registrationTokenMatches: (registration: Registration, token: string | null, state: State) => boolean
  readonly unregister: (state: State, clientId: string) => void

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
  readonly idTokenKeys: (state: State) => KeyPair
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
  readonly bearerUserAllowed: (state: State, account: Account) => boolean
  readonly blockUser: (state: State, account: Account) => void
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
  /** The user whose claims UserInfo returns. */
  readonly userinfoAccount: (state: State, account: Account | undefined) => Account | undefined
  readonly userinfoAllowed: (scopes: readonly string[]) => boolean
  /** The account that UserInfo returns without looking at the token. */
  readonly cachedUserinfo: (state: State) => Account | null
  readonly userinfoClaims: (claims: Members, scopes: readonly string[]) => Members

  // Answers
  readonly oauthError: (failure: Failure) => ErrorAnswer
  readonly errorBody: (error: ErrorAnswer) => Members
  readonly errorStatus: (status: number) => number
  readonly challengeHeaders: (error: ErrorAnswer, headerUsed: boolean) => Answer['headers']
  /** Paths of endpoints that are there and in nobody's use. */
  readonly furtherEndpoints: readonly string[]
  /** The metadata of the resource (RFC 9728); null if it publishes none. */
  readonly resourceMetadata: (origin: string) => Members | null
  /** What a challenge adds to name that metadata. */
  readonly challengeParameter: (origin: string) => string
  /** The server's metadata (RFC 8414); null if it publishes none. */
  readonly metadata: (origin: string) => Members | null
}
