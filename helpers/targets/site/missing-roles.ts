import { clients, type ClientRole, type ScopeRole, type UserRole } from '../../../fixtures/roles.ts'
import type { SiteClient, SiteFile, SiteUser } from './site-file.ts'
import type { ClientInfo, TargetInfo, UserInfo } from '../../model/target.ts'

/** Simple OAuth's defaults for a new consumer; seconds. */
const lifetimes = { accessTokenLifetime: 300, refreshTokenLifetime: 1_209_600 } as const

/** The roles of a site file as the driver uses them; anything it does not state is taken from the role's fixture. */
export function rolesOf(
  { clients: mapped = {}, users = {}, scopes = {} }: SiteFile,
  links: Partial<Record<UserRole, string>>,
): Pick<TargetInfo, 'clients' | 'users' | 'scopes'> {
  const named = (roles: readonly ScopeRole[]): string[] => roles.flatMap((role) => scopes[role] ?? [])
  const clientInfo = (role: ClientRole, client: SiteClient): ClientInfo => {
    const { confidential, pkce, grantTypes, requests, scopes: defaults } = clients[role]
    return {
      ...{ role, confidential, pkce, grantTypes, redirectUris: [], ...lifetimes },
      ...{ requests: named(requests), scopes: named(defaults) },
      ...client,
    }
  }
  const userInfo = (role: UserRole, { uid, loginLink: _, ...user }: SiteUser): UserInfo => {
    const link = links[role]
    return {
      ...{ role, name: role, ...user },
      ...(uid === undefined ? {} : { uid: String(uid) }),
      ...(link === undefined ? {} : { loginLink: link }),
    }
  }
  return {
    clients: map(mapped, clientInfo),
    users: map(users, userInfo),
    scopes,
  }
}

function map<K extends string, V, T>(
  table: Partial<Record<K, V>>,
  make: (key: K, value: V) => T,
): Partial<Record<K, T>> {
  const entries = Object.entries(table) as [K, V][]
  return Object.fromEntries(entries.map(([key, value]) => [key, make(key, value)])) as Partial<Record<K, T>>
}
