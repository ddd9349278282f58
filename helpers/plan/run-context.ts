import { namesSite, type SiteContext } from '../targets/choose.ts'
import { readSite, type LoadedSiteFile } from '../targets/site/site-file.ts'
import { currentId } from '../model/current-id.ts'
import { refuseConflicts } from '../settings/conflicts.ts'
import { runFolder } from '../report/run-folders.ts'
import type { ReadSettings, Settings } from '../settings/settings.ts'
import { nearIds } from './select.ts'
import { readShard } from './shard.ts'
import type { Check } from '../contract/case.ts'
import { readAuthority } from './plan.ts'

/** The input of a run: its settings, completed from the site file, and the files that they name. */
export interface RunContext extends SiteContext {
  readonly settings: Settings
  /** The folder in which the report gets a folder of its own; null if the user named one for the report. */
  readonly runs: string | null
}

/**
 * Reads the site file if a site is tested; it supplies what flags, environment and .env leave open.
 * @throws SiteFileError, or SettingsError if settings conflict
 */
export function siteContext(
  read: Pick<ReadSettings, 'settings' | 'origins'>,
  environment: Readonly<Record<string, string | undefined>>,
): RunContext {
  refuseConflicts(read)
  const { settings, origins } = read
  if (settings.shard !== null) readShard(settings.shard)
  const site = namesSite(settings) && settings.site !== null ? readSite(settings.site, environment) : null
  const { profile, ca } = site?.content ?? {}
  const runs = origins.report === 'default' ? settings.report : null
  const effective: Settings = {
    ...settings,
    report: runs === null ? settings.report : runFolder(runs, settings, new Date()),
    ca: settings.ca ?? ca ?? null,
    profile: origins.profile === 'default' ? (profile ?? settings.profile) : settings.profile,
  }
  return { settings: effective, site, ca: readAuthority(effective), runs }
}

/**
 * The contracts that do not apply to the site, with the reasons its owner gives.
 * @throws SiteFileError for a contract that does not exist.
 */
export function notApplicable(site: LoadedSiteFile | null, checks: readonly Check[]): Readonly<Record<string, string>> {
  const reasons = Object.entries(site?.content.notApplicable ?? {})
  const ids = new Set(checks.map(({ contract }) => contract))
  for (const [id] of reasons)
    if (!ids.has(currentId(id)))
      site?.fail(['notApplicable', id], `there is no contract "${id}".${nearIds(id, checks)}`, 'key')
  return Object.fromEntries(reasons.map(([id, reason]) => [currentId(id), reason]))
}
