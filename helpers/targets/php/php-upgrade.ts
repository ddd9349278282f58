import type { ChildProcess } from 'node:child_process'
import { DrushProcess, runDrush } from '../../drupal/drush.ts'
import { openCache, updateCopy, type CodeCache } from '../install/code-cache.ts'
import { findCodebase, listCode, type Codebase, type CodeFile } from '../install/codebase.ts'
import { refuseOlderCode } from '../install/code-versions.ts'
import { installTimeout } from '../install/provision-site.ts'
import { updateSite, type Upgraded } from '../install/update-site.ts'
import { makeRunFolder, removeFolder } from '../install/run-folder.ts'
import { checkPhp, type PhpInfo } from './check-php.ts'
import type { DatabaseAccess } from './database.ts'
import { lockCache } from './lock-cache.ts'
import { drushOptions, placeSettings, type SitePlace } from './site-template.ts'

/** What a site is upgraded to. */
export interface UpgradeTo {
  /** The Drupal project with the new code; never written to. */
  readonly codebase: string
  /** The PHP that runs it. */
  readonly php: string
}

/** Usable new code: found, complete, and not older than the site's. */
export interface NewCode {
  readonly php: PhpInfo
  readonly codebase: Codebase
  readonly files: readonly CodeFile[]
}

/** @throws {TargetError} those of PHP and of codebases, and `upgrade-backwards`. */
export async function examineNewCode(
  old: Codebase,
  { codebase: path, php: command }: UpgradeTo,
  driver?: DatabaseAccess['driver'],
): Promise<NewCode> {
  const php = await checkPhp(command, driver)
  const codebase = findCodebase(path)
  const files = listCode(codebase)
  refuseOlderCode(old, codebase)
  return { php, codebase, files }
}

interface Copying {
  readonly cacheRoot: string
  readonly fresh: boolean
  readonly progress: (stage: string) => void
  /** Receives actions to undo at the end. */
  readonly undo: (action: () => void) => void
}

/** Copies new code into the cache, and locks it against other runs until this one ends. */
export async function copyNewCode({ codebase, files }: NewCode, copying: Copying): Promise<CodeCache> {
  const { cacheRoot, fresh, progress, undo } = copying
  const cache = openCache(cacheRoot, codebase)
  const release = await lockCache(cache.lock, progress)
  undo(release)
  progress('copying the new code')
  await updateCopy(cache, codebase, files, fresh)
  placeSettings(cache, codebase)
  const run = makeRunFolder(cache.code)
  undo(() => {
    removeFolder(run)
  })
  release()
  return cache
}

/**
 * Runs the updates of a site with its new code.
 * @throws {UpgradeError} `update-failed`, `cache-failed`, `site-broken`.
 */
export function updateCopiedSite(
  { php, codebase }: NewCode,
  cache: CodeCache,
  place: SitePlace,
  progress: (stage: string) => void,
  started: (child: ChildProcess) => void,
): Promise<Upgraded> {
  const options = drushOptions(cache, codebase, php.command, place)
  return updateSite(
    {
      run: (command) => runDrush(options, [command], installTimeout, started),
      open: () => new DrushProcess(options, started),
    },
    progress,
  )
}
