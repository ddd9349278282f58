import type { ClientRole, ScopeRole } from '../../fixtures/roles.ts'

/** Values that need computing, as data: a case stays printable, hashable and comparable. */

/** A value that an earlier step produced: `first.code`, `first.refresh_token`, `keys.body`. */
export interface Ref {
  readonly $: 'ref'
  readonly of: string
}

/** A value of the current variant: the one named, or the only one (`''`). */
export interface VariantValue<Name extends string = string> {
  readonly $: 'variant'
  readonly name: Name
}

/** A well-formed code verifier that belongs to no challenge. */
export interface AnotherVerifier {
  readonly $: 'anotherVerifier'
}

/** A fresh code verifier of a shape; its challenge is computed from it, so it is wrong in this one way only. */
export interface VerifierShape {
  readonly $: 'verifier'
  readonly length: number
  /** Put into the middle instead of as many characters. */
  readonly containing: string
}

/** An earlier value, damaged: one character changed, truncated, or in another case. */
export interface Tampered {
  readonly $: 'tampered'
  readonly of: string
  readonly at:
    'header' | 'subject' | 'expiry' | 'scope' | 'signature' | 'unsigned' | 'middle' | 'end' | 'cut' | 'case' | 'shorter'
}

/** The claims of an earlier JWT, changed and signed in a way no server may accept. */
export interface SignedWith {
  readonly $: 'signedWith'
  readonly of: string
  readonly key:
    'other-key' | 'embedded-key' | 'key-at-jku' | 'key-at-x5u' | 'none' | 'public-key-as-secret' | 'empty-secret'
  /** Where the JWKS was stored; needed for `public-key-as-secret`. */
  readonly keys: string | null
  readonly header: { readonly [member: string]: string }
}

/** The same parameter several times. */
export interface Repeated<Name extends string = string> {
  readonly $: 'repeated'
  readonly values: readonly Single<Name>[]
}

/** A value made of two parts. */
export interface Joined<Name extends string = string> {
  readonly $: 'joined'
  readonly parts: readonly Single<Name>[]
}

/** The names of scopes, space-separated (RFC 6749 §3.3). */
export interface ScopeNames {
  readonly $: 'scopes'
  readonly roles: readonly ScopeRole[]
}

/** The secret of another client, or part of a client's own. */
export interface ClientSecret {
  readonly $: 'clientSecret'
  readonly client: ClientRole
  readonly cut: boolean
}

/** The origin of the client's first redirect URI. */
export interface ClientOrigin {
  readonly $: 'clientOrigin'
}

/** The base URL of the site. */
export interface SiteUrl {
  readonly $: 'siteUrl'
}

/** `Name`: names of variant values used in it. */
type Computed<Name extends string = string> =
  | Ref
  | VariantValue<Name>
  | AnotherVerifier
  | VerifierShape
  | Tampered
  | SignedWith
  | Joined<Name>
  | ScopeNames
  | ClientSecret
  | ClientOrigin
  | SiteUrl
export type Single<Name extends string = string> = string | Computed<Name>
/** `null` leaves the parameter out; `undefined` is a type error. */
export type Param<Name extends string = string> = Single<Name> | Repeated<Name> | null
export interface Params<Name extends string = string> {
  readonly [name: string]: Param<Name>
}
/** Changes to a request, or the variant's own. */
export type Changes<Name extends string = string> = Params<Name> | VariantValue<Name>

/** The secret of a client by its role; with `cut` without its last four characters. */
export const clientSecret = (client: ClientRole, options: { cut?: boolean } = {}): ClientSecret => ({
  $: 'clientSecret',
  client,
  cut: options.cut ?? false,
})
/**
 * A value that an earlier step produced: `first.code`, `first.refresh_token`, `keys.body`. In an authorization request, `this` is its own
 * flow: `this.code_verifier`, `this.code_challenge`, `this.scope` as the client requests it by default.
 */
export const ref = (of: string): Ref => ({ $: 'ref', of })
/**
 * The value of the current variant: the named column of a table, or the only value. An unknown name is a type error, and `bad-contract`
 * when the file is loaded.
 */
export const variant = <const Name extends string = ''>(name: Name = '' as Name): VariantValue<Name> => ({
  $: 'variant',
  name,
})
/** A well-formed `code_verifier` that belongs to no challenge (RFC 7636 §4.1). */
export const anotherVerifier = (): AnotherVerifier => ({ $: 'anotherVerifier' })
/**
 * A fresh `code_verifier` with this length (default 64) and this string in its middle (RFC 7636 §4.1). The challenge is computed from it,
 * so it is wrong in this one way only.
 */
export const verifier = (shape: { length?: number; containing?: string } = {}): VerifierShape => ({
  $: 'verifier',
  length: shape.length ?? 64,
  containing: shape.containing ?? '',
})
/** A value of an earlier step, changed in one way: one part or claim of a JWT, one character, its second half, its case. */
export const tampered = (of: string, at: Tampered['at']): Tampered => ({ $: 'tampered', of, at })
/** The claims of an earlier JWT, signed in a way that no server may accept (RFC 8725 §3.1). `public-key-as-secret` needs the name of the `jwks` step as `keys`; `key-at-jku` and `key-at-x5u` name a key that the suite serves on loopback. */
export const signedWith = (
  key: SignedWith['key'],
  options: { of: string; keys?: string; header?: { readonly [member: string]: string } },
): SignedWith => ({ $: 'signedWith', key, of: options.of, keys: options.keys ?? null, header: options.header ?? {} })
/** The origin of the client's first redirect URI, which browsers send as the `Origin` of the client's scripts (Fetch, Origin header). */
export const clientOrigin = (): ClientOrigin => ({ $: 'clientOrigin' })
/** The same parameter several times, which RFC 6749 §3.1 and §3.2 forbid. */
export const repeated = <Name extends string = never>(...values: readonly Single<Name>[]): Repeated<Name> => ({
  $: 'repeated',
  values,
})
/** A value made of several parts, one after the other. */
export const joined = <Name extends string = never>(...parts: readonly Single<Name>[]): Joined<Name> => ({
  $: 'joined',
  parts,
})
/** The names of scopes by their roles, separated by spaces (RFC 6749 §3.3). */
export const scopes = (...roles: readonly ScopeRole[]): ScopeNames => ({ $: 'scopes', roles })
/** The base URL of the site, as a resource indicator (RFC 8707 §2). */
export const siteUrl = (): SiteUrl => ({ $: 'siteUrl' })
