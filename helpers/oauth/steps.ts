import type { ClientRole, UserRole } from '../../fixtures/roles.ts'
import type { Expectation } from '../judge/expectation.ts'
import type { SiteChange } from '../model/target.ts'
import type { Json } from '../model/verdict.ts'
import type { Changes, Params, Single, VariantValue } from './values.ts'

/** What every step may say. */
export interface Common {
  /** The name later steps refer to: `ref('first.code')`. */
  readonly as?: string
  /** What this step must lead to; without it an earlier step must succeed, and the last one is judged by `then`. */
  readonly expect?: Expectation
}

interface Acting<Name extends string = string> extends Common {
  /** Another client than the case's own. */
  readonly client?: ClientRole | VariantValue<Name>
}

/**
 * How a confidential client proves who it is (RFC 6749 §2.3.1); `none` sends only the `client_id`, `both` sends the secret twice.
 * `basic-encoded`: Basic with every character form-encoded, also those that need not be.
 */
export type ClientAuthentication = 'body' | 'basic' | 'basic-encoded' | 'both' | 'none'

interface AuthorizeOptions<Name extends string = string> extends Acting<Name> {
  /** Instead of a client of the site: the one that an earlier step registered. */
  readonly registered?: string
  readonly user?: UserRole
  /**
   * `shared`: the user's one login of this run. `fresh`: log in again during the flow. `none`: stay anonymous. `kept`: the browser
   * session that the user had before the upgrade.
   */
  readonly session?: 'shared' | 'fresh' | 'none' | 'kept'
  /** Instead of a session: the browser of an earlier step that left a consent page open. */
  readonly browserOf?: string
  /** The verifier of this flow; the challenge is computed from it. `null`: a flow without PKCE. */
  readonly verifier?: Single<Name> | null
  /** A password other than the user's own, where the flow logs in (`session: 'fresh'`). After its failure the authorization request is sent again. */
  readonly password?: string
  /** `stop` ends at a login form that is served although the user is logged in, as `prompt=login` asks for. */
  readonly loginAgain?: 'stop'
  /** `stop` ends at the consent form without a decision. */
  readonly decision?: 'allow' | 'deny' | 'stop'
  /** Changes to the consent form's fields: `null` leaves one out. */
  readonly form?: Changes<Name>
}

export interface AuthorizeStep<Name extends string = string> extends AuthorizeOptions<Name> {
  readonly do: 'authorize'
  /** Changes to the authorization request's query. */
  readonly params?: Changes<Name>
  /** How the request is sent; `POST` puts its parameters into the body (RFC 6749 §3.1). */
  readonly method?: 'GET' | 'HEAD' | 'POST'
  /** Further headers; `null` leaves one out. */
  readonly headers?: Params<Name>
}

/** The decision on a consent form that an earlier authorization request left open (`decision: 'stop'`), in its browser session. */
export interface DecideStep extends Common {
  readonly do: 'decide'
  /** The step that left the form open. */
  readonly of: string
  readonly decision?: 'allow' | 'deny'
  /** `then` sends the cookies that the browser had when the form was served, whatever happened to them since. */
  readonly cookies?: 'now' | 'then' | VariantValue
}

/** The end of the browser session of an earlier authorization request, by the site's own log-out. */
export interface LogOutStep extends Common {
  readonly do: 'logOut'
  readonly of: string
}

export interface CodeGrantStep<Name extends string = string> extends AuthorizeOptions<Name> {
  readonly do: 'codeGrant'
  readonly authorize?: Changes<Name>
  readonly token?: Changes<Name>
  readonly authentication?: ClientAuthentication
}

export interface TokenOptions<Name extends string = string> extends Acting<Name> {
  readonly params?: Changes<Name>
  readonly authentication?: ClientAuthentication | VariantValue<Name>
  /** A secret other than the client's own, wherever the authentication sends it. */
  readonly secret?: Single<Name>
  /** `query`: the parameters in the URL, which RFC 6749 §2.3.1 forbids for credentials. */
  readonly placement?: 'body' | 'query'
  /** Parameters in the URL alone; all others stay in the body. */
  readonly query?: Changes<Name>
  /** A method other than POST. */
  readonly method?: Single<Name>
  /** A media type other than a form's, with the parameters encoded in it; `null` sends a form without a Content-Type header. */
  readonly mediaType?: Single<Name> | null
  /** Further headers; `null` leaves one out. */
  readonly headers?: Params<Name>
  /** A body instead of the parameters, sent verbatim. */
  readonly body?: Single<Name>
}

