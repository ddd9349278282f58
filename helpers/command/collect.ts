import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { expand, type Check } from '../contract/case.ts'
import { setSink } from '../contract/contract-test.ts'
import { load } from './load.ts'
import { packageRoot } from './package.ts'

/** A spec file declares something no run can use. */
export class CollectError extends Error {
  override readonly name = 'CollectError'
  readonly code = 'bad-contract'
}

export interface Collected {
  readonly checks: readonly Check[]
  /** Absolute path of the spec file of each contract. */
  readonly files: ReadonlyMap<string, string>
}

/** Absolute paths of our spec files. */
export function specFiles(): string[] {
  const folder = join(packageRoot, 'specs')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts'))
    .map((file) => join(folder, file))
    .sort()
}

/**
 * Reads every contract without running any.
 * @throws CollectError for a file that does not load, and for an id or title that stands twice.
 */
export async function collect(files: readonly string[] = specFiles()): Promise<Collected> {
  const checks: Check[] = []
  const from = new Map<string, string>()
  const titles = new Set<string>()
  const restore = setSink((declaration) => {
    const { id, definition, file } = declaration
    if (from.has(id)) throw new CollectError(`the id ${id} is declared twice`)
    if (titles.has(definition.title)) throw new CollectError(`${id}: another contract has the same title`)
    titles.add(definition.title)
    from.set(id, file)
    checks.push(...expand({ ...declaration, file: shown(file) }))
  })
  try {
    await loadAll(files)
  } finally {
    restore()
  }
  return { checks, files: from }
}

/** All files through one entry: what they share is loaded once. The sink is a global, so another copy of it does no harm. */
async function loadAll(files: readonly string[]): Promise<void> {
  const entry = '\0all-specs'
  // Places in TypeScript are known to the loader alone, and only as long as it works: the stack is read here and now.
  const fail =
    'const fail = (cause, file) => { throw Object.assign(new Error(file), { cause, at: String(cause?.stack) }) }'
  const imports = files
    .map((file) => JSON.stringify(file))
    .map((file) => `await import(${file}).catch((error) => fail(error, ${file}))`)
  const specs = {
    name: 'all-specs',
    resolveId: (id: string) => (id === entry ? id : null),
    load: (id: string) => (id === entry ? [fail, ...imports].join('\n') : null),
  }
  try {
    await load(entry, [specs])
  } catch (error) {
    if (!(error instanceof Error) || !(error.cause instanceof Error) || !('at' in error)) throw error
    const { message: file, cause, at } = error
    throw new CollectError(`${shown(file)}${placeIn(file, String(at))}: ${cause.message}`, { cause })
  }
}

/** `:line:column` of a file in a stack; empty where it is not in there. */
function placeIn(file: string, stack: string): string {
  const at = stack.indexOf(`${file}:`)
  return at < 0 ? '' : (/^:\d+:\d+/u.exec(stack.slice(at + file.length))?.[0] ?? '')
}

/** A path for people: below the package, else as it is. */
function shown(file: string): string {
  const path = relative(packageRoot, file)
  return path.startsWith('..') ? file : path.split(sep).join('/')
}
