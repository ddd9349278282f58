import { join, resolve } from 'node:path'
import { commandWords } from '../drupal/site-drush.ts'
import { sweepContainers } from '../targets/container/leftovers.ts'
import { findEngine } from '../targets/container/engine.ts'
import { manifestFolder, manifestsIn, readManifest, settleManifest, stateOf } from '../targets/site/manifest.ts'
import { foreignFolders, sweepLeftovers } from '../targets/install/run-folder.ts'
import { cacheFolder } from '../settings/cache-folder.ts'
import type { Settings } from '../settings/settings.ts'
import { cleanUpSite } from '../targets/site/provision-site.ts'
import { missingOf, removedText } from '../targets/site/removed.ts'
import { TargetError } from '../model/target.ts'
import { failureOf } from './failure.ts'

/**
 * Removes what killed runs left on this machine and on sites that they provisioned; with a manifest or the ID of a run, only
 * what that run created.
 *
 * @returns What was done, for the user.
 * @throws {TargetError} `cleanup-failed`, after everything that can be removed was removed.
 */
export async function cleanUp(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
  run: string | undefined,
): Promise<string> {
  if (settings.dryRun)
    throw new TargetError(
      'cleanup-failed',
      'There is no dry run of "cleanup": unset CONTRACT_DRY_RUN. Nothing was removed.',
    )
  const folder = manifestFolder(cacheFolder(settings, environment))
  if (settings.manifest !== null) return cleanUpManifest(resolve(settings.manifest), settings, true)
  if (run !== undefined) return cleanUpRun(run, folder, settings)
  const lines: string[] = []
  const failures: string[] = []
  const engine = await findEngine(environment)
  const containers = engine instanceof Error ? [] : await sweepContainers(engine)
  const cache = cacheFolder(settings, environment)
  const swept = [...sweepLeftovers(cache), ...containers]
  if (swept.length > 0) lines.push(`Removed: ${swept.join(', ')}`)
  const foreign = foreignFolders(cache)
  if (foreign.length > 0)
    lines.push(
      `Made on another host or in another container, left alone: ${foreign.join(', ')}. Delete them if those runs have ended.`,
    )
  for (const file of manifestsIn(folder)) {
    try {
      lines.push(cleanUpManifest(file, settings, false))
    } catch (error) {
      failures.push(failureOf(error).message)
    }
  }
  if (failures.length > 0) throw new TargetError('cleanup-failed', [...lines, ...failures].join('\n'))
  if (lines.length === 0) lines.push('Nothing was left over.')
  // A stopped engine still has the run's containers: it must not be taken for an engine without any.
  if (engine instanceof Error) lines.push(`Containers were not looked for: no engine answers (${engine.code}).`)
  return lines.join('\n')
}

/** @param named Whether the user named this manifest, which is then kept. */
function cleanUpManifest(file: string, settings: Settings, named: boolean): string {
  const manifest = readManifest(file)
  const { run, baseUrl, owner } = manifest
  const what = `Run ${run} on ${baseUrl}`
  const state = stateOf(manifest)
  if (state === 'going on') {
    if (!named) return `${what} is still running as process ${owner.pid}: left alone.`
    throw new TargetError(
      'cleanup-failed',
      `${what} is still running as process ${owner.pid}: end it, and it cleans up.`,
    )
  }
  if (state === 'begun' && !named)
    return `${what} waits for "upgrade finish": left alone. To give the upgrade up: upgrade abort --state ${manifest.upgrade ?? ''}`
  if (state === 'elsewhere' && !named) {
    return `${what} was started on another machine (${owner.host}): left alone. If it has ended: cleanup --manifest ${file}`
  }
  const drush = settings.drush === null ? manifest.drush : commandWords(settings.drush)
  const removed = cleanUpSite(drush, run, file)
  settleManifest(file, named)
  const gone = missingOf(manifest.creates, removed)
  return `${what}: removed: ${removedText(removed)}.${gone === null ? '' : ` Already gone or never created: ${gone}.`}`
}

function cleanUpRun(run: string, folder: string, settings: Settings): string {
  if (!/^[0-9a-f]{12}$/.test(run))
    throw new TargetError('cleanup-failed', `"${run}" is not the ID of a run (12 hexadecimal digits).`)
  const file = join(folder, `${run}.json`)
  if (manifestsIn(folder).includes(file)) return cleanUpManifest(file, settings, false)
  if (settings.drush === null) {
    const message = `There is no manifest of the run ${run} here. Name the Drush command of its site with --drush.`
    throw new TargetError('cleanup-failed', message)
  }
  return `Run ${run}: removed: ${removedText(cleanUpSite(commandWords(settings.drush), run, null))}.`
}
