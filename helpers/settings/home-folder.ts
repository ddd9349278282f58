import { SettingsError } from './settings-error.ts'

/**
 * The user's home folder. In containers there is often none: HOME is empty, or the user has no entry in the password file.
 * @throws SettingsError if there is none.
 */
export function homeFolder(environment: Readonly<Record<string, string | undefined>>, home: () => string): string {
  try {
    const folder = environment['HOME'] === '' ? '' : home()
    if (folder !== '') return folder
  } catch {
    // Treated as empty.
  }
  const message = 'You have no home folder (HOME) for the cache. Name a folder with --cache DIR (CONTRACT_CACHE).'
  throw new SettingsError('cache-unwritable', message)
}
