import type { GrantType } from '../../fixtures/roles.ts'
import type { ProvisionClient, ProvisionScope, ProvisionUser } from '../drupal/provision.ts'
import type { ClientInfo } from '../model/target.ts'
import { randomBytes } from 'node:crypto'

/** A scope to create (RFC 6749 §3.3). */
export interface ScopeOptions {
  /** Its name on the wire, such as `shop:orders`. */
  readonly name: string
  /** What the consent form shows; the name by default. */
  readonly description?: string
  /** The Drupal permission that it gives. */
  readonly permission: string
}

/** A user to create, who may authorize clients. */
export interface UserOptions {
  readonly name: string
  /** A random one by default. */
  readonly password?: string
  /** Drupal permissions; `grant simple_oauth codes` and `access content` are added. A token gives at most what its user may do. */
  readonly permissions?: readonly string[]
}

/** A consumer to create; the names are those of its form in Drupal. */
export interface ClientOptions {
  readonly clientId: string
  /** Makes the client confidential. */
  readonly clientSecret?: string
  /** Compared as strings, except for the port of a loopback address. Omit them for a client that only uses client credentials. */
  readonly redirectUris?: readonly string[]
  /** Names of the scopes that `authorize()` requests and to which client credentials are limited; `contract:content` by default. */
  readonly scopes?: readonly string[]
  /** "Use PKCE?"; on by default. */
  readonly pkce?: boolean
  /** `authorization_code` and `refresh_token` by default. */
  readonly grantTypes?: readonly GrantType[]
  /** Seconds; of the authorization code, too. 300 by default. */
  readonly accessTokenLifetime?: number
  /** Seconds; 3600 by default. */
  readonly refreshTokenLifetime?: number
  /** Name of the user that a token of client credentials acts as; one of `withUser()`. */
  readonly user?: string
  /** "Automatic authorization": no consent form; off by default. */
  readonly automaticAuthorization?: boolean
}

/** The requested entities, in the order of the calls. */
export interface Wanted {
  readonly scopes: readonly ScopeOptions[]
  readonly users: readonly UserOptions[]
  readonly clients: readonly ClientOptions[]
}

/** In the form of `drupal/provision.php`, where roles are only labels, so that the user's names can be used. */
export interface Entities {
  readonly scopes: readonly Omit<ProvisionScope, 'role'>[]
  readonly users: readonly (Omit<ProvisionUser, 'role'> & { readonly role: string })[]
  readonly clients: readonly (Omit<ProvisionClient, 'role'> & { readonly role: `consumer ${string}` })[]
}

const every: readonly GrantType[] = ['authorization_code', 'refresh_token', 'client_credentials']
const needed = ['grant simple_oauth codes', 'access content']

/** Fills in what the options leave out. */
export const entitiesOf = ({ scopes, users, clients }: Wanted): Entities => ({
  scopes: scopes.map(({ name, permission, description = name }) => ({
    ...{ name, description, permission, grantTypes: every },
  })),
  users: users.map(({ name, password = randomBytes(16).toString('base64url'), permissions = [] }, index) => ({
    ...{ role: name, name, password, permissions, mail: `user${index}@example.test` },
    roles: { [`contract_user_${index}`]: [...new Set([...needed, ...permissions])] },
  })),
  clients: clients.map(clientOf),
})

function clientOf(options: ClientOptions): Entities['clients'][number] {
  const { clientId, clientSecret, scopes = ['contract:content'], user } = options
  const { grantTypes = ['authorization_code', 'refresh_token'] } = options
  return {
    role: `consumer ${clientId}`,
    client_id: clientId,
    label: clientId,
    ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
    confidential: clientSecret !== undefined,
    pkce: options.pkce ?? true,
    grantTypes,
    redirectUris: options.redirectUris ?? [],
    accessTokenLifetime: options.accessTokenLifetime ?? 300,
    refreshTokenLifetime: options.refreshTokenLifetime ?? 3600,
    requests: scopes,
    scopes: grantTypes.includes('client_credentials') ? scopes : [],
    ...(user === undefined ? {} : { user }),
    automaticAuthorization: options.automaticAuthorization ?? false,
    rememberApproval: false,
  }
}

/** A client in the form that the driver uses. */
export function clientInfo(client: Entities['clients'][number]): ClientInfo {
  const { label: _label, user: _user, automaticAuthorization: _auto, rememberApproval: _remember, ...info } = client
  return info
}
