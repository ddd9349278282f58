import { migrateBaseline } from '../plan/migrate-baseline.ts'
import { collect, specFiles, upgradeFiles } from '../plan/collect.ts'
import { SettingsError, type Settings } from '../settings/settings.ts'
import { suite } from '../model/package.ts'

/**
 * `baseline migrate FILE`: rewrites a baseline of an earlier version in place. Returns what it did.
 * @throws SettingsError without an action and a file, KnownIssuesError for a file that cannot be migrated.
 */
export async function baseline(settings: Settings, action?: string, file?: string): Promise<string> {
  if (action !== 'migrate' || file === undefined)
    throw new SettingsError('bad-value', `Use: ${suite.name} baseline migrate FILE`)
  const { checks } = await collect([...specFiles(settings.contracts), ...upgradeFiles()])
  return migrateBaseline(file, checks)
}
