import type { ClientRole, UserRole } from '../../fixtures/roles.ts'
import type { Expectation } from '../judge/expectation.ts'
import type { SiteChange } from '../model/target.ts'
import type { Changes, Params, Single, VariantValue } from './values.ts'

interface Common {
  /** The name later steps refer to: `ref('first.code')`. */
  readonly as?: string
  /** What this step must lead to; without it an earlier step must succeed, and the last one is judged by `then`. */
  readonly expect?: Expectation
}

interface Acting extends Common {
  /** A client other than the case's `given.client`. */
  readonly client?: ClientRole | VariantValue
}

/**
 * How a confidential client proves who it is (RFC 6749 §2.3.1); `none` sends only the `client_id`, `both` sends the secret twice.
 * `basic-encoded`: Basic with every character form-encoded, also those that need not be.
 */
export type ClientAuthentication = 'body' | 'basic' | 'basic-encoded' | 'both' | 'none'

interface AuthorizeOptions extends Acting {
  readonly user?: UserRole
  /** `shared`: the user's one login of this run. `fresh`: log in again during the flow. `none`: stay anonymous. */
  readonly session?: 'shared' | 'fresh' | 'none'
  /** The verifier of this flow; the challenge is computed from it. `null`: a flow without PKCE. */
  readonly verifier?: Single | null
  /** `look` stops at the consent form. */
  readonly decision?: 'allow' | 'deny' | 'look'
  /** Changes to the consent form's fields: `null` leaves one out. */
  readonly form?: Changes
}

export interface AuthorizeStep extends AuthorizeOptions {
  readonly do: 'authorize'
  /** Changes to the authorization request's query. */
  readonly params?: Changes
  /** How the request is sent; `POST` puts its parameters into the body (RFC 6749 §3.1). */
  readonly method?: 'GET' | 'HEAD' | 'POST'
  readonly headers?: { readonly [name: string]: string }
}

export interface CodeGrantStep extends AuthorizeOptions {
  readonly do: 'codeGrant'
  readonly authorize?: Changes
  readonly token?: Changes
  readonly authentication?: ClientAuthentication
}

export interface TokenOptions extends Acting {
  readonly params?: Changes
  readonly authentication?: ClientAuthentication | VariantValue
  /** A secret other than the client's own, wherever the authentication sends it. */
  readonly secret?: Single
  /** `query`: the parameters in the URL, which RFC 6749 §2.3.1 forbids for credentials. */
  readonly placement?: 'body' | 'query'
  /** A method other than POST. */
  readonly method?: Single
  /** A media type other than a form's, with the parameters encoded in it; `null` sends a form without a Content-Type header. */
  readonly mediaType?: Single | null
  /** Further headers; `null` leaves one out. */
  readonly headers?: Params
  /** A body instead of the parameters, sent verbatim. */
  readonly body?: Single
}

export interface ExchangeStep extends TokenOptions {
  readonly do: 'exchange'
  /** The authorize step whose code is exchanged. */
  readonly of: string
}

export interface RefreshStep extends TokenOptions {
  readonly do: 'refresh'
  readonly of: string
}

export interface ClientCredentialsStep extends TokenOptions {
  readonly do: 'clientCredentials'
}

/** A token by whatever grant the client has, or by the one named; ends where the server rejects a request. */
export interface ObtainStep extends Acting {
  readonly do: 'obtain'
  /** One of RFC 6749, also of those that are no longer offered. */
  readonly grant?: string | VariantValue
  /** A scope other than the client's own. */
  readonly scope?: Single
}

/** The same request several times at once. */
export interface RaceStep extends Common {
  readonly do: 'race'
  readonly step: ExchangeStep | RefreshStep
  readonly times: number
}

/** One attempt to log in, in a session of its own. */
export interface LoginStep extends Common {
  readonly do: 'login'
  readonly user?: UserRole
  /** A password other than the user's own. */
  readonly password?: string
}

export interface ResourceStep extends Common {
  readonly do: 'resource'
  /** The bearer token; `null` sends none. */
  readonly token: Single | null
  /** `query`: the way RFC 6750 §2.3 describes and RFC 9700 §4.3.2 forbids; `body`: a form by POST (RFC 6750 §2.2). */
  readonly placement?: 'header' | 'query' | 'body'
  /** A second token in the query, which RFC 6750 §2 forbids alongside another. */
  readonly inQuery?: Single
  /** Instead of `Bearer`. */
  readonly scheme?: Single
  /** The UserInfo endpoint instead of the resource (OpenID Connect Core §5.3). */
  readonly at?: 'userinfo'
}

