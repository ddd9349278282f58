/** The users, clients and scopes with which a reference server starts. A `ProvisionData` fits. */

export interface Scope {
  /** Name on the wire. */
  readonly name: string
  readonly description?: string
  readonly grantTypes: readonly string[]
  /** The permission the scope gives; none for an umbrella or a role scope. */
  readonly permission?: string
  /** A scope with the granularity "role" gives the permissions of this role. */
  readonly grantsRole?: string
  /** Name of the parent umbrella scope. */
  readonly parent?: string
}

export interface User {
  /** The name that site changes use. */
  readonly role: string
  readonly name: string
  readonly password: string
  readonly mail: string
  readonly permissions: readonly string[]
  /** Drupal roles other than `authenticated`, with their permissions. */
  readonly roles?: Readonly<Record<string, readonly string[]>>
  /** Has every permission: user 1, or an account with an administrator role. */
  readonly admin?: 'user 1' | 'role'
}

/** A client as this server keeps it: a shape of its own, since the server shares no type with what tests it. */
export interface Client {
  /** The name that site changes use. */
  readonly role?: string
  readonly client_id: string
  readonly label?: string
  readonly client_secret?: string
  readonly confidential: boolean
  readonly pkce: boolean
  readonly grantTypes: readonly string[]
  readonly redirectUris: readonly string[]
  /** Seconds. */
  readonly accessTokenLifetime: number
  /** Seconds. */
  readonly refreshTokenLifetime: number
  /** Names of scopes: the default and the limit for client_credentials. */
  readonly scopes: readonly string[]
  /** Names of the scopes of an authorization request without `scope`. */
  readonly authorizationCodeScopes?: readonly string[]
  /** Name of the user that client_credentials tokens act as. */
  readonly user?: string
  readonly automaticAuthorization?: boolean
  readonly rememberApproval?: boolean
  readonly unpublished?: boolean
  /** The stored client is damaged and cannot be read. */
  readonly broken?: true
  /** Has every grant that the site offers, those of modules too. */
  readonly everyGrant?: boolean
}

export interface ReferenceData {
  readonly scopes: readonly Scope[]
  readonly users: readonly User[]
  readonly clients: readonly Client[]
  /** The content type that JSON:API reads and writes. */
  readonly contentType?: string
  /** A page that only users with a role may open. */
  readonly rolePage?: { readonly path: string; readonly role: string }
}

/** A user with the ID that the server assigned; roles and permissions change in place. */
export interface Account extends User {
  readonly uid: string
  password: string
  permissions: readonly string[]
  roles?: Readonly<Record<string, readonly string[]>>
}

/** Scopes of OpenID Connect that exist without being configured. */
export const openidScopes: readonly string[] = ['openid', 'profile', 'email', 'phone', 'address']
