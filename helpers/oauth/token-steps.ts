import type { Acting, Common } from './common-step.ts'
import type { Changes, Params, Single, VariantValue } from './values.ts'

/**
 * How a confidential client proves who it is (RFC 6749 §2.3.1); `none` sends only the `client_id`, `both` sends the secret twice.
 * `basic-encoded`: Basic with every character form-encoded, also those that need not be. `basic-lower-case`: with the scheme spelled `basic`.
 */
export type ClientAuthentication = 'body' | 'basic' | 'basic-encoded' | 'basic-lower-case' | 'both' | 'none'

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
