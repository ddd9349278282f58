import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, thisProcess, type ProcessMark } from '../../drupal/child-process.ts'

/** A lock held by this process. Releasing twice does no harm. */
export type Release = () => void

/**
 * Takes a lock file; waits while a live process holds it, and takes over the lock of a dead process.
 *
 * @param waiting is called once, with the holder's pid, if another process holds the lock.
 */
export async function takeLock(file: string, waiting: (pid: number) => void): Promise<Release> {
  let reported = false
  while (!create(file)) {
    const holder = holderOf(file)
    if (holder !== undefined && !isAlive(holder)) takeOver(file)
    else if (holder !== undefined && !reported) {
      reported = true
      waiting(holder.pid)
    }
    await delay(25)
  }
  return () => {
    release(file)
  }
}

/** A link appears with its content in one step, so that nobody reads a half-written lock. */
function create(file: string): boolean {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(draft, JSON.stringify(thisProcess()), { mode: 0o600 })
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function holderOf(file: string): ProcessMark | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessMark
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    // Not a lock of the suite, so no live process holds it.
    return { pid: -1, started: 'unreadable' }
  }
}

/** Two waiters must not both remove: the second would remove the first one's new lock. */
function takeOver(file: string): void {
  const turn = `${file}.turn`
  const other = holderOf(turn)
  if (other && !isAlive(other)) rmSync(turn, { force: true })
  if (!create(turn)) return
  const holder = holderOf(file)
  if (holder && !isAlive(holder)) rmSync(file, { force: true })
  rmSync(turn, { force: true })
}

function release(file: string): void {
  const holder = holderOf(file)
  if (holder?.pid === process.pid) rmSync(file, { force: true })
}
