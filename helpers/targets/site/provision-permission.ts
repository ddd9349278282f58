import { join, resolve } from 'node:path'
import { manifestFolder } from './manifest.ts'
import { cacheFolder } from '../../settings/cache-folder.ts'
import type { Settings } from '../../settings/settings.ts'
import { drushWords, type SiteFile } from './site-file.ts'
import type { SiteProvisionOptions } from './provision-site.ts'
import { TargetError } from '../../model/target.ts'

/**
 * How to provision a third-party site. Its owner allows it with `--provision` and either the permission in the site file or
 * a drush command given with `--drush`. Undefined without `--provision`.
 *
 * @throws {TargetError} `provision-refused`.
 */
export function allowedProvision(
  settings: Settings,
  { drush, provision }: SiteFile,
  environment: Readonly<Record<string, string | undefined>>,
): Omit<SiteProvisionOptions, 'baseUrl'> | undefined {
  const refused = (why: string) => new TargetError('provision-refused', `Nothing was created on the site: ${why}`)
  if (!settings.provision) {
    if (settings.dryRun) throw refused('--dry-run shows what --provision would create; use both.')
    return undefined
  }
  if (provision?.allowed === false) throw refused('the site file forbids it (provision: allowed: false).')
  const command = settings.drush ?? drush
  if (command === undefined) {
    throw refused('--provision needs the drush command of the site: --drush "ddev drush", or drush in the site file.')
  }
  if (settings.drush === null && !provision?.allowed) {
    throw refused('the site file does not allow it. Set provision: { allowed: true } there, or use --drush COMMAND.')
  }
  const { manifest } = settings
  const folder = manifestFolder(cacheFolder(settings, environment))
  return {
    drush: drushWords(command),
    manifest: (run) => (manifest === null ? join(folder, `${run}.json`) : resolve(manifest)),
    keepManifest: manifest !== null,
    timeout: settings.startTimeout * 1000,
  }
}
