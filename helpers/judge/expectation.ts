import type { ScopeRole, UserRole } from '../../fixtures/roles.ts'
import type { JsonSchema, WireSchema } from '../model/json-schema.ts'
import type { Json } from '../model/verdict.ts'
import type { Source } from '../model/source.ts'

/** Errors of the token endpoint (RFC 6749 §5.2). */
export type TokenError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  // RFC 8628 §3.5
  | 'authorization_pending'
  | 'slow_down'
  | 'access_denied'
  | 'expired_token'

/** Errors of the authorization endpoint (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6). */
export type AuthorizeError =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  // OpenID Connect Core §3.1.2.6
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'invalid_request_object'
  | 'invalid_request_uri'

/** Errors of a protected resource (RFC 6750 §3.1). */
export type BearerError = 'invalid_request' | 'invalid_token' | 'insufficient_scope'

/** Resolved from the row of the variant that runs. */
interface VariantValue {
  readonly $: 'variant'
  readonly name: string
}

/** What a fact must be. Nothing is coerced: "3600" is not 3600. `ref` names a value of an earlier step. */
export type Matcher =
  | { readonly is: 'equal'; readonly to: Json }
  | { readonly is: 'equal-to-ref'; readonly ref: string }
  | { readonly is: 'different-from-ref'; readonly ref: string }
  | { readonly is: 'one-of'; readonly values: readonly Json[] }
  | { readonly is: 'none-of'; readonly values: readonly Json[] }
  | { readonly is: 'within'; readonly values: readonly Json[] }
  | { readonly is: 'type'; readonly type: FactType }
  | { readonly is: 'matching'; readonly pattern: string; readonly meaning: string }
  | { readonly is: 'absent' }
  | { readonly is: 'scopes'; readonly scopes: readonly ScopeRole[] }
  | { readonly is: 'scope-names'; readonly names: string }
  | { readonly is: 'client-lifetime' }
  | { readonly is: 'client-id' }
  | { readonly is: 'client-audience' }
  | { readonly is: 'subject' }
  | { readonly is: 'between'; readonly least: number; readonly most: number }
  | { readonly is: 'schema'; readonly schema: WireSchema | JsonSchema }
  | { readonly is: 'without'; readonly pattern: string; readonly meaning: string }
  | { readonly is: 'concealing'; readonly ref: string }
  | { readonly is: 'concealing-text'; readonly text: string }

export type FactType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
/** The sources of an expectation's findings, if they differ from the contract's. */
interface Sourced {
  readonly source?: Source
}

export type Expectation = Sourced & AnyExpectation
type AnyExpectation =
  | { readonly expect: 'refused'; readonly errors: readonly TokenError[]; readonly note?: string }
  | {
      readonly expect: 'refusedAtAuthorize'
      readonly errors: readonly AuthorizeError[]
      /** `redirect`: the client gets the error (RFC 6749 §4.1.2.1). `page`: nothing may go to the redirect URI. */
      readonly delivery: 'redirect' | 'page'
    }
  | { readonly expect: 'notGranted' }
  | { readonly expect: 'grantNotOffered' }
  | { readonly expect: 'code' }
  | { readonly expect: 'granted' }
  | { readonly expect: 'opened' }
  | { readonly expect: 'denied'; readonly error: BearerError | 'absent' | readonly BearerError[] }
  | { readonly expect: 'notOpened' }
  | { readonly expect: 'permitted' }
  | { readonly expect: 'forbidden' }
  | { readonly expect: 'aboutUser'; readonly user?: UserRole }
  | {
      readonly expect: 'holds'
      readonly facts: { readonly [path: string]: Matcher }
      /** An optional fact of the answer: the expectation is judged only if the fact is present. */
      readonly ifPresent?: string
    }
  | { readonly expect: 'signedBy'; readonly keys: string; readonly token: 'access_token' | 'id_token' }

