import { DrushError, DrushProcess } from '../../drupal/drush.ts'
import { findCodebase, listCode } from '../install/codebase.ts'
import { refuseOlderCode } from '../install/code-versions.ts'
import { updateSite, whole, type Upgraded } from '../install/update-site.ts'
import { waitUntilReady } from '../install/ready.ts'
import type { EngineContainer } from './exec-drush.ts'
import type { SiteContainer } from './start-site.ts'

/** What a site is upgraded to. */
export interface ContainerUpgradeTo {
  /** The Drupal project with the new code; never written to. */
  readonly codebase: string
  /** The image with the PHP that runs it. */
  readonly baseImage: string
}

/** @throws {TargetError} those of codebases, and `upgrade-backwards`. */
export function examineUpgrade(codebase: string | undefined, to: ContainerUpgradeTo): void {
  const found = findCodebase(to.codebase)
  // Refuses code without the module, or with one that is too old.
  listCode(found)
  if (codebase !== undefined) refuseOlderCode(findCodebase(codebase), found)
}

/** The folder with everything but the code of a site: its SQLite file, its files, keys and hash salt. */
const siteFolder = '/opt/contract/site'

/**
 * Moves everything but the code of a site to a container with new code, at the same address, and runs the updates there.
 * @param start Starts the new container and unpacks an archive in it.
 * @throws {UpgradeError} if the updates fail, or the site does not work after them.
 */
export async function moveSite(
  old: SiteContainer,
  start: (archive: Buffer) => Promise<SiteContainer>,
  startTimeout: number,
  progress: (stage: string) => void,
): Promise<Upgraded & { readonly site: SiteContainer }> {
  progress('moving the site to a container with the new code')
  const archive = await archiveOf(old.handle, siteFolder)
  old.disconnect()
  await old.container.stop()
  const site = await start(archive)
  const upgraded = await updateSite(
    { run: (command) => runIn(site, command), open: () => new DrushProcess(site.drush) },
    progress,
  )
  await whole(() => waitUntilReady(site, startTimeout))
  return { ...upgraded, site }
}

/** Maximum number of last lines, as for drush on this machine. */
const keptLines = 30

async function runIn({ container, offer: { drush, user } }: SiteContainer, command: string): Promise<void> {
  const { exitCode, output } = await container.exec([...drush, command], { user })
  if (exitCode === 0) return
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  throw new DrushError('drush-failed', `drush ${command} ended with exit code ${exitCode}`, lines.slice(-keptLines))
}

async function archiveOf(handle: EngineContainer, path: string): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of await handle.getArchive({ path })) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
