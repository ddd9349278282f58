import { randomBytes } from 'node:crypto'
import type { Capability } from '../../fixtures/capabilities.ts'
import {
  clients,
  contentPermissions,
  contentType,
  rolePageGroup,
  scopes,
  users,
  type AdminKind,
  type ClientFixture,
  type ClientRole,
  type GrantType,
  type Group,
  type ScopeRole,
  type UserRole,
} from '../../fixtures/roles.ts'
import type { ClientInfo, SiteChange, TargetInfo, UserInfo } from '../model/target.ts'

/** Prefix of every name that the suite creates on a server; the provisioning script changes nothing else. */
const ownPrefix = 'contract_'

export interface ProvisionScope {
  readonly role: ScopeRole
  /** Name on the wire. */
  readonly name: string
  /** What the consent form shows. */
  readonly description: string
  readonly grantTypes: readonly GrantType[]
  /** A scope has a permission or a role, or neither: an umbrella scope, which stands for its children. */
  readonly permission?: string
  /** Id of a Drupal role. */
  readonly grantsRole?: string
  /** Name of the parent umbrella scope. */
  readonly parent?: string
}

export interface ProvisionUser {
  readonly role: UserRole
  readonly name: string
  readonly password: string
  readonly mail: string
  readonly permissions: readonly string[]
  /** The same permissions, by the ID of the user's Drupal role; its groups are roles without permissions. */
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** The account has every permission. */
  readonly admin?: AdminKind
}

/** A client with what only its server knows. The secret is plain text; the server keeps only its hash. */
export interface ProvisionClient extends ClientInfo {
  readonly role: ClientRole
  readonly label: string
  /** Name of the user that a client_credentials token acts as. */
  readonly user?: string
  readonly automaticAuthorization: boolean
  readonly rememberApproval: boolean
  /** Gets every grant that the site offers, including those of modules. */
  readonly everyGrant?: true
  /** Names of the scopes of an authorization request without `scope`. */
  readonly authorizationCodeScopes?: readonly string[]
}

/** What `drupal/provision.php` creates on a server. Plain JSON; contains secrets. */
export interface ProvisionData {
  readonly scopes: readonly ProvisionScope[]
  readonly users: readonly ProvisionUser[]
  readonly clients: readonly ProvisionClient[]
  /** A page that only users with a Drupal role may open; created only on a site that the suite installed. */
  readonly rolePage: { readonly path: string; readonly role: string }
  /** A content type that JSON:API reads and writes; created only on a site that the suite installed. */
  readonly contentType?: string
}

/** 128 bits in 22 characters, without spaces, which Simple OAuth trims from secrets. */
const randomSecret = () => randomBytes(16).toString('base64url')

const snake = (role: string) => role.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const words = (role: string) => snake(role).replaceAll('_', ' ')
const entries = <K extends string, V>(table: Record<K, V>) => Object.entries(table) as [K, V][]
const scopeNames = (roles: readonly ScopeRole[]) => roles.map((role) => scopes[role].name)

/** Lifetimes in seconds of the client `shortLived` on a server that responds within milliseconds. */
export interface ShortLife {
  readonly accessTokenLifetime: number
  readonly refreshTokenLifetime: number
}

/** The fixtures with names, new passwords and new secrets. `random` must return at least 128 bits. */
export function provisionData(options: { random?: () => string; shortLife?: ShortLife } = {}): ProvisionData {
  const { random = randomSecret, shortLife } = options
  return {
    scopes: entries(scopes).map(([role, { roleOf, group, parent, requires: _, ...scope }]) => ({
      role,
      ...scope,
      description: `Contract scope: ${words(role)}`,
      ...grantsRole(roleOf ?? group),
      ...(parent === undefined ? {} : { parent: scopes[parent].name }),
    })),
    users: entries(users).map(([role, { permissions, groups = [], admin }]) => {
      const name = ownPrefix + snake(role)
      return {
        role,
        name,
        password: random(),
        mail: `${name}@example.test`,
        permissions,
        roles: { [name]: permissions, ...Object.fromEntries(groups.map((group) => [ownPrefix + snake(group), []])) },
        ...(admin === undefined ? {} : { admin }),
      }
    }),
    clients: entries(clients).map(([role, client]) =>
      provisionClient(role, role === 'shortLived' ? { ...client, ...shortLife } : client, random),
    ),
    rolePage: { path: '/contract-role', role: ownPrefix + snake(rolePageGroup) },
    contentType,
  }
}

/** The data without the suite's content type and what belongs to it, which an existing site does not get. */
export function withoutContent({ contentType: _, ...data }: ProvisionData): ProvisionData {
  const withoutThose = (permissions: readonly string[]) =>
    permissions.filter((one) => !contentPermissions.includes(one))
  const isOther = (fixture: { readonly requires?: Capability }): boolean => fixture.requires !== 'resource.jsonapi'
  return {
    ...data,
    scopes: data.scopes.filter(({ role }) => isOther(scopes[role])),
    users: data.users
      .filter(({ role }) => isOther(users[role]))
      .map((user) => ({
        ...user,
        permissions: withoutThose(user.permissions),
        roles: Object.fromEntries(Object.entries(user.roles).map(([role, own]) => [role, withoutThose(own)])),
      })),
    clients: data.clients.filter(({ role }) => isOther(clients[role])),
  }
}