/** The token endpoint rejects the request: nothing issued and an OAuth error (one finding), with the standard's status and code (a second one, low). */
export const refused = (
  errors: TokenError | readonly TokenError[],
  options: Sourced & { note?: string } = {},
): Expectation => ({
  expect: 'refused',
  errors: typeof errors === 'string' ? [errors] : errors,
  ...options,
})
/** The authorization endpoint rejects the request and redirects the error to the client, with the exact state (RFC 6749 §4.1.2.1). */
export const refusedByRedirect = (
  errors: AuthorizeError | readonly AuthorizeError[],
  options: Sourced = {},
): Expectation => ({
  expect: 'refusedAtAuthorize',
  errors: typeof errors === 'string' ? [errors] : errors,
  delivery: 'redirect',
  ...options,
})
/** The authorization endpoint rejects the request with a page and sends nothing to any client (RFC 6749 §4.1.2.1, first paragraph). */
export const refusedWithPage = (options: Sourced = {}): Expectation => ({
  expect: 'refusedAtAuthorize',
  errors: [],
  delivery: 'page',
  ...options,
})
/** The authorization endpoint issues no code and no token, whatever page is served. */
export const notGranted = (options: Sourced = {}): Expectation => ({ expect: 'notGranted', ...options })
/**
 * The client cannot use the grant: nothing issued, and the error for that. Any other error may come from a supported grant that found
 * something else wrong (RFC 6749 §5.2; at the authorization endpoint §4.1.2.1).
 */
export const grantNotOffered = (options: Sourced = {}): Expectation => ({ expect: 'grantNotOffered', ...options })
/** The client's redirect URI receives a code and the exact state (RFC 6749 §4.1.2). */
export const codeIssued = (options: Sourced = {}): Expectation => ({ expect: 'code', ...options })
/** A token response (RFC 6749 §5.1). */
export const granted = (options: Sourced = {}): Expectation => ({ expect: 'granted', ...options })
/** The protected resource accepts the token and answers with success (RFC 6749 §7). */
export const opened = (options: Sourced = {}): Expectation => ({ expect: 'opened', ...options })
/** The resource is not served, with the challenge of RFC 6750 §3; `absent` where no token was sent (§3.1); of a list, any error. */
export const denied = (error: BearerError | 'absent' | readonly BearerError[], options: Sourced = {}): Expectation => ({
  expect: 'denied',
  error,
  ...options,
})
/** The resource is not served, whatever the response says. */
export const notOpened = (options: Sourced = {}): Expectation => ({ expect: 'notOpened', ...options })
/**
 * A request with a token is not refused for lack of permission: reading succeeds (2xx); writing, with an empty body, succeeds or is
 * rejected for its body (400, 409, 422).
 */
export const permitted = (options: Sourced = {}): Expectation => ({ expect: 'permitted', ...options })
/** A request with a token is refused for lack of permission (403, RFC 6750 §3.1); if the path does not exist, nothing is proven. */
export const forbidden = (options: Sourced = {}): Expectation => ({ expect: 'forbidden', ...options })
/** UserInfo either rejects the token or returns claims of one user (the case's, if none is named) and of no other (OpenID Connect Core §5.3.2). */
export const aboutUser = (user?: UserRole, options: Sourced = {}): Expectation => ({
  expect: 'aboutUser',
  ...(user === undefined ? {} : { user }),
  ...options,
})
/**
 * Facts of the last answer: `status`, `header.cache-control`, `json.expires_in`, `callback.state`, `access_token.claims.exp`, … With
 * `ifPresent`, they are judged only if the answer has that optional fact (`true`: the first of the facts itself); if nothing else is
 * judged, the check is skipped.
 */
export const holds = (
  facts: { readonly [path: string]: Matcher },
  { ifPresent, ...options }: Sourced & { ifPresent?: string | true } = {},
): Expectation => ({
  expect: 'holds',
  facts,
  ...(ifPresent === undefined ? {} : { ifPresent: ifPresent === true ? (Object.keys(facts)[0] ?? '') : ifPresent }),
  ...options,
})
/** The token's signature verifies with the keys of an earlier `jwks` step (RFC 7515 §5.2). */
export const signedBy = (keys: string, token: 'access_token' | 'id_token' = 'access_token'): Expectation => ({
  expect: 'signedBy',
  keys,
  token,
})

