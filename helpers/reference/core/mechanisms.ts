import type { Account, Client, Scope } from './data.ts'
import type { ErrorAnswer, Failure, FailureKind } from './failure.ts'
import type { Answer, Incoming, Pairs } from './message.ts'
import type { AccessToken, ChallengeMethod, Code, KeyPair, RefreshToken, BrowserSession, State } from './state.ts'

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

export interface Credentials {
  readonly clientId: string | null
  readonly secret: string | null
}

/** What tokens are made from. */
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
 * Everything the two profiles and the faults do differently, one decision each. The flows ask these and decide nothing
 * themselves; a fault replaces exactly one of them.
 */
export interface Mechanisms {
  // Reading requests
  /** The value of a parameter; null when absent or empty. */
  readonly parameter: (pairs: Pairs, name: string) => string | null
  /** Refuses a request for its parameters as a whole. */
  readonly checkParameters: (pairs: Pairs) => void
  readonly scopeParameter: (pairs: Pairs) => readonly string[] | null
  readonly stateParameter: (pairs: Pairs) => string | null
  readonly authorizationParameters: (incoming: Incoming) => Pairs
  /** Methods that the token endpoint takes a request by. */
  readonly tokenMethods: readonly string[]
  readonly tokenParameters: (incoming: Incoming) => Pairs
  readonly grantType: (pairs: Pairs) => string
  readonly responseTypeParameter: (pairs: Pairs) => string | null

  // Client authentication
  readonly basicCredentials: (header: string | null) => Credentials
  /** What the client is looked up by, before the rest is read; `basic` is null where the endpoint knows no Basic. */
  readonly clientId: (incoming: Incoming, pairs: Pairs, basic: Credentials | null) => string | null
  readonly credentials: (pairs: Pairs, basic: Credentials) => Credentials
  readonly findClient: (clients: readonly Client[], id: string) => Client | undefined
  readonly secretMatches: (client: Client, secret: string) => boolean
  readonly authenticates: (client: Client, grant: string) => boolean
  readonly clientMayUseGrant: (client: Client, grant: string) => boolean
  readonly clientCredentialsAllowed: (client: Client) => boolean

  // The authorization request
  readonly authorizationChecks: readonly AuthorizationCheck[]
  /** What a response type asks for: a code, tokens straight in the redirect (RFC 6749 §4.2), or nothing known. */
  readonly responseType: (type: string) => 'code' | 'token' | null
  readonly redirectUriMatches: (registered: string, given: string) => boolean
  /** What a request without a redirect URI is answered at; null refuses it. */
  readonly defaultRedirectUri: (registered: readonly string[]) => string | null
  /** Where a refused redirect URI is answered to; null answers on the server itself. */
  readonly unregisteredRedirect: (given: string | null) => string | null
  readonly challengeRequired: (client: Client) => boolean
  readonly challengeMethod: (method: string | null) => ChallengeMethod | null
  readonly challengeWellFormed: (challenge: string) => boolean
  readonly findScope: (scopes: readonly Scope[], name: string) => string | null
  readonly unknownScope: (name: string) => 'refuse' | 'drop' | 'keep'
  /** The scopes of a request that names none; null refuses it. */
  readonly defaultScopes: (client: Client, known: readonly Scope[]) => readonly string[] | null
  readonly scopeForGrant: (scope: Scope, grant: string) => boolean
  readonly authorizationIssuer: (origin: string) => string | null

  // Login and consent
  readonly loginRequired: boolean
  readonly passwordMatches: (account: Account, password: string) => boolean
  readonly loginAllowed: (state: State, account: Account) => boolean
  readonly floodLimit: number
  /** Of the redirect that follows a good login. */
  readonly loginRedirectStatus: number
  readonly sessionCookie: (id: string) => string
  /** The query that the way over the login form brings back. */
  readonly rememberedQuery: (query: Pairs) => Pairs
  readonly formTokenMatches: (session: BrowserSession, given: string | null, state: State) => boolean
  readonly mayGrantCodes: (permissions: ReadonlySet<string>) => boolean
  readonly rememberedApproval: (client: Client, approved: ReadonlySet<string>, scopes: readonly string[]) => boolean
  /** What a remembered approval is found by. */
  readonly approvalKey: (account: Account, client: Client) => string
  readonly rememberDenial: boolean
  readonly automaticApproval: (client: Client) => boolean
  /** What pressing a button means; null shows the form again. */
  readonly decision: (op: string | null, allow: string, deny: string) => 'allow' | 'deny' | null
  readonly codeForDenial: boolean
  /** The client's name as the HTML of the consent page. */
  readonly consentLabel: (label: string) => string
  /** The scopes that the consent page names. */
  readonly consentScopes: (asked: readonly string[]) => readonly string[]
  /** Headers of the consent page. */
  readonly consentHeaders: Answer['headers']
  readonly promptHonoured: boolean
  readonly redirectStatus: number
  readonly responseState: (state: string) => string | null
  /** Of every answer, the forms above all. */
  readonly securityHeaders: Answer['headers']

