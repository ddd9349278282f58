import type { ClientRole, ScopeRole } from '../../fixtures/roles.ts'

/** Values that need computing, as data: a case stays printable, hashable and comparable. */

/** A value that an earlier step produced: `first.code`, `first.refresh_token`, `keys.body`. */
export interface Ref {
  readonly $: 'ref'
  readonly of: string
}

/** A value from the row of the variant that runs. */
export interface VariantValue {
  readonly $: 'variant'
  readonly name: string
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
  readonly at: 'header' | 'payload' | 'signature' | 'unsigned' | 'middle' | 'end' | 'cut' | 'case'
}

/** The claims of an earlier JWT, changed and signed in a way no server may accept. */
export interface SignedWith {
  readonly $: 'signedWith'
  readonly of: string
  readonly key: 'other-key' | 'embedded-key' | 'none' | 'public-key-as-secret'
  /** Where the JWKS was stored; needed for `public-key-as-secret`. */
  readonly keys: string | null
  readonly header: { readonly [member: string]: string }
}

/** The same parameter several times. */
export interface Repeated {
  readonly $: 'repeated'
  readonly values: readonly Single[]
}

/** A value made of two parts. */
export interface Joined {
  readonly $: 'joined'
  readonly parts: readonly Single[]
}

/** The names of scopes, space-separated (RFC 6749 §3.3). */
export interface ScopeNames {
  readonly $: 'scopes'
  readonly roles: readonly ScopeRole[]
}

/** The secret of another client, or the beginning of a client's own. */
export interface ClientSecret {
  readonly $: 'clientSecret'
  readonly client: ClientRole
  readonly cut: boolean
}

export type Computed =
  Ref | VariantValue | AnotherVerifier | VerifierShape | Tampered | SignedWith | Joined | ScopeNames | ClientSecret
export type Single = string | Computed
/** `null` leaves the parameter out; `undefined` is a type error. */
export type Param = Single | Repeated | null
export interface Params {
  readonly [name: string]: Param
}
/** Changes to a request, or the variant's own. */
export type Changes = Params | VariantValue

export const clientSecret = (client: ClientRole, options: { cut?: boolean } = {}): ClientSecret => ({
  $: 'clientSecret',
  client,
  cut: options.cut ?? false,
})
export const ref = (of: string): Ref => ({ $: 'ref', of })
export const variant = (name: string): VariantValue => ({ $: 'variant', name })
export const anotherVerifier = (): AnotherVerifier => ({ $: 'anotherVerifier' })
export const verifier = (shape: { length?: number; containing?: string } = {}): VerifierShape => ({
  $: 'verifier',
  length: shape.length ?? 64,
  containing: shape.containing ?? '',
})
export const tampered = (of: string, at: Tampered['at']): Tampered => ({ $: 'tampered', of, at })
export const signedWith = (
  key: SignedWith['key'],
  options: { of: string; keys?: string; header?: { readonly [member: string]: string } },
): SignedWith => ({ $: 'signedWith', key, of: options.of, keys: options.keys ?? null, header: options.header ?? {} })
export const repeated = (...values: readonly Single[]): Repeated => ({ $: 'repeated', values })
export const joined = (...parts: readonly Single[]): Joined => ({ $: 'joined', parts })
export const scopes = (...roles: readonly ScopeRole[]): ScopeNames => ({ $: 'scopes', roles })
