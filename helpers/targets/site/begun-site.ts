import type { ChildProcess } from 'node:child_process'
import { killChild } from '../../drupal/child-process.ts'
import { DrushError } from '../../drupal/drush.ts'
import { askSite } from '../../drupal/site-drush.ts'
import { createHttpClient } from '../../http/client.ts'
import { formatLogTail } from '../install/install-error.ts'
import { TargetError, UpgradeError, type TargetInfo } from '../../model/target.ts'
import { isUnknown } from './examine-client.ts'
import { existsSync } from 'node:fs'
import { settleManifest } from './manifest.ts'
import { cleanUpSite } from './provision-site.ts'
import { removedText } from './removed.ts'

/** A site on which an earlier process left what it created. */
export interface BegunSite {
  /** ID of the run that created it. */
  readonly run: string
  /** The site's drush command, as a list of words. */
  readonly drush: readonly string[]
  /** The manifest of that run, which may be on another machine. */
  readonly manifest: string
}

export interface ReopenOptions {
  /** Milliseconds. */
  readonly timeout: number
  readonly requestTimeout: number
  /** PEM certificate of an authority to trust. */
  readonly ca: string | null
  readonly progress: (stage: string) => void
}

/**
 * The site with its current versions and the users and consumers created earlier.
 * @throws {TargetError} if drush does not answer; `nothing-left` if the site has nothing that was created.
 * @throws {UpgradeError} `consumers-gone`.
 */
export async function reopenSite(
  { run, drush: command }: BegunSite,
  target: TargetInfo,
  { timeout, requestTimeout, ca, progress }: ReopenOptions,
): Promise<TargetInfo> {
  const { baseUrl } = target
  progress('asking the site with drush')
  let child: ChildProcess | undefined
  const abandon = (): void => {
    if (child) killChild(child)
  }
  process.once('exit', abandon)
  const now = await askSite<Pick<TargetInfo, 'versions' | 'modules'> & { readonly own?: number }>(
    { command, timeout, redact: (text) => text },
    { op: 'site.describe', run },
    progress,
    (started) => (child = started),
  ).catch((error: unknown) => {
    if (!(error instanceof DrushError)) throw error
    throw new TargetError(error.code, `The site could not be asked. ${error.message}${formatLogTail(error.lines)}`, {
      cause: error,
    })
  })
  process.off('exit', abandon)
  const { versions, modules, own } = now
  // What an upgrade loses is a verdict; but no upgrade removes users, roles and scopes along with the consumers.
  if (own === 0)
    throw new TargetError(
      'nothing-left',
      `${baseUrl} has none of the users, roles, scopes and consumers that "upgrade begin" made. Was the upgrade finished or given up with another copy of the state file, or is this a different database?`,
    )
  const info: TargetInfo = { ...target, versions, ...(modules ? { modules } : {}) }
  await requireConsumers(info, { requestTimeout, ca })
  return info
}

async function requireConsumers(
  { baseUrl, endpoints, clients: { publicPkce: client }, httpBasic }: TargetInfo,
  { requestTimeout: timeout, ca }: Pick<ReopenOptions, 'requestTimeout' | 'ca'>,
): Promise<void> {
  if (client === undefined) return
  const http = createHttpClient({
    ...{ origin: new URL(baseUrl).origin, timeout, bodyLimit: 1024 * 1024, connections: 1 },
    ...(ca === null ? {} : { ca }),
    ...(httpBasic ? { basic: httpBasic } : {}),
  })
  try {
    if (!(await isUnknown({ http, baseUrl, endpoints, client }))) return
  } finally {
    await http.close()
  }
  throw new UpgradeError(
    'consumers-gone',
    `${baseUrl} no longer knows the consumers that "upgrade begin" made: the upgrade removed them, or this is a different database.`,
    [],
  )
}

/**
 * Removes what was left on the site; may be repeated. Synchronous.
 * @returns What was removed, for people.
 * @throws {TargetError} `cleanup-failed`.
 */
export function removeLeft({ run, drush, manifest }: BegunSite): string {
  const here = existsSync(manifest)
  const removed = cleanUpSite(drush, run, here ? manifest : null)
  if (here) settleManifest(manifest, false)
  return removedText(removed)
}
