import type { GrantType, ScopeRole, UserRole } from '../../fixtures/roles.ts'
import type { consumerActs, SiteChange, UserChange } from '../model/target.ts'
import type { Acting, Common } from './common-step.ts'
import type { DeviceAuthorizationStep, PollStep, VerifyUserCodeStep } from './device-steps.ts'
import type { ManageRegistrationStep, RegisterStep } from './registration-steps.ts'
import type { Changes, Params, Single, VariantValue } from './values.ts'
import type {
  ClientAuthentication,
  ExchangeStep,
  RefreshStep,
  ClientCredentialsStep,
  RevokeStep,
  IntrospectStep,
  ObtainStep,
  RaceStep,
} from './token-steps.ts'

export type { Common } from './common-step.ts'
export { mostPolls, type DeviceAuthorizationStep, type PollStep, type VerifyUserCodeStep } from './device-steps.ts'
export type { ManageRegistrationStep, RegisterStep } from './registration-steps.ts'
export {
  raceRounds,
  raceTime,
  type ClientAuthentication,
  type ClientCredentialsStep,
  type ExchangeStep,
  type IntrospectStep,
  type ObtainStep,
  type RaceStep,
  type RefreshStep,
  type RevokeStep,
  type TokenOptions,
} from './token-steps.ts'

interface AuthorizeOptions<Name extends string = string> extends Acting<Name> {
  /** Instead of a client of the site: the one that an earlier step registered. */
  readonly registered?: string
  readonly user?: UserRole
  /**
   * `shared`: the user's one login of this run. `fresh`: log in again during the flow. `none`: stay anonymous. `kept`: the browser
   * session that the user had before the upgrade. `ended`: the one from before the user was changed or logged out.
   */
  readonly session?: 'shared' | 'fresh' | 'none' | 'kept' | 'ended'
  /** Instead of a session: the browser of an earlier step that left a consent page open. */
  readonly browserOf?: string
  /** The verifier of this flow; the challenge is computed from it. `null`: a flow without PKCE. */
  readonly verifier?: Single<Name> | null
  /** A password other than the user's own, where the flow logs in (`session: 'fresh'`). After its failure the authorization request is sent again. */
  readonly password?: string
  /** `stop` ends at a login form that is served although the user is logged in, as `prompt=login` requests. */
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
  /** Adds a query that the server ignores, the same throughout the check, so that no cache has seen the address before. */
  readonly ownAddress?: true
  /** Also sends the cookie of this user's browser session. */
  readonly cookieOf?: UserRole
  /** If the server issued no such token, its refusal is judged instead: then there is nothing to open the resource with. */
  readonly ifIssued?: true
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
  /** The step that created the content to read, change or delete; without it, `read` reads the whole collection. */
  readonly of?: string
  /** Further headers; `null` leaves one out. */
  readonly headers?: Params<Name>
}

/** Sends no request: facts about all answers of the run so far. */
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
  /** A member that must be `true` or a string; if the server does not advertise it, the check is skipped. */
  readonly advertises?: string
  /** Requested if the first path is not found. */
  readonly otherwise?: Single<Name>
}

/** What the site offers according to drush; sends no request. */
export interface OffersStep extends Common {
  readonly do: 'offers'
}

/** Reads published metadata and tries what it advertises. */
export interface MetadataStep<Name extends string = string> extends Acting<Name> {
  readonly do: 'metadata'
  /** Below the base URL. */
  readonly path: Single<Name>
  /** A member whose values are tried; by default, addresses are. */
  readonly try?: 'response_types_supported' | 'code_challenge_methods_supported'
}

export interface WaitStep<Name extends string = string> extends Common {
  readonly do: 'wait'
  /** The step whose code or tokens expire. */
  readonly of: string
  /** One of the client's lifetimes, or seconds since that step. */
  readonly for:
    | 'code-expiry'
    | 'access-token-expiry'
    | 'refresh-token-expiry'
    | 'device-code-expiry'
    | 'device-interval'
    | number
    | VariantValue<Name>
}

/** A change of one of the suite's users; `logOut` ends the user's one session of this run with the site's form. */
export interface ChangeUserStep<Name extends string = string> extends Common {
  readonly do: 'changeUser'
  readonly change: UserChange | 'logOut' | VariantValue<Name>
  readonly user?: UserRole
}

/** Settings of a consumer that are replaced, as `ReplacedSettings`, with scopes by their roles. */
interface NewSettings {
  readonly pkce?: boolean
  readonly grantTypes?: readonly GrantType[]
  readonly redirectUris?: readonly string[]
  readonly scopes?: readonly ScopeRole[]
}

/** A change of one of the suite's consumers; if the step has a name, `secret` stores the new secret as `client_secret`. */
export interface ChangeConsumerStep<Name extends string = string> extends Acting<Name> {
  readonly do: 'changeConsumer'
  readonly change: (typeof consumerActs)[number] | NewSettings | VariantValue<Name>
}

/** A change of the whole site, made alone in the last phase. */
export interface ChangeSiteStep extends Common {
  readonly do: 'changeSite'
  readonly change: SiteChange
}

/** `Name`: names of variant values used in it. */
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
  | ChangeUserStep<Name>
  | ChangeConsumerStep<Name>
  | ChangeSiteStep
