import { readdirSync, realpathSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { expand, type Check } from '../contract/case.ts'
import { setSink } from '../contract/contract-test.ts'
import { SettingsError } from '../target/settings.ts'
import { load } from './load.ts'
import { ownImport } from './own-import.ts'
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

/**
 * Absolute paths of our spec files, and of those in a folder of the user's own.
 * @throws SettingsError for a folder that cannot be read or holds none.
 */
export function specFiles(contracts: string | null = null): string[] {
  const ours = specsIn(join(packageRoot, 'specs'))
  if (contracts === null) return ours
  try {
    const own = specsIn(realpathSync(contracts))
    if (own.length > 0) return [...ours, ...own]
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SettingsError('bad-value', `Your contracts cannot be read (${why}). Give their folder with --contracts.`)
  }
  throw new SettingsError('bad-value', `No file in ${contracts} ends in .spec.ts. Give the folder of your contracts.`)
}

const specsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts') && !file.split(sep).includes('node_modules'))
    .map((file) => join(folder, file))
    .sort()

/** An id is ours or the user's, as its file is. */
function misnamed(id: string, file: string): string | null {
  const ours = file.startsWith(join(packageRoot, 'specs') + sep)
  if (ours === !id.startsWith('x-')) return null
  return ours
    ? `the id ${id} begins with x-, which is left for users' own contracts`
    : `the id ${id} of a contract of your own has to begin with x-: x-${id}`
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
    const { id, definition } = declaration
    // The stack does not tell a file with a space in its path.
    const file = loading[loadingFile] ?? declaration.file
    const wrong = misnamed(id, file)
    if (wrong !== null) throw new CollectError(wrong)
    if (from.has(id)) throw new CollectError(`the id ${id} is declared twice`)
    if (titles.has(definition.title)) throw new CollectError(`${id}: another contract has the same title`)
    titles.add(definition.title)
    from.set(id, file)
    const all = expand({ ...declaration, file: shown(file) })
    checks.push(...(id.startsWith('x-') ? all.map((check) => ({ ...check, group: 'own' })) : all))
  })
  try {
    await loadAll(files)
  } finally {
    restore()
    Reflect.deleteProperty(loading, loadingFile)
  }
  return { checks, files: from }
}

const loadingFile = Symbol.for('simple-oauth-contract.loading')
const loading = globalThis as { [loadingFile]?: string }

/** All files through one entry: what they share is loaded once. The sink is a global, so another copy of it does no harm. */
async function loadAll(files: readonly string[]): Promise<void> {
  const entry = '\0all-specs'
  // Places in TypeScript are known to the loader alone, and only as long as it works: the stack is read here and now.
  const fail =
    'const fail = (cause, file) => { throw Object.assign(new Error(file), { cause, at: String(cause?.stack) }) }'
  const globals = `const loading = globalThis, key = Symbol.for(${JSON.stringify(loadingFile.description)})`
  const imports = files
    .map((file) => JSON.stringify(file))
    .map((file) => `loading[key] = ${file}; await import(${file}).catch((error) => fail(error, ${file}))`)
  const specs = {
    name: 'all-specs',
    resolveId: (id: string) => (id === entry ? id : null),
    load: (id: string) => (id === entry ? [fail, globals, ...imports].join('\n') : null),
  }
  try {
    await load(entry, [specs, ownImport])
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

/** A path for people: below the package, or where they are, else as it is. */
function shown(file: string): string {
  const path = [packageRoot, process.cwd()].map((from) => relative(from, file)).find((one) => !one.startsWith('..'))
  return path === undefined ? file : path.split(sep).join('/')
}
