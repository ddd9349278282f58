import { lstatSync } from 'node:fs'
import { TargetError } from '../../model/target.ts'

const ownerNow = process.getuid?.() ?? null
const writableByOthers = 0o022

/**
 * Makes sure that nobody else can have put anything into a cache folder, because code and drush commands in it are run: its name can be
 * guessed, and in a shared folder such as /tmp others could create it first.
 * @throws {TargetError} `cache-untrusted`
 */
export function requireOwnFolder(folder: string, owner: number | null = ownerNow): void {
  const stat = lstatSync(folder)
  const { uid, mode } = stat
  const problem = !stat.isDirectory()
    ? 'is a link or a file, not a folder'
    : owner !== null && uid !== owner
      ? `belongs to another user (uid ${uid})`
      : owner !== null && (mode & writableByOthers) !== 0
        ? `can be changed by others (mode ${(mode & 0o777).toString(8)})`
        : null
  if (problem === null) return
  const message = `${folder} ${problem}, and code in it would be run. Delete it if it is yours, or choose a folder of your own with --cache.`
  throw new TargetError('cache-untrusted', message)
}
