import type { UserRole } from '../../../fixtures/roles.ts'
import { DrushError, type DrushProcess } from '../../drupal/drush.ts'
import { formatLogTail } from './install-error.ts'
import type { ProvisionedSite } from './provision-site.ts'
import { TargetError, type SiteChange } from '../../model/target.ts'

/**
 * The control steps of a site that the suite made, by one drush that stays.
 *
 * @param open starts drush; gives nothing while there is no site.
 */
export function siteChanger(
  open: () => DrushProcess | undefined,
  made: () => ProvisionedSite | undefined,
): (request: SiteChange) => Promise<void> {
  let session: DrushProcess | undefined
  const userName = (role: UserRole) => made()?.data.users.find((user) => user.role === role)?.name ?? role
  return async (request) => {
    session ??= open()
    if (!session) throw new TargetError('not-started', 'The target has not been started.')
    const data = 'user' in request ? { name: userName(request.user) } : {}
    try {
      await session.request(request.op, data)
    } catch (error) {
      if (!(error instanceof DrushError)) throw error
      // An ended process is of no more use; the next step gets a new one.
      if (error.code.startsWith('drush-')) session = undefined
      const message = `The control step ${request.op} failed: ${error.message}${formatLogTail(error.lines)}`
      throw new TargetError('control-failed', message, { cause: error })
    }
  }
}
