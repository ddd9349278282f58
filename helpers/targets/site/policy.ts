import type { ConsumerPolicy, Guarantees } from '../../model/policy.ts'
import type { SiteFile, ConsumerPromise } from './site-file.ts'
import type { ClientInfo, ConsumerName, TargetInfo } from '../../model/target.ts'

const nameOf = ({ consumer }: ConsumerPromise): ConsumerName & `consumer ${string}` => `consumer ${consumer}`

/** The consumers for which a site file states guarantees. */
export function policyOf({ policy = [], scopes = {} }: SiteFile): ConsumerPolicy[] {
  const known = [...new Set([...Object.values(scopes), ...policy.flatMap(({ promises }) => promises.scopes ?? [])])]
  return policy.map((one) => ({
    client: nameOf(one),
    name: one.consumer,
    user: one.user ?? 'editor',
    guarantees: one.promises,
    otherScopes: known.filter((scope) => !(one.promises.scopes ?? []).includes(scope)),
  }))
}

/** The same consumers as clients that the driver can use. */
export function policyClients({ policy = [] }: SiteFile): TargetInfo['clients'] {
  return Object.fromEntries(policy.map((one) => [nameOf(one), clientOf(one)]))
}

const mostSeconds = ({ accessTokenLifetime: lifetime }: Guarantees): number | undefined =>
  typeof lifetime === 'object' ? (lifetime.max ?? lifetime.min) : lifetime

function clientOf(one: ConsumerPromise): ClientInfo {
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
    // These lifetimes are guarantees, not facts: no contract of the policy waits for them.
    accessTokenLifetime: mostSeconds(promises) ?? 300,
    refreshTokenLifetime: 1_209_600,
    requests: one.requests ?? promises.scopes ?? [],
    scopes: [],
  }
}
