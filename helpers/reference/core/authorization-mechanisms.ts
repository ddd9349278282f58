import type { Account, Client, Scope } from './data.ts'
import type { Draft } from './draft.ts'
import type { FailureKind } from './failure.ts'
import type { Answer, Pairs } from './message.ts'
import type { BrowserSession, ChallengeMethod, State } from './state.ts'

/** Who may read an answer in a browser (Fetch, CORS protocol). */
interface CorsAnswer {
  readonly origin: string
  readonly credentials: boolean
}

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

/** What the authorization endpoint decides, with login and consent. */
export interface AuthorizationMechanisms {
  // The authorization request
  readonly authorizationChecks: readonly AuthorizationCheck[]
  /** The meaning of a response type: a code, or a token in the redirect (RFC 6749 §4.2); null if it is unknown. */
  readonly responseType: (type: string) => 'code' | 'token' | null
  /** `index` is that of the registered URI. */
  readonly redirectUriMatches: (registered: string, requested: string, index?: number) => boolean
  /** The redirect URI for a request without one; null rejects the request. */
  readonly defaultRedirectUri: (registered: readonly string[]) => string | null
  /** Where the error for an unregistered redirect URI is sent; null shows it on the server itself. */
  readonly unregisteredRedirect: (given: string | null, pairs: Pairs) => string | null
  readonly challengeRequired: (client: Client, pairs: Pairs) => boolean
  /** The method to check with; null rejects it, `unchecked` accepts any verifier, `ignored` drops the challenge. */
  readonly challengeMethod: (method: string | null) => ChallengeMethod | 'unchecked' | 'ignored' | null
  readonly challengeWellFormed: (challenge: string) => boolean
  readonly findScope: (scopes: readonly Scope[], name: string) => string | null
  readonly unknownScope: (name: string) => 'refuse' | 'drop' | 'keep'
  /** Those of the requested scopes that are checked. */
  readonly checkedScopes: (scopes: readonly string[]) => readonly string[]
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
  /** Whether `prompt=none` gets a code where neither a login nor consent is needed. */
  readonly silentlyIssued: boolean
  readonly redirectStatus: number
  readonly responseState: (state: string) => string | null
  /** Whose scripts may read an answer: the value of Access-Control-Allow-Origin, and whether cookies go with it; null allows nobody. */
  readonly cors: (request: {
    readonly origin: string
    readonly path: string
    readonly clients: readonly Client[]
  }) => CorsAnswer | null
  /** Headers of every response; they matter most for the forms. */
  readonly securityHeaders: Answer['headers']
}
