import type { Acting, Common } from './common-step.ts'
import type { Changes, Params, Single, VariantValue } from './values.ts'

/**
 * How a confidential client proves who it is (RFC 6749 §2.3.1); `none` sends only the `client_id`, `both` sends the secret twice.
 * `basic-encoded`: Basic with every character form-encoded, even if unnecessary. `basic-lower-case`: with the scheme written as `basic`.
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

/** A request to introspect a token (RFC 7662 §2.1). */
export interface IntrospectStep<Name extends string = string> extends Acting<Name> {
  readonly do: 'introspect'
  readonly token: Single<Name>
  /** An access token to authenticate with if the server accepts no client authentication: RFC 7662 §2.1 leaves the choice to it. */
  readonly caller: Single<Name>
  /** `wrong`: an invalid secret and an invalid access token. */
  readonly credentials?: 'own' | 'none' | 'wrong' | VariantValue<Name>
}

/** A token by any grant that the client has, or by the one named; ends when the server rejects a request. */
export interface ObtainStep<Name extends string = string> extends Acting<Name> {
  readonly do: 'obtain'
  /** A grant type of RFC 6749, including those that are obsolete. */
  readonly grant?: string | VariantValue<Name>
  /** A scope other than the client's own. */
  readonly scope?: Single<Name>
}

/**
 * Rounds of a race. Whether two requests overlap inside a server is chance: a server that lets both through in only a third of the rounds
 * survives twenty of them less than once in a thousand runs.
 */
export const raceRounds = 20

/** Milliseconds after which no further round begins, so that slow machines still reach a verdict. */
export const raceTime = 40_000

/**
 * The same request several times at once, from the third on with a unique ignored parameter. Repeated until more than one succeeds, at most
 * `raceRounds` times and for `raceTime`, each time with a new code or token if the step that issued it can be repeated.
 */
export interface RaceStep<Name extends string = string> extends Common {
  readonly do: 'race'
  readonly step: ExchangeStep<Name> | RefreshStep<Name>
  readonly times: number
}