export interface ExchangeStep<Name extends string = string> extends TokenOptions<Name> {
  readonly do: 'exchange'
  /** The authorize step whose code is exchanged. */
  readonly of: string
}

export interface RefreshStep<Name extends string = string> extends TokenOptions<Name> {
  readonly do: 'refresh'
  readonly of: string
}

export interface ClientCredentialsStep<Name extends string = string> extends TokenOptions<Name> {
  readonly do: 'clientCredentials'
}

/** A request to revoke a token (RFC 7009 §2.1). */
export interface RevokeStep<Name extends string = string> extends TokenOptions<Name> {
  readonly do: 'revoke'
  readonly token: Single<Name>
  /** `token_type_hint`; null, the default, sends none. */
  readonly hint?: Single<Name> | null
}

/** A question whether a token is active (RFC 7662 §2.1). */
export interface IntrospectStep<Name extends string = string> extends Acting<Name> {
  readonly do: 'introspect'
  readonly token: Single<Name>
  /** An access token to ask with where the server takes no client authentication: RFC 7662 §2.1 leaves the choice to it. */
  readonly caller: Single<Name>
  /** `wrong`: a secret and an access token that are none. */
  readonly credentials?: 'own' | 'none' | 'wrong' | VariantValue<Name>
}

/** A device authorization request (RFC 8628 §3.1). */
export interface DeviceAuthorizationStep<Name extends string = string> extends TokenOptions<Name> {
  readonly do: 'deviceAuthorization'
}

/** The user who opens the verification page, types the code that the device shows, and decides (RFC 8628 §3.3). */
export interface VerifyUserCodeStep extends Common {
  readonly do: 'verifyUserCode'
  readonly of: string
  readonly user?: UserRole
  /** `none`: a browser in which nobody is logged in. */
  readonly session?: 'shared' | 'none'
  readonly decision?: 'allow' | 'deny'
}

/** A token request with the device code (RFC 8628 §3.4). */
export interface PollStep<Name extends string = string> extends TokenOptions<Name> {
  readonly do: 'poll'
  readonly of: string
  /** `decided`: again after each interval while the server says that the user has yet to decide, at most `mostPolls` times. */
  readonly until?: 'decided'
}

/** A server that never comes to a decision must not keep a run from its end. */
export const mostPolls = 3

/** The registration of a client by itself (RFC 7591 §3.1). What was registered is deleted after the check where the server allows that. */
export interface RegisterStep<Name extends string = string> extends Common {
  readonly do: 'register'
  /** Changes to the metadata of a public client that is as the client of the case; `null` leaves one out. */
  readonly metadata?:
    Readonly<Record<string, Json | Single<Name> | readonly (string | VariantValue<Name>)[]>> | VariantValue<Name>
  /** A body instead of the metadata, sent verbatim. */
  readonly body?: Single<Name>
}

/** A request to the address of a registration (RFC 7592 §2). */
export interface ManageRegistrationStep<Name extends string = string> extends Common {
  readonly do: 'manageRegistration'
  readonly of: string
  readonly method?: Single<Name>
  /** Instead of the token of the registration; `null` sends none. */
  readonly token?: Single<Name> | null
}

/** A token by whatever grant the client has, or by the one named; ends where the server rejects a request. */
export interface ObtainStep<Name extends string = string> extends Acting<Name> {
  readonly do: 'obtain'
  /** One of RFC 6749, also of those that are no longer offered. */
  readonly grant?: string | VariantValue<Name>
  /** A scope other than the client's own. */
  readonly scope?: Single<Name>
}

/**
 * Rounds of a race. Whether two requests meet inside a server is a matter of chance: one that lets both through in only a third of the
 * rounds passes twenty of them less than once in a thousand runs.
 */
export const raceRounds = 20

/** No further round begins after this time, in milliseconds: on a machine that slow, a verdict has to come first. */
export const raceTime = 40_000

/**
 * The same request several times at once: from the third on with an ignored parameter of its own. Until more than one has succeeded, and
 * at most `raceRounds` times and for `raceTime`, each time for another code or token where the step that gave the first can be repeated.
 */
export interface RaceStep<Name extends string = string> extends Common {
  readonly do: 'race'
  readonly step: ExchangeStep<Name> | RefreshStep<Name>
  readonly times: number
}

/** One attempt to log in, in a session of its own. */
export interface LoginStep extends Common {
  readonly do: 'login'
  readonly user?: UserRole
  /** A password other than the user's own. */
  readonly password?: string
}