const grantsRole = (owner: UserRole | Group | undefined): { grantsRole?: string } =>
  owner === undefined ? {} : { grantsRole: ownPrefix + snake(owner) }

function provisionClient(role: ClientRole, client: ClientFixture, random: () => string): ProvisionClient {
  return {
    role,
    client_id: ownPrefix + snake(role),
    label: client.label ?? `Contract client: ${words(role)}`,
    ...(client.confidential && !client.withoutSecret ? { client_secret: random() + (client.secretEnd ?? '') } : {}),
    confidential: client.confidential,
    pkce: client.pkce,
    grantTypes: client.grantTypes,
    redirectUris: client.redirectUris,
    accessTokenLifetime: client.accessTokenLifetime,
    refreshTokenLifetime: client.refreshTokenLifetime,
    requests: scopeNames(client.requests),
    scopes: scopeNames(client.scopes),
    ...(client.user ? { user: ownPrefix + snake(client.user) } : {}),
    automaticAuthorization: client.automaticAuthorization ?? false,
    rememberApproval: client.rememberApproval ?? false,
    ...(client.everyGrant ? { everyGrant: true } : {}),
    authorizationCodeScopes: client.grantTypes.includes('authorization_code') ? scopeNames(client.scopes) : [],
  }
}

/** The same data under names that are unique on a third-party site: each contains `run`, the ID of the run. */
export function namedForRun(data: ProvisionData, run: string): ProvisionData {
  const named = (name: string) => name.replace(/^contract(?=[_:])/, `contract_${run}`)
  const labelled = (label: string) => label.replace(/^Contract/, `Contract ${run}`)
  return {
    ...data,
    scopes: data.scopes.map((scope) => ({
      ...scope,
      name: named(scope.name),
      description: labelled(scope.description),
      ...(scope.grantsRole === undefined ? {} : { grantsRole: named(scope.grantsRole) }),
      ...(scope.parent === undefined ? {} : { parent: named(scope.parent) }),
    })),
    users: data.users.map((user) => ({
      ...user,
      name: named(user.name),
      mail: named(user.mail),
      roles: Object.fromEntries(Object.entries(user.roles).map(([role, permissions]) => [named(role), permissions])),
    })),
    clients: data.clients.map((client) => ({
      ...client,
      client_id: named(client.client_id),
      label: labelled(client.label),
      requests: client.requests.map(named),
      scopes: client.scopes.map(named),
      ...(client.authorizationCodeScopes === undefined
        ? {}
        : { authorizationCodeScopes: client.authorizationCodeScopes.map(named) }),
      ...(client.user === undefined ? {} : { user: named(client.user) }),
    })),
    rolePage: { ...data.rolePage, role: named(data.rolePage.role) },
  }
}

/**
 * The roles as the driver uses them, with the user IDs that the server assigned.
 *
 * @param uids Drupal user id by user name.
 * @throws {Error} if the server assigned no ID to a user.
 */
export function targetRoles(
  data: ProvisionData,
  uids: Record<string, string>,
): Pick<TargetInfo, 'clients' | 'users' | 'scopes'> {
  const userInfo = ({ role, name, password, mail }: ProvisionUser): UserInfo => {
    const uid = uids[name]
    if (uid === undefined) throw new Error(`provisioning returned no ID for the user ${name}`)
    return { role, name, password, mail, uid }
  }
  const clientInfo = (client: ProvisionClient): ClientInfo => {
    const {
      role,
      client_id,
      client_secret,
      confidential,
      pkce,
      grantTypes,
      redirectUris,
      requests,
      scopes: own,
    } = client
    const { accessTokenLifetime, refreshTokenLifetime } = client
    return {
      ...{ role, client_id, confidential, pkce, grantTypes, redirectUris, accessTokenLifetime, refreshTokenLifetime },
      ...{ requests, scopes: own },
      ...(client_secret === undefined ? {} : { client_secret }),
    }
  }
  return {
    clients: Object.fromEntries(data.clients.map((client) => [client.role, clientInfo(client)])),
    users: Object.fromEntries(data.users.map((user) => [user.role, userInfo(user)])),
    scopes: Object.fromEntries(data.scopes.map((scope) => [scope.role, scope.name])),
  }
}

/** A change with the data of its user or consumer as provisioned, by which the site finds and restores it. */
export function provisioned(change: SiteChange, { users, clients }: ProvisionData): object {
  switch (change.op) {
    case 'user.change':
      return { ...change, user: users.find(({ role }) => role === change.user) }
    case 'consumer.change':
      return { ...change, client: clients.find(({ role }) => role === change.client) }
    default:
      return change
  }
}