  // The authorization code
  /** The code, made of a secret value. */
  readonly codeValue: (secret: string, challenge: string | null) => string
  readonly codeLifetime: (client: Client) => number
  readonly codeChecks: readonly CodeCheck[]
  readonly codeIsCurrent: (code: Code, now: number) => boolean
  readonly codeIsFresh: (code: Code) => boolean
  readonly codeBelongsTo: (code: Code, client: Client) => boolean
  readonly codeRedirectUriFailure: (code: Code, given: string | null) => FailureKind | null
  readonly verifierRequired: (code: Code, client: Client) => boolean
  readonly verifierExpected: (code: Code) => boolean
  readonly verifierWellFormed: (verifier: string) => boolean
  /** The method that the verifier is compared by. */
  readonly verifierMethod: (code: Code, pairs: Pairs) => ChallengeMethod | null
  readonly verifierMatches: (verifier: string, challenge: string, method: ChallengeMethod) => boolean
  readonly codeReplayed: (state: State, code: Code) => void
  /** Marks the code as used; what is awaited here opens the window for a race. */
  readonly consumeCode: (code: Code) => Promise<void>
  /** What a refused exchange does to the code. */
  readonly exchangeFailed: (code: Code) => void
  readonly codeHeldByUser: (state: State, account: Account) => boolean

  // Refresh tokens
  readonly storedRefreshToken: (state: State, value: string) => RefreshToken | undefined
  readonly refreshBelongsTo: (token: RefreshToken, client: Client) => boolean
  readonly refreshIsCurrent: (token: RefreshToken, now: number) => boolean
  readonly refreshIsFresh: (token: RefreshToken) => boolean
  readonly refreshReplayed: (state: State, token: RefreshToken) => void
  readonly refreshHeldByUser: (state: State, account: Account) => boolean
  readonly refreshScopeGranted: (token: RefreshToken, scope: string) => boolean
  /** Scopes of the next refresh token. */
  readonly refreshScopesKept: (token: RefreshToken, asked: readonly string[]) => readonly string[]
  readonly rotateRefreshToken: (token: RefreshToken) => boolean
  /** Marks a rotated refresh token as used; what is awaited here opens the window for a race. */
  readonly consumeRefreshToken: (token: RefreshToken) => Promise<void>
  readonly revokeAfterRefresh: (state: State, token: RefreshToken) => void
  readonly refreshTokenFor: (client: Client, grant: string) => boolean
  readonly refreshLifetime: (client: Client) => number

  // client_credentials
  readonly withinClientScopes: (client: Client, scope: string) => boolean

  // Tokens
  readonly secretValue: (bytes: number) => string
  /** A code or refresh token as it was issued, whatever spelling of it came back. */
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
  /** Whether an id_token goes with the tokens. */
  readonly idTokenDue: (scopes: readonly string[], grant: string) => boolean
  /** The keys an id_token is signed with. */
  readonly idTokenKeys: (state: State) => KeyPair
  readonly idTokenHeader: (keys: KeyPair) => Members
  /** True where a client without a user is given an id_token as well. */
  readonly idTokenWithoutUser: boolean
  readonly jwks: (keys: KeyPair) => { readonly keys: readonly Members[] }
  /** True where the keys are found at `/.well-known/jwks.json` as well. */
  readonly keySetAlias: boolean

  // Resources
  readonly bearerToken: (incoming: Incoming) => string | null
  /** True where a bad bearer token is refused whatever the route. */
  readonly bearerEverywhere: boolean
  /** What is wrong with the signature of a JWT; null where nothing is. */
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
  /** The scopes that the named ones stand for. */
  readonly scopesMeant: (known: readonly Scope[], names: readonly string[]) => readonly Scope[]
  /** What a scope of role granularity gives a user. */
  readonly roleRights: (account: Account | undefined, role: string, accounts: readonly Account[]) => readonly string[]
  readonly mayOpen: (permissions: ReadonlySet<string>, needed: string) => boolean
  readonly bearerRefusal: (failure: Failure, header: string, json: boolean) => Answer
  readonly accessRefusal: (needed: string, authenticated: boolean, json: boolean) => Answer
  /** Headers of what a token opens. */
  readonly resourceHeaders: Answer['headers']
  readonly userinfoAllowed: (scopes: readonly string[]) => boolean
  readonly userinfoClaims: (claims: Members, scopes: readonly string[]) => Members

  // Answers
  readonly oauthError: (failure: Failure) => ErrorAnswer
  readonly errorBody: (error: ErrorAnswer) => Members
  readonly errorStatus: (status: number) => number
  readonly challengeHeaders: (error: ErrorAnswer, headerUsed: boolean) => Answer['headers']
  /** The server's metadata (RFC 8414); null where there is none. */
  readonly metadata: (origin: string) => Members | null
}
