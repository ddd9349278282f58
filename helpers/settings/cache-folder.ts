import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Settings } from './settings.ts'
import { SettingsError } from './settings-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The folder for copies and installations kept between runs.
 * @param home returns the user's home folder according to the operating system; throws for an unknown user.
 * @throws SettingsError for a user without a home folder.
 */
export function cacheFolder(settings: Settings, environment: Environment, home = homedir): string {
  if (settings.cache !== null) return resolve(settings.cache)
  return join(environment['XDG_CACHE_HOME'] || join(homeOf(environment, home), '.cache'), 'simple-oauth-contract')
}

/** In containers there is often none: HOME is empty, or the user has no entry in the password file. */
function homeOf(environment: Environment, home: () => string): string {
  try {
    const folder = environment['HOME'] === '' ? '' : home()
    if (folder !== '') return folder
  } catch {
    // Treated as empty.
  }
  const message = 'You have no home folder (HOME) for the cache. Name a folder with --cache DIR (CONTRACT_CACHE).'
  throw new SettingsError('cache-unwritable', message)
}
