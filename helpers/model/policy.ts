import type { GrantType, UserRole } from '../../fixtures/roles.ts'
import type { ConsumerName } from './target.ts'

/** What the owner of a site promises of a consumer. What is left out is not promised. */
export interface Guarantees {
  /** No code without a challenge (RFC 7636 §4.4.1). */
  readonly pkce?: 'required'
  /** Exactly these methods of a challenge (RFC 7636 §4.2). */
  readonly challengeMethods?: readonly ChallengeMethod[]
  /** Seconds an access token is good for, at most. */
  readonly accessTokenLifetime?: number
  /** Seconds a code is good for, at most. */
  readonly codeLifetime?: number
  /** Exactly these grants. */
  readonly grants?: readonly GrantType[]
  /** Exactly these scopes, by name: each is given, and none of the site's other ones. */
  readonly scopes?: readonly string[]
  /** The claim iss of its access tokens; `{baseUrl}` stands for the address of the site. */
  readonly issuer?: string
  /** Bits of the site's smallest RSA key, at least. */
  readonly keySize?: number
  /** Names of the claims of its access tokens: these and no others; none of these. */
  readonly claims?: { readonly exactly?: readonly string[]; readonly never?: readonly string[] }
}

export type ChallengeMethod = 'S256' | 'plain'

/** A consumer and what is promised of it. */
export interface ConsumerPolicy {
  readonly client: ConsumerName
  /** For people: the client_id. */
  readonly name: string
  /** Who allows; of no use to client_credentials. */
  readonly user: UserRole
  readonly guarantees: Guarantees
  /** Scopes that the site has and the promise leaves out. */
  readonly otherScopes: readonly string[]
}
