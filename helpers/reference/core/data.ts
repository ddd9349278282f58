/** What a reference server is told at its start: the users, clients and scopes it knows. A `ProvisionData` fits. */

export interface Scope {
  /** Name on the wire. */
  readonly name: string
  readonly description?: string
  readonly grantTypes: readonly string[]
  /** The permission the scope gives; none for an umbrella or a role scope. */
  readonly permission?: string
  /** A scope of role granularity gives what the role may. */
  readonly grantsRole?: string
  /** Name of the umbrella scope this one belongs to. */
  readonly parent?: string
}

export interface User {
  /** The handle that control requests use. */
  readonly role: string
  readonly name: string
  readonly password: string
  readonly mail: string
  readonly permissions: readonly string[]
  /** Drupal roles beside `authenticated`, with what they allow. */
  readonly roles?: Readonly<Record<string, readonly string[]>>
}

export interface Client {
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
  /** Names of the scopes client_credentials defaults to and is limited to. */
  readonly scopes: readonly string[]
  /** Names of the scopes an authorization request without `scope` gets. */
  readonly authorizationCodeScopes?: readonly string[]
  /** Name of the user client_credentials tokens act as. */
  readonly user?: string
  readonly automaticAuthorization?: boolean
  readonly rememberApproval?: boolean
}

export interface ReferenceData {
  readonly scopes: readonly Scope[]
  readonly users: readonly User[]
  readonly clients: readonly Client[]
}

/** A user with the id given at the start. */
export interface Account extends User {
  readonly uid: string
}

/** Scopes of OpenID Connect that exist without being configured. */
export const openidScopes: readonly string[] = ['openid', 'profile', 'email', 'phone', 'address']