export interface JwksStep extends Common {
  readonly do: 'jwks'
}

/** A document that the server publishes at a well-known address. */
export interface DocumentStep extends Common {
  readonly do: 'document'
  /** Below the base URL. */
  readonly path: Single
}

export interface WaitStep extends Common {
  readonly do: 'wait'
  /** Of which step's code or tokens. */
  readonly of: string
  /** A lifetime of the client, or seconds since that step. */
  readonly for: 'code-expiry' | 'access-token-expiry' | 'refresh-token-expiry' | number | VariantValue
}

/** A change to an entity no other case uses, or (`site`) to the whole site, alone in the last phase. */
export interface ChangeSiteStep extends Common {
  readonly do: 'changeSite'
  readonly change: SiteChange
}

export type Step =
  | AuthorizeStep
  | CodeGrantStep
  | ExchangeStep
  | RefreshStep
  | ClientCredentialsStep
  | ObtainStep
  | RaceStep
  | LoginStep
  | ResourceStep
  | JwksStep
  | DocumentStep
  | WaitStep
  | ChangeSiteStep

type Options<S> = Omit<S, 'do'>

/** The authorization request, login and consent; ends with the client's redirect or a page. */
export const authorize = (options: Options<AuthorizeStep> = {}): AuthorizeStep => ({ do: 'authorize', ...options })
/** The whole authorization code grant: authorize, then the exchange of the code. Judged by the exchange. */
export const codeGrant = (options: Options<CodeGrantStep> = {}): CodeGrantStep => ({ do: 'codeGrant', ...options })
/** The exchange of an earlier step's code. */
export const exchange = (of: string, options: Omit<Options<ExchangeStep>, 'of'> = {}): ExchangeStep => ({
  do: 'exchange',
  of,
  ...options,
})
/** The refresh grant with an earlier step's refresh token. */
export const refresh = (of: string, options: Omit<Options<RefreshStep>, 'of'> = {}): RefreshStep => ({
  do: 'refresh',
  of,
  ...options,
})
export const clientCredentials = (options: Options<ClientCredentialsStep> = {}): ClientCredentialsStep => ({
  do: 'clientCredentials',
  ...options,
})
export const obtain = (options: Options<ObtainStep> = {}): ObtainStep => ({ do: 'obtain', ...options })
/** The step, `times` at once: `race.successes` counts the token responses. */
export const race = (step: ExchangeStep | RefreshStep, times: number, options: Options<Common> = {}): RaceStep => ({
  do: 'race',
  step,
  times,
  ...options,
})
export const login = (options: Options<LoginStep> = {}): LoginStep => ({ do: 'login', ...options })
/** A request to the protected resource with a bearer token. */
export const resource = (token: Single | null, options: Omit<Options<ResourceStep>, 'token'> = {}): ResourceStep => ({
  do: 'resource',
  token,
  ...options,
})
export const jwks = (options: Options<JwksStep> = {}): JwksStep => ({ do: 'jwks', ...options })
/** A GET of a document the server publishes: `/.well-known/oauth-authorization-server`. */
export const document = (path: Single, options: Omit<Options<DocumentStep>, 'path'> = {}): DocumentStep => ({
  do: 'document',
  path,
  ...options,
})
/** Waits until a code or token of an earlier step has expired; other cases run meanwhile. */
export const wait = (what: Extract<WaitStep['for'], string>, of: string): WaitStep => ({ do: 'wait', for: what, of })
/** Waits until so many seconds have passed since an earlier step. */
export const waitSeconds = (seconds: number | VariantValue, of: string): WaitStep => ({ do: 'wait', for: seconds, of })
/** Changes a user or client that no other case uses. */
export const entity = (change: Extract<SiteChange, { user: UserRole }>): ChangeSiteStep => ({
  do: 'changeSite',
  change,
})
/** Changes the site as a whole: such cases run alone, after all others. */
export const site = (op: Exclude<SiteChange['op'], `user.${string}`>): ChangeSiteStep => ({
  do: 'changeSite',
  change: { op },
})
