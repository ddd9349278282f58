import { namesSite, type SiteContext } from '../targets/choose.ts'
import { readSite, type LoadedSiteFile } from '../targets/site/site-file.ts'
import type { ReadSettings, Settings } from '../settings/settings.ts'
import { nearIds } from './select.ts'
import type { Check } from '../contract/case.ts'
import { readAuthority } from './plan.ts'

/** What a run is given: the settings, filled up from the site file, and what was read of files. */
export interface RunContext extends SiteContext {
  readonly settings: Settings
  /** The folder is the suite's own choice, and each run has one of its own in it. */
  readonly ownFolder: boolean
}

/**
 * Reads the site file where a site is tested. What flags, environment and .env leave open, it may say.
 * @throws SiteFileError or SettingsError
 */
export function siteContext(
  { settings, origins }: ReadSettings,
  environment: Readonly<Record<string, string | undefined>>,
): RunContext {
  const site = namesSite(settings) && settings.site !== null ? readSite(settings.site, environment) : null
  const { profile, ca } = site?.content ?? {}
  const effective: Settings = {
    ...settings,
    ca: settings.ca ?? ca ?? null,
    profile: origins.profile === 'default' ? (profile ?? settings.profile) : settings.profile,
  }
  return { settings: effective, site, ca: readAuthority(effective), ownFolder: origins.report === 'default' }
}

/**
 * The contracts whose absence the owner of the site gave a reason for.
 * @throws SiteFileError for one that does not exist.
 */
export function notApplicable(site: LoadedSiteFile | null, checks: readonly Check[]): Readonly<Record<string, string>> {
  const reasons = site?.content.notApplicable ?? {}
  const ids = new Set(checks.map(({ contract }) => contract))
  for (const id of Object.keys(reasons))
    if (!ids.has(id)) site?.fail(['notApplicable', id], `no contract has the id "${id}".${nearIds(id, checks)}`, 'key')
  return reasons
}
