import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The report could not be written. `code` is stable; the message says what to do next. */
export class ReportError extends Error {
  override readonly name = 'ReportError'
  readonly code = 'report-unwritable'
}

/** Creates a folder that only its owner can enter. An existing one keeps its mode: others may need its other files. */
export function privateFolder(folder: string): void {
  if (existsSync(folder)) return
  const parent = dirname(resolve(folder))
  // One level at a time: `recursive` never ends below a folder like /proc, in which none can be created.
  if (parent !== resolve(folder)) privateFolder(parent)
  mkdirSync(folder, { mode: 0o700 })
}

/** Writes a file that only its owner can read, atomically: readers see the old or the new one. */
export function privateFile(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`
  rmSync(temporary, { force: true })
  try {
    // `wx`: never through a link that somebody else put there.
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Replaces the pages in a folder; a file that does not begin with `marker` is not ours and is kept. */
export function replacePages(folder: string, marker: string, pages: ReadonlyMap<string, string>): void {
  privateFolder(folder)
  chmodSync(folder, 0o700)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name)
    if (entry.isFile() && !pages.has(entry.name) && beginsWith(file, marker)) rmSync(file)
  }
  for (const [name, text] of pages) privateFile(join(folder, name), text)
}

function beginsWith(file: string, marker: string): boolean {
  const start = Buffer.alloc(Buffer.byteLength(marker))
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, start, 0, start.length, 0)
    return start.toString() === marker
  } finally {
    closeSync(descriptor)
  }
}
