import { commandWords } from '../drupal/site-drush.ts'
import type { Target } from '../model/target.ts'
import type { RunContext } from '../plan/run-context.ts'
import type { Settings } from '../settings/settings.ts'
import { chooseTarget } from '../targets/choose.ts'
import { reopenSite } from '../targets/site/begun-site.ts'
import type { BegunUpgrade } from '../upgrade/state.ts'

/** The site of an upgrade that was begun. A mapped site is read from its site file again, because a login link works only once. */
export async function begunSite(
  settings: Settings,
  { site, ca }: RunContext,
  { left, target }: BegunUpgrade,
): Promise<Target> {
  if (left === null) return chooseTarget(settings, process.env, { site, ca })
  const begun = { ...left, drush: settings.drush === null ? left.drush : commandWords(settings.drush) }
  return {
    start: (progress) =>
      reopenSite(begun, target, {
        ...{ ca, progress },
        ...{ timeout: settings.startTimeout * 1000, requestTimeout: settings.requestTimeout * 1000 },
      }),
    stop: () => undefined,
    changeSite: () => Promise.reject(new Error('an existing site is never changed')),
    errorLog: () => [],
  }
}