/** Exactly this value, or the variant's; `{baseUrl}` in a string stands for the address of the site. */
export const equals = (to: Json | VariantValue): Matcher => ({ is: 'equal', to: to as Json })
/** The same string or claim as a value of an earlier step; the value itself is never shown. */
export const sameAs = (of: string): Matcher => ({ is: 'equal-to-ref', ref: of })
/** A non-empty string other than that value of an earlier step; neither is shown. */
export const differsFrom = (of: string): Matcher => ({ is: 'different-from-ref', ref: of })
/** One of these values; nothing is coerced, and `{baseUrl}` stands for the address of the site, `{httpsBaseUrl}` for the same with https. */
export const oneOf = (...values: readonly (Json | VariantValue)[]): Matcher => ({
  is: 'one-of',
  values: values as readonly Json[],
})
/** Absent, or a value other than these. */
export const noneOf = (...values: readonly (Json | VariantValue)[]): Matcher => ({
  is: 'none-of',
  values: values as readonly Json[],
})
/** An array of nothing but these values. */
export const within = (values: readonly Json[] | VariantValue): Matcher => ({
  is: 'within',
  values: values as readonly Json[],
})
/** A value of this JSON type; an `integer` is a `number`, too. */
export const isA = (type: FactType): Matcher => ({ is: 'type', type })
/** A string that matches a regular expression; `meaning` is what messages call it. */
export const matching = (pattern: string, meaning: string): Matcher => ({ is: 'matching', pattern, meaning })
/** Absent from the answer; `null` is not absent. */
export const absent = (): Matcher => ({ is: 'absent' })
/** A space-separated string or an array that holds these scopes, in any order, and no others. */
export const exactScopes = (...scopes: readonly ScopeRole[]): Matcher => ({ is: 'scopes', scopes })
/** The client's configured lifetime of access tokens in seconds, ±1. */
export const configuredLifetime = (): Matcher => ({ is: 'client-lifetime' })
/** The client_id of the client that acted. */
export const clientId = (): Matcher => ({ is: 'client-id' })
/** An audience with the client_id of the client that acted: that string, or an array that contains it (OpenID Connect Core §2). */
export const audienceOfClient = (): Matcher => ({ is: 'client-audience' })
/**
 * A subject identifier of the user who consented: the Drupal ID as a string, or any other string that is not a Drupal ID, such as a UUID
 * (RFC 7519 §4.1.2 leaves the choice to the issuer).
 */
export const subject = (): Matcher => ({ is: 'subject' })
/** A number from `least` to `most`, both included. */
export const between = (least: number | VariantValue, most: number | VariantValue): Matcher => ({
  is: 'between',
  least: least as number,
  most: most as number,
})
/** As `exactScopes`, by the names on the wire with spaces between them. */
export const scopeNames = (names: string | VariantValue): Matcher => ({ is: 'scope-names', names: names as string })
/** Valid against one of the suite's schemas, or a JSON Schema of the case's own; a malformed one is refused with the case. */
export const ofSchema = (schema: WireSchema | JsonSchema | VariantValue): Matcher => ({
  is: 'schema',
  schema: schema as WireSchema | JsonSchema,
})

/** A fact whose JSON text the pattern does not match. */
export const without = (pattern: string, meaning: string): Matcher => ({ is: 'without', pattern, meaning })
/** A string that does not reveal the value of an earlier step: neither as it is nor in hex, Base64 or a JWT. */
export const concealing = (of: string): Matcher => ({ is: 'concealing', ref: of })
/** A value without this secret, which the request sent: neither as it is nor in hex, Base64 or a JWT. */
export const withoutSecret = (text: string): Matcher => ({ is: 'concealing-text', text })
