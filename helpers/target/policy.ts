import type { GrantType, UserRole } from '../../fixtures/roles.ts'
import type { SiteFile, SitePromise } from './site-file.ts'
import type { ClientInfo, ConsumerName, TargetInfo } from './target.ts'

/** What the owner of a site promises of a consumer. What is left out is not promised. */
export interface Promises {
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
export interface PromisingConsumer {
  readonly client: ConsumerName
  /** For people: the client_id. */
  readonly name: string
  /** Who allows; of no use to client_credentials. */
  readonly user: UserRole
  readonly promises: Promises
  /** Scopes that the site has and the promise leaves out. */
  readonly otherScopes: readonly string[]
}

const nameOf = ({ consumer }: SitePromise): ConsumerName & `consumer ${string}` => `consumer ${consumer}`

/** The consumers of a site file of which something is promised. */
export function policyOf({ policy = [], scopes = {} }: SiteFile): PromisingConsumer[] {
  const known = [...new Set([...Object.values(scopes), ...policy.flatMap(({ promises }) => promises.scopes ?? [])])]
  return policy.map((one) => ({
    client: nameOf(one),
    name: one.consumer,
    user: one.user ?? 'editor',
    promises: one.promises,
    otherScopes: known.filter((scope) => !(one.promises.scopes ?? []).includes(scope)),
  }))
}

/** The same consumers as clients that can act. */
export function policyClients({ policy = [] }: SiteFile): TargetInfo['clients'] {
  return Object.fromEntries(policy.map((one) => [nameOf(one), clientOf(one)]))
}

function clientOf(one: SitePromise): ClientInfo {
  const { consumer, client_secret, redirectUri, promises } = one
  const codes = redirectUri === undefined ? [] : (['authorization_code', 'refresh_token'] as const)
  return {
    role: nameOf(one),
    client_id: consumer,
    ...(client_secret === undefined ? {} : { client_secret }),
    confidential: client_secret !== undefined,
    pkce: promises.pkce === 'required',
    grantTypes: promises.grants ?? (codes.length > 0 ? codes : ['client_credentials']),
    redirectUris: redirectUri === undefined ? [] : [redirectUri],
    // Lifetimes are promised, not known: no contract of a policy waits for these.
    accessTokenLifetime: promises.accessTokenLifetime ?? 300,
    refreshTokenLifetime: 1_209_600,
    requests: one.requests ?? promises.scopes ?? [],
    scopes: [],
  }
}
