import type { EntityChange, SiteChange } from '../model/target.ts'
import type {
  AuthorizeStep,
  ChangeConsumerStep,
  ChangeSiteStep,
  ChangeUserStep,
  ClientCredentialsStep,
  CodeGrantStep,
  Common,
  DecideStep,
  DeviceAuthorizationStep,
  DocumentStep,
  EveryAnswerStep,
  ExchangeStep,
  IntrospectStep,
  JsonApiStep,
  JwksStep,
  LoginStep,
  LogOutStep,
  ManageRegistrationStep,
  MetadataStep,
  ObtainStep,
  OffersStep,
  PollStep,
  PreflightStep,
  RaceStep,
  RefreshStep,
  RegisterStep,
  ResourceStep,
  RevokeStep,
  VerifyUserCodeStep,
  WaitStep,
} from './steps.ts'
import type { Single, VariantValue } from './values.ts'

type Options<S> = Omit<S, 'do'>

/** The authorization request, login and consent; ends with the client's redirect or a page. */
export const authorize = <Name extends string = never>(
  options: Options<AuthorizeStep<Name>> = {},
): AuthorizeStep<Name> => ({ do: 'authorize', ...options })
/** The decision on the consent form that an earlier `authorize({ as, decision: 'stop' })` left open; ends as an authorization request does. */
export const decide = (of: string, options: Omit<Options<DecideStep>, 'of'> = {}): DecideStep => ({
  do: 'decide',
  of,
  ...options,
})
/** Ends the browser session of an earlier authorization request with the log-out of the site. */
export const logOut = (of: string): LogOutStep => ({ do: 'logOut', of })
/** The whole authorization code grant: authorize, then the exchange of the code. Judged by the exchange. */
export const codeGrant = <Name extends string = never>(
  options: Options<CodeGrantStep<Name>> = {},
): CodeGrantStep<Name> => ({ do: 'codeGrant', ...options })
/** The exchange of an earlier step's code. */
export const exchange = <Name extends string = never>(
  of: string,
  options: Omit<Options<ExchangeStep<Name>>, 'of'> = {},
): ExchangeStep<Name> => ({
  do: 'exchange',
  of,
  ...options,
})
/** The refresh grant with an earlier step's refresh token. */
export const refresh = <Name extends string = never>(
  of: string,
  options: Omit<Options<RefreshStep<Name>>, 'of'> = {},
): RefreshStep<Name> => ({
  do: 'refresh',
  of,
  ...options,
})
/** A token request with the client credentials grant (RFC 6749 §4.4.2). */
export const clientCredentials = <Name extends string = never>(
  options: Options<ClientCredentialsStep<Name>> = {},
): ClientCredentialsStep<Name> => ({
  do: 'clientCredentials',
  ...options,
})
/** A token by any grant that the client has, or by the one named; ends when the server refuses. */
export const obtain = <Name extends string = never>(options: Options<ObtainStep<Name>> = {}): ObtainStep<Name> => ({
  do: 'obtain',
  ...options,
})
/** A device authorization request (RFC 8628 §3.1). */
export const deviceAuthorization = <Name extends string = never>(
  options: Options<DeviceAuthorizationStep<Name>> = {},
): DeviceAuthorizationStep<Name> => ({ do: 'deviceAuthorization', ...options })
/**
 * The user types the code of an earlier device authorization request into the verification page, and decides. Ends at the page that
 * follows.
 */
export const verifyUserCode = (
  of: string,
  options: Omit<Options<VerifyUserCodeStep>, 'of'> = {},
): VerifyUserCodeStep => ({
  do: 'verifyUserCode',
  of,
  ...options,
})
/** A token request with the device code of an earlier step (RFC 8628 §3.4). */
export const poll = <Name extends string = never>(
  of: string,
  options: Omit<Options<PollStep<Name>>, 'of'> = {},
): PollStep<Name> => ({ do: 'poll', of, ...options })
/** Dynamic registration of a public client (RFC 7591 §3.1); later authorization requests name it with `registered`. */
export const register = <Name extends string = never>(
  options: Options<RegisterStep<Name>> = {},
): RegisterStep<Name> => ({
  do: 'register',
  ...options,
})
/** A request to the address of an earlier registration, by default GET (RFC 7592 §2). */
export const manageRegistration = <Name extends string = never>(
  of: string,
  options: Omit<Options<ManageRegistrationStep<Name>>, 'of'> = {},
): ManageRegistrationStep<Name> => ({ do: 'manageRegistration', of, ...options })
/** A request to revoke a token, with `token_type_hint` if a `hint` is given (RFC 7009 §2.1). */
export const revoke = <Name extends string = never>(
  token: Single<Name>,
  options: Omit<Options<RevokeStep<Name>>, 'token'> = {},
): RevokeStep<Name> => ({ do: 'revoke', token, ...options })
/**
 * A request to introspect a token, with the client's credentials or, if the server requires it, with a caller's access token (RFC 7662
 * §2.1).
 */