export interface ResourceStep<Name extends string = string> extends Common {
  readonly do: 'resource'
  /** The bearer token; `null` sends none. */
  readonly token: Single<Name> | null
  /** `query`: the way RFC 6750 §2.3 describes and RFC 9700 §4.3.2 forbids; `body`: a form by POST (RFC 6750 §2.2). */
  readonly placement?: 'header' | 'query' | 'body'
  /** A second token in the query, which RFC 6750 §2 forbids alongside another. */
  readonly inQuery?: Single<Name>
  /** Instead of `Bearer`. */
  readonly scheme?: Single<Name>
  /** Instead of the resource: the UserInfo endpoint (OpenID Connect Core §5.3), the page that requires the role of a group, or the login page, which is public. */
  readonly at?: 'userinfo' | 'rolePage' | 'login'
  /** Instead of the resource: a path of the site, below the base URL. */
  readonly path?: Single<Name>
  /** A method other than GET. One that may change something is sent with an empty JSON object, DELETE with nothing. */
  readonly method?: Single<Name>
  /** Further headers; `null` leaves one out. */
  readonly headers?: Params<Name>
}

/** What a browser asks before a script of another origin may request an endpoint (Fetch, CORS-preflight fetch). */
export interface PreflightStep<Name extends string = string> extends Common {
  readonly do: 'preflight'
  readonly at: 'authorize' | 'token' | 'resource' | 'userinfo' | 'content' | VariantValue<Name>
  readonly origin: Single<Name>
}

/** A request to the JSON:API of the content type that the suite created (JSON:API 1.1). */
export interface JsonApiStep<Name extends string = string> extends Common {
  readonly do: 'jsonapi'
  readonly op: 'read' | 'create' | 'change' | 'delete' | VariantValue<Name>
  /** The bearer token; `null` sends none. */
  readonly token: Single<Name> | null
  /** The step that created what is read, changed or deleted; without it `read` is of the whole collection. */
  readonly of?: string
  /** Further headers; `null` leaves one out. */
  readonly headers?: Params<Name>
}

/** No request: what all answers of the run so far have in common. */
export interface EveryAnswerStep extends Common {
  readonly do: 'everyAnswer'
}

export interface JwksStep extends Common {
  readonly do: 'jwks'
}

/** A document that the server publishes at a well-known address. */
export interface DocumentStep<Name extends string = string> extends Common {
  readonly do: 'document'
  /** Below the base URL. */
  readonly path: Single<Name>
  /** A member that has to be `true` or a string in it: a server that does not advertise it is not tested for it. */
  readonly advertises?: string
  /** Requested where the first path is not found. */
  readonly otherwise?: Single<Name>
}

/** What the site offers, as drush tells; no request. */
export interface OffersStep extends Common {
  readonly do: 'offers'
}

/** Published metadata, whose promises are tried. */
export interface MetadataStep<Name extends string = string> extends Acting<Name> {
  readonly do: 'metadata'
  /** Below the base URL. */
  readonly path: Single<Name>
  /** A member whose values are tried; without it, the addresses are. */
  readonly try?: 'response_types_supported' | 'code_challenge_methods_supported'
}

export interface WaitStep<Name extends string = string> extends Common {
  readonly do: 'wait'
  /** Of which step's code or tokens. */
  readonly of: string
  /** A lifetime of the client, or seconds since that step. */
  readonly for:
    | 'code-expiry'
    | 'access-token-expiry'
    | 'refresh-token-expiry'
    | 'device-code-expiry'
    | 'device-interval'
    | number
    | VariantValue<Name>
}

/** A change to an entity no other case uses, or (`site`) to the whole site, alone in the last phase. */
export interface ChangeSiteStep extends Common {
  readonly do: 'changeSite'
  readonly change: SiteChange
}

/** `Name`: the variant's values that are in it. */
export type Step<Name extends string = string> =
  | AuthorizeStep<Name>
  | DecideStep
  | LogOutStep
  | CodeGrantStep<Name>
  | ExchangeStep<Name>
  | RefreshStep<Name>
  | ClientCredentialsStep<Name>
  | ObtainStep<Name>
  | DeviceAuthorizationStep<Name>
  | VerifyUserCodeStep
  | PollStep<Name>
  | RegisterStep<Name>
  | ManageRegistrationStep<Name>
  | RevokeStep<Name>
  | IntrospectStep<Name>
  | RaceStep<Name>
  | LoginStep
  | ResourceStep<Name>
  | PreflightStep<Name>
  | JsonApiStep<Name>
  | EveryAnswerStep
  | JwksStep
  | DocumentStep<Name>
  | OffersStep
  | MetadataStep<Name>
  | WaitStep<Name>
  | ChangeSiteStep
