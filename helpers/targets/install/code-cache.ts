import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CodeFile, Codebase } from './codebase.ts'
import { cacheError } from './install-error.ts'
import { requireOwnFolder } from './own-folder.ts'
import { routerOf } from './ready.ts'
import { removeFolder, runsOn } from './run-folder.ts'
import { TargetError } from '../../model/target.ts'

/** Where the suite keeps the copy of one codebase and the sites installed from it. */
export interface CodeCache {
  readonly folder: string
  /** The copy. Its path never changes, because Drupal's cached container contains it. */
  readonly code: string
  readonly lock: string
}

export const hashOf = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** @throws {TargetError} `cache-unwritable`, `cache-untrusted`, `disk-full`. */
export function openCache(cacheRoot: string, codebase: Codebase): CodeCache {
  const folder = join(cacheRoot, `php-${hashOf(codebase.root).slice(0, 12)}`)
  try {
    mkdirSync(cacheRoot, { recursive: true, mode: 0o700 })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    requireOwnFolder(folder)
    writeFileSync(join(folder, 'codebase.txt'), `${codebase.root}\n`)
  } catch (error) {
    throw cacheError(error, cacheRoot)
  }
  return { folder, code: join(folder, 'code'), lock: join(folder, 'lock') }
}

/**
 * Updates the copy; only files whose size or time changed are copied. The caller holds the lock.
 *
 * @returns how many files were copied or removed.
 * @throws {TargetError} `codebase-busy`, `codebase-unreadable`, `cache-unwritable`, `disk-full`.
 */
export async function updateCopy(
  cache: CodeCache,
  codebase: Codebase,
  files: readonly CodeFile[],
  fresh: boolean,
): Promise<number> {
  const manifest = join(cache.folder, 'code.json')
  const known = new Map(fresh ? [] : readManifest(manifest).map((file) => [file.path, file]))
  const changed = files.filter(({ path, size, mtime }) => {
    const old = known.get(path)
    return old?.size !== size || old.mtime !== mtime
  })
  const present = new Set(files.map(({ path }) => path))
  const gone = [...known.keys()].filter((path) => !present.has(path))
  if (changed.length + gone.length === 0) return 0
  const [busy] = runsOn(cache.code)
  if (busy !== undefined) {
    const message = `The code of ${codebase.root} changed while another run (process ${busy}) is testing it. Wait for that run to end.`
    throw new TargetError('codebase-busy', message)
  }
  try {
    // An interrupted update leaves no manifest, so that the copy counts as unusable.
    rmSync(manifest, { force: true })
    if (known.size === 0) removeFolder(cache.code)
    for (const path of gone) await rm(join(cache.code, path), { force: true })
    await copyAll(codebase.root, cache.code, changed)
    const docroot = join(cache.code, codebase.docroot)
    if (!existsSync(routerOf(docroot))) {
      await copyFile(join(docroot, 'core/assets/scaffold/files/ht.router.php'), routerOf(docroot))
    }
    writeFileSync(`${manifest}.new`, JSON.stringify(files))
    renameSync(`${manifest}.new`, manifest)
  } catch (error) {
    throw cacheError(error, cache.folder)
  }
  return changed.length + gone.length
}

function readManifest(file: string): CodeFile[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as CodeFile[]
  } catch {
    return []
  }
}

const copiesAtOnce = 16

/** Copies files below one folder to the same paths below another, replacing what is there. */
export async function copyAll(from: string, to: string, files: readonly { readonly path: string }[]): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(join(to, path))))
  for (const folder of folders) mkdirSync(folder, { recursive: true })
  const queue = files.values()
  const worker = async () => {
    for (const { path } of queue) await replaceFile(join(from, path), join(to, path))
  }
  await Promise.all(Array.from({ length: copiesAtOnce }, worker))
}

async function replaceFile(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && !existsSync(from)) {
      throw new TargetError(
        'codebase-busy',
        `${from} was deleted while it was being copied. Try again when the codebase is no longer changing.`,
      )
    }
    // A read-only file, or a folder in place of the file.
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EISDIR' && code !== 'ENOTDIR') throw error
    await rm(to, { recursive: true, force: true })
    await mkdir(dirname(to), { recursive: true })
    await copyFile(from, to)
  }
}
