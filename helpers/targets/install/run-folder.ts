import { createHash } from 'node:crypto'
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
import { basename, join } from 'node:path'
import { isAlive, killMentioning, thisHost, thisProcess, type ProcessMark } from '../../drupal/child-process.ts'

const prefix = 'simple-oauth-contract-run-'

/** The process that owns a run folder, and the copy of the codebase that it uses. */
interface Owner extends ProcessMark {
  readonly code: string
}

/** Part of a folder's name from the start: a pid is meaningless on another host or in another container. */
const hostMark = () => createHash('sha256').update(thisHost()).digest('hex').slice(0, 8)
const ownMark = () => `${hostMark()}-${process.pid}`

/** A new folder for one run, mode 0700, that a sweep recognises once this process is dead. */
export function makeRunFolder(code: string): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `${prefix}${ownMark()}-`))
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
    .filter(isOfThisHost)
    .map(ownerOf)
    .filter((owner) => owner.code === code && isAlive(owner))
    .map((owner) => owner.pid)
}

/**
 * Removes what dead runs of this host left: processes, run folders, and half-made sites in the cache.
 *
 * @returns the folders removed.
 */
export function sweepLeftovers(cacheRoot?: string): string[] {
  const made = [...ownRunFolders(), ...(cacheRoot === undefined ? [] : halfMade(cacheRoot))]
  const folders = made.filter((folder) => isOfThisHost(folder) && !isAlive(ownerOf(folder)))
  for (const folder of folders) {
    killMentioning(folder)
    removeFolder(folder)
  }
  return folders
}

/** Folders made on another host or in another container, whose processes cannot be examined here. */
export const foreignFolders = (cacheRoot: string): string[] =>
  [...ownRunFolders(), ...halfMade(cacheRoot)].filter((folder) => !isOfThisHost(folder))

const makingPrefix = 'making-'
/** A name for an unfinished site, which the sweep recognises. */
export const makingName = () => `${makingPrefix}${ownMark()}`

const halfMade = (cacheRoot: string): string[] =>
  subfolders(cacheRoot).flatMap((cache) => subfolders(cache, makingPrefix))

const isOfThisHost = (folder: string): boolean => basename(folder).includes(`-${hostMark()}-`)

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
