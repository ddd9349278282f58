import { users } from '../../fixtures/roles.ts'
import { diagnosed } from '../diagnosis/diagnose.ts'
import type { LoginOutcome } from '../drupal/login.ts'
import type { TargetInfo, UserInfo } from '../model/target.ts'

/**
 * Refuses user 1 as a mapped user: it has every permission, so a permission that others lack would not be noticed. Null for any other user,
 * for a role that must have every permission, and if the site file states `uid: 1`.
 * @param uid The user of the session.
 */
export function refuseFirst(
  { mapped, provisioned }: TargetInfo,
  { role, name, uid: stated }: UserInfo,
  uid: string | null,
): LoginOutcome['failure'] {
  const isMeant = users[role].admin !== undefined || stated === '1' || provisioned === true
  if (!mapped || uid !== '1' || isMeant) return null
  const { cause, remedy } = diagnosed('user-is-first', { what: JSON.stringify(name) })
  return { cause: 'user-is-first', message: `${cause}. ${remedy} If user 1 is restricted there, set its uid to 1.` }
}
