import { users } from '../../fixtures/roles.ts'
import { diagnosed } from '../diagnosis/diagnose.ts'
import type { LoginOutcome } from '../drupal/login.ts'
import type { TargetInfo, UserInfo } from '../model/target.ts'

/**
 * Why a mapped user may not be user 1, which has every permission, so that one that others lack is not noticed. Null for any other
 * user, for a role that is meant to have every permission, and where the site file states `uid: 1`.
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
