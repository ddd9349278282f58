import { readdirSync, realpathSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildFailure } from 'esbuild'
import { load } from '../../bin/load.js'
import { expand, type Check, type Declared } from '../contract/case.ts'
import { setSink } from '../contract/contract-test.ts'
import type { ConsumerPolicy } from '../model/policy.ts'
import { SettingsError } from '../settings/settings.ts'
import { packageRoot } from '../model/package.ts'
import { problemOf } from './check-case.ts'

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

/** Of a user's contract: ours are checked by `npm test`, because it takes longer than all the rest of a start. */
function problem(declared: Declared, policy?: readonly ConsumerPolicy[]): string | null {
  const found = problemOf(declared, policy)
  return found === null ? null : `${declared.id}: ${found}`
}

/**
 * Reads every contract without running any. Those of a policy are declared for each consumer that promises something; without
 * one given, for those of the example.
 * @throws CollectError for a file that does not load, and for an id or title that stands twice.
 */
export async function collect(
  files: readonly string[] = specFiles(),
  policy?: readonly ConsumerPolicy[],
): Promise<Collected> {
  const checks: Check[] = []
  const from = new Map<string, string>()
  const titles = new Map<string, string>()
  const restore = setSink((declaration) => {
    const { id, definition } = declaration
    // The stack does not tell a file with a space in its path.
    const file = loading ?? declaration.file
    const wrong = misnamed(id, file) ?? (id.startsWith('x-') ? problem(declaration, policy) : null)
    if (wrong !== null) throw new CollectError(wrong)
    if (from.has(id)) throw new CollectError(`the id ${id} is declared twice`)
    const same = titles.get(definition.title)
    if (same !== undefined) throw new CollectError(`${id}: ${same} has the same title`)
    titles.set(definition.title, id)
    from.set(id, file)
    const all = expand({ ...declaration, file: shown(file) }, policy)
    checks.push(...(id.startsWith('x-') ? all.map((check) => ({ ...check, group: 'own' })) : all))
  })
  try {
    await loadAll(files)
  } finally {
    restore()
    loading = null
  }
  return { checks, files: from }
}

/** The file whose declarations come in. */
let loading: string | null = null

/** All files through one bundle: what they share is loaded once. The sink is a global, so another copy of it does no harm. */
async function loadAll(files: readonly string[]): Promise<void> {
  const sources = await load(files).catch((cause: unknown) => {
    throw new CollectError(unbuilt(cause), { cause })
  })
  for (const [index, source] of sources.entries()) {
    const file = (loading = files[index] ?? '')
    await source().catch((cause: unknown) => {
      const { message, stack = '' } = cause instanceof Error ? cause : new Error(String(cause))
      throw new CollectError(`${shown(file)}${placeIn(file, stack)}: ${message}`, { cause })
    })
  }
}

/** What esbuild says of the first file it cannot read. */
function unbuilt(cause: unknown): string {
  const { errors = [], message } = cause as Partial<BuildFailure>
  const [error] = errors
  if (!error) return message ?? String(cause)
  const { location, text } = error
  return location ? `${shown(resolve(location.file))}:${location.line}:${location.column + 1}: ${text}` : text
}

/** `:line:column` of a file in a stack; empty where it is not in there. */
function placeIn(file: string, stack: string): string {
  const name = [`${pathToFileURL(file).href}:`, `${file}:`].find((one) => stack.includes(one))
  if (name === undefined) return ''
  return /^:\d+:\d+/u.exec(stack.slice(stack.indexOf(name) + name.length - 1))?.[0] ?? ''
}

/** A path for people: below the package, or where they are, else as it is. */
function shown(file: string): string {
  const path = [packageRoot, process.cwd()].map((from) => relative(from, file)).find((one) => !one.startsWith('..'))
  return path === undefined ? file : path.split(sep).join('/')
}
