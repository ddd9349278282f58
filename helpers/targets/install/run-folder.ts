import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive, killMentioning, thisProcess, type ProcessMark } from '../../drupal/child-process.ts'

const prefix = 'simple-oauth-contract-run-'

/** The process that owns a run folder, and the copy of the codebase that it uses. */
interface Owner extends ProcessMark {
  readonly code: string
}

/** Creates a folder for one run, mode 0700, which a sweep recognises after this process has died. */
export function makeRunFolder(code: string): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `${prefix}${process.pid}-`))
  const owner: Owner = { ...thisProcess(), code }
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner), { mode: 0o600 })
  mkdirSync(join(folder, 'temp'))
  return folder
}

/** Synchronous. Retries, because a process that was just killed may keep a file open for a moment. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
}

/** Pids of live runs that use this copy of a codebase. */
export function runsOn(code: string): number[] {
  return ownRunFolders()
    .map(ownerOf)
    .filter((owner) => owner.code === code && isAlive(owner))
    .map((owner) => owner.pid)
}

/**
 ** Removes what runs of dead processes left behind: child processes, run folders, and unfinished sites in the cache.
 *
 * @returns the folders removed.
 */
export function sweepLeftovers(cacheRoot?: string): string[] {
  const runs = ownRunFolders().filter((folder) => !isAlive(ownerOf(folder)))
  const folders = [...runs, ...(cacheRoot === undefined ? [] : unfinishedSites(cacheRoot))]
  for (const folder of folders) {
    killMentioning(folder)
    removeFolder(folder)
  }
  return folders
}

const makingPrefix = 'making-'
/** Folder name of a site that is being installed, recognised by the sweep. */
export const makingName = () => `${makingPrefix}${process.pid}`

function unfinishedSites(cacheRoot: string): string[] {
  return subfolders(cacheRoot).flatMap((cache) =>
    subfolders(cache, makingPrefix).filter((folder) => {
      const owner = ownerOf(folder)
      return !isAlive(owner)
    }),
  )
}

function ownRunFolders(): string[] {
  return subfolders(realpathSync(tmpdir()), prefix).filter((folder) => {
    const uid = statSync(folder, { throwIfNoEntry: false })?.uid
    return uid !== undefined && uid === process.getuid?.()
  })
}

function subfolders(parent: string, start = ''): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.startsWith(start))
      .map((entry) => join(parent, entry.name))
  } catch {
    return []
  }
}

/** The owner file may not exist yet; the pid is also part of the folder's name. */
function ownerOf(folder: string): Owner {
  try {
    return JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as Owner
  } catch {
    return { pid: Number(/-(\d+)(-[^-]*)?$/.exec(folder)?.[1] ?? -1), started: '', code: '' }
  }
}
