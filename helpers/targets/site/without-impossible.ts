import { users, type UserRole } from '../../../fixtures/roles.ts'
import type { ProvisionData } from '../../drupal/provision.ts'

/** A user role that cannot be created on this site. */
export interface LeftOut {
  readonly role: UserRole
  readonly why: string
}

/**
 * Leaves out users who must lack a permission that this site gives to every authenticated user, and accounts with every permission, with
 * the consumers that would act as them: on a third-party site the suite creates only accounts with the least permissions.
 */
export function withoutImpossible(
  data: ProvisionData,
  authenticated: readonly string[],
): { data: ProvisionData; leftOut: LeftOut[] } {
  const why = ({ role, admin }: ProvisionData['users'][number]): string | undefined => {
    if (admin !== undefined) return 'the suite creates no account with every permission on an existing site'
    const surplus = users[role].lacks?.find((permission) => authenticated.includes(permission))
    return surplus === undefined ? undefined : `this site gives "${surplus}" to every authenticated user`
  }
  const reasons = data.users.map((user) => ({ user, why: why(user) }))
  const kept = reasons.filter((one) => one.why === undefined).map(({ user }) => user)
  const names = new Set(kept.map(({ name }) => name))
  return {
    data: {
      ...data,
      users: kept,
      clients: data.clients.filter(({ user }) => user === undefined || names.has(user)),
    },
    leftOut: reasons.flatMap((one) => (one.why === undefined ? [] : [{ role: one.user.role, why: one.why }])),
  }
}
