import type { OptionalEndpoint } from '../../fixtures/endpoints.ts'
import type { GrantType, UserRole } from '../../fixtures/roles.ts'
import type { ConsumerName } from './target.ts'

/** What the owner of a site guarantees for a consumer. Whatever is left out is not guaranteed. */
export interface Guarantees {
  /** No code without a challenge (RFC 7636 §4.4.1). */
  readonly pkce?: 'required'
  /** Exactly these methods of a challenge (RFC 7636 §4.2). */
  readonly challengeMethods?: readonly ChallengeMethod[]
  /** Lifetime of an access token, in seconds: at most this, or from `min` to `max`. */
  readonly accessTokenLifetime?: number | { readonly min?: number; readonly max?: number }
  /** Maximum lifetime of a code, in seconds. */
  readonly codeLifetime?: number
  /** Exactly these grants. */
  readonly grants?: readonly GrantType[]
  /** Exactly these scopes, by name: each is granted, and no other scope of the site. */
  readonly scopes?: readonly string[]
  /** The claim iss of its access tokens, and the issuer of published metadata; `{baseUrl}` stands for the address of the site. */
  readonly issuer?: string
  /** Thumbprints (RFC 7638, SHA-256) of the published keys: these and no others. */
  readonly keyThumbprint?: string | readonly string[]
  /** Origins whose pages may read answers (CORS): these and no others. */
  readonly browserOrigins?: readonly string[]
  /** Grants that consumers of the site have: these and no others, whoever has them. */
  readonly grantsOffered?: readonly string[]
  /** Optional endpoints of the site: these and no others. */
  readonly endpoints?: readonly OptionalEndpoint[]
  /** Requests that a token with only this scope opens: "METHOD /path", by the scope. */
  readonly opens?: PromisedRequests
  /** Requests that a token with only this scope does not open. */
  readonly staysClosed?: PromisedRequests
  /** Minimum size of the site's RSA keys, in bits. */
  readonly keySize?: number
  /** Names of the claims of its access tokens: these and no others; none of these. */
  readonly claims?: { readonly exactly?: readonly string[]; readonly never?: readonly string[] }
}

/** "GET /jsonapi/node/page" by the name of a scope, or of several with spaces between them. */
export type PromisedRequests = Readonly<Record<string, readonly string[]>>

export type ChallengeMethod = 'S256' | 'plain'

/** A consumer and its guarantees. */
export interface ConsumerPolicy {
  readonly client: ConsumerName
  /** For people: the client_id. */
  readonly name: string
  /** Who consents; not used with client_credentials. */
  readonly user: UserRole
  readonly guarantees: Guarantees
  /** Scopes that the site has and the guarantee leaves out. */
  readonly otherScopes: readonly string[]
}