export const introspect = <Name extends string = never>(
  token: Single<Name>,
  options: Omit<Options<IntrospectStep<Name>>, 'token'>,
): IntrospectStep<Name> => ({ do: 'introspect', token, ...options })
/** Runs the step `times` times at once, in several rounds: `race.successes` is the number of token responses in the judged round. */
export const race = <Name extends string = never>(
  step: ExchangeStep<Name> | RefreshStep<Name>,
  times: number,
  options: Common = {},
): RaceStep<Name> => ({
  do: 'race',
  step,
  times,
  ...options,
})
/** One attempt to log in with the site's form, in a separate browser session. `login.accepted` shows whether it succeeded. */
export const login = (options: Options<LoginStep> = {}): LoginStep => ({ do: 'login', ...options })
/** A request to the protected resource with a bearer token. */
export const resource = <Name extends string = never>(
  token: Single<Name> | null,
  options: Omit<Options<ResourceStep<Name>>, 'token'> = {},
): ResourceStep<Name> => ({
  do: 'resource',
  token,
  ...options,
})
/** A CORS preflight: a browser asks whether a script of an origin may request an endpoint; `cors.readers` says who may. */
export const preflight = <Name extends string = never>(
  at: PreflightStep<Name>['at'],
  origin: Single<Name>,
  options: Common = {},
): PreflightStep<Name> => ({ do: 'preflight', at, origin, ...options })
/** A request to the JSON:API of the suite's own content type. */
export const jsonapi = <Name extends string = never>(
  op: JsonApiStep<Name>['op'],
  options: Omit<Options<JsonApiStep<Name>>, 'op'>,
): JsonApiStep<Name> => ({ do: 'jsonapi', op, ...options })
/** Facts about all answers of the run so far: `answers.internals`. Runs last. */
export const everyAnswer = (options: Options<EveryAnswerStep> = {}): EveryAnswerStep => ({
  do: 'everyAnswer',
  ...options,
})
/** A GET of the published key set (RFC 7517 §5); `signedBy` refers to it by name. */
export const jwks = (options: Options<JwksStep> = {}): JwksStep => ({ do: 'jwks', ...options })
/** A GET of a document the server publishes: `/.well-known/oauth-authorization-server`. */
export const document = <Name extends string = never>(
  path: Single<Name>,
  options: Omit<Options<DocumentStep<Name>>, 'path'> = {},
): DocumentStep<Name> => ({
  do: 'document',
  path,
  ...options,
})
/** What the site offers according to its drush command: `offers.grants`, the grants that any consumer has. Sends no request. */
export const offers = (options: Options<OffersStep> = {}): OffersStep => ({ do: 'offers', ...options })
/**
 * Reads the server's metadata (RFC 8414 §3), then tries what it advertises: its addresses, or with `try` the values of one member. An
 * address outside the site is never requested.
 */
export const metadata = <Name extends string = never>(
  path: Single<Name>,
  options: Omit<Options<MetadataStep<Name>>, 'path'> = {},
): MetadataStep<Name> => ({ do: 'metadata', path, ...options })
/** Waits until a code or token of an earlier step has expired; other checks run meanwhile. */
export const wait = (what: Extract<WaitStep['for'], string>, of: string): WaitStep<never> => ({
  do: 'wait',
  for: what,
  of,
})
/** Waits until this many seconds have passed since an earlier step. */
export const waitSeconds = <Name extends string = never>(
  seconds: number | VariantValue<Name>,
  of: string,
): WaitStep<Name> => ({ do: 'wait', for: seconds, of })
/**
 * Changes the case's user, or the one named, whom no other case uses; later flows log in again. Afterwards the user is restored and
 * checked.
 */
export const changeUser = <Name extends string = never>(
  change: ChangeUserStep<Name>['change'],
  options: Omit<Options<ChangeUserStep<Name>>, 'change'> = {},
): ChangeUserStep<Name> => ({ do: 'changeUser', change, ...options })
/** Changes the case's consumer, or the one named, which no other case uses. Afterwards it is restored and checked. */
export const changeConsumer = <Name extends string = never>(
  change: ChangeConsumerStep<Name>['change'],
  options: Omit<Options<ChangeConsumerStep<Name>>, 'change'> = {},
): ChangeConsumerStep<Name> => ({ do: 'changeConsumer', change, ...options })
/**
 * Changes the site as a whole; such cases run alone, after all others. Or runs the module's cron job, which does not affect other cases.
 */
export const site = (
  op: Exclude<SiteChange['op'], EntityChange['op'] | 'address.fetch'>,
  options: Common = {},
): ChangeSiteStep => ({ do: 'changeSite', change: { op }, ...options })
