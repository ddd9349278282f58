import { DrushError, type DrushProcess } from '../../drupal/drush.ts'
import { formatLogTail } from './install-error.ts'
import type { ProvisionedSite } from './provision-site.ts'
import { provisioned } from '../../drupal/provision.ts'
import { TargetError, type SiteChange } from '../../model/target.ts'

/**
 * Makes the site changes of a case on a site that the suite installed, with one drush process that stays alive as long as the server.
 *
 * @param serving what serves the site; undefined before the site exists, another one after an upgrade.
 * @param open starts drush on it.
 */
export function siteChanger<Server>(
  serving: () => Server | undefined,
  open: (server: Server) => Pick<DrushProcess, 'request'>,
  made: () => ProvisionedSite | undefined,
): (request: SiteChange) => Promise<unknown> {
  let drush: ReturnType<typeof open> | undefined
  let opened: Server | undefined
  return async (request) => {
    const server = serving()
    if (server === undefined) throw new TargetError('not-started', 'The target has not been started.')
    // The drush of the previous server ended with it.
    if (server !== opened) drush = undefined
    opened = server
    drush ??= open(server)
    const { op, ...rest } = request
    const data = made()?.data
    try {
      const { facts } = await drush.request<{ facts?: unknown }>(op, data ? provisioned(request, data) : rest)
      return facts
    } catch (error) {
      if (!(error instanceof DrushError)) throw error
      // The process has ended; the next change starts a new one.
      if (error.code.startsWith('drush-')) drush = undefined
      const message = `The site change ${request.op} failed: ${error.message}${formatLogTail(error.lines)}`
      throw new TargetError('control-failed', message, { cause: error })
    }
  }
}
