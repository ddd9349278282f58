import { readdirSync, realpathSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Check, Declared } from '../contract/case.ts'
import { expand } from '../contract/expand.ts'
import type { ConsumerPolicy } from '../model/policy.ts'
import { SettingsError } from '../settings/settings.ts'
import { packageRoot } from '../model/package.ts'
import type { Place } from '../model/source-map.ts'
import { declarationsIn, SpecError } from './load-spec.ts'
import { problemOf } from './check-case.ts'

/** A spec file declares something unusable. */
export class CollectError extends Error {
  override readonly name = 'CollectError'
  readonly code = 'bad-contract'
}

export interface Collected {
  readonly checks: readonly Check[]
  /** Absolute path of the spec file of each contract. */
  readonly files: ReadonlyMap<string, string>
}

/** The suite's own specs, next to this code: sources in tests, otherwise built. */
const ownSpecs = fileURLToPath(new URL('../../specs', import.meta.url))

/** Contracts that only `upgrade` runs. */
const upgradeSpecs = join(ownSpecs, 'upgrade')

/** Absolute paths of the spec files about an upgrade. */
export const upgradeFiles = (): string[] => specsIn(upgradeSpecs)

/**
 * Absolute paths of our spec files, except those about an upgrade, and of those in the user's own folder.
 * @throws SettingsError for a folder that cannot be read or contains no spec file.
 */
export function specFiles(contracts: string | null = null): string[] {
  const ours = specsIn(ownSpecs).filter((file) => !file.startsWith(upgradeSpecs + sep))
  if (contracts === null) return ours
  try {
    const own = specsIn(realpathSync(contracts))
    if (own.length > 0) return [...ours, ...own]
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SettingsError('bad-value', `Your contracts cannot be read (${why}). Give their folder with --contracts.`)
  }
  throw new SettingsError(
    'bad-value',
    `No file in ${contracts} ends in .spec.ts or .spec.js. Give the folder of your contracts.`,
  )
}

const specsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.spec\.[cm]?[jt]s$/u.test(file) && !file.split(sep).includes('node_modules'))
    .map((file) => join(folder, file))
    .sort()

const isOwn = (file: string): boolean => file.startsWith(ownSpecs + sep)

/** Ids of users' contracts begin with x-, and ours do not. */
function misnamed(id: string, file: string): string | null {
  const ours = isOwn(file)
  if (ours === !id.startsWith('x-')) return null
  return ours
    ? `the id ${id} begins with x-, which is left for users' own contracts`
    : `the id ${id} of a contract of your own has to begin with x-: x-${id}`
}

/** Only for users' contracts: ours are checked by `npm test`, because that takes longer than the rest of the start. */
function misdeclared(declared: Declared, policy?: readonly ConsumerPolicy[]): string | null {
  const found = problemOf(declared, policy)
  return found === null ? null : `${declared.id}: ${found}`
}

const ownChecks = (declaration: Declared, policy?: readonly ConsumerPolicy[]): Check[] =>
  expand({ ...declaration, file: shown(declaration.file) }, policy).map((check) => ({ ...check, group: 'own' }))

const expanded = new WeakMap<Declared, Check[]>()

/** Expanded once per process, unless they depend on a policy. */
function shippedChecks(declaration: Declared, policy?: readonly ConsumerPolicy[]): Check[] {
  const before = policy === undefined ? expanded.get(declaration) : undefined
  if (before !== undefined) return before
  const checks = expand({ ...declaration, file: shown(declaration.file) }, policy)
  if (policy === undefined) expanded.set(declaration, checks)
  return checks
}

/**
 * Reads every contract without running any. Those about guarantees are expanded for each consumer of the policy; without a policy, for the
 * example's.
 * @throws CollectError for a file that does not load, and for a duplicate id or title.
 */
export async function collect(
  files: readonly string[] = specFiles(),
  policy?: readonly ConsumerPolicy[],
): Promise<Collected> {
  const checks: Check[] = []
  const from = new Map<string, string>()
  const titles = new Map<string, string>()
  const receive = (declaration: Declared, file: string): void => {
    const { id, definition } = declaration
    const wrong = misnamed(id, file) ?? (id.startsWith('x-') ? misdeclared(declaration, policy) : null)
    if (wrong !== null) throw new Error(wrong)
    if (from.has(id)) throw new Error(`the id ${id} is declared twice`)
    const same = titles.get(definition.title)
    if (same !== undefined) throw new Error(`${id}: ${same} has the same title`)
    titles.set(definition.title, id)
    from.set(id, file)
    checks.push(...(id.startsWith('x-') ? ownChecks(declaration, policy) : shippedChecks(declaration, policy)))
  }
  for (const file of files) {
    const declared = await declarationsIn(file, isOwn(file)).catch((cause: unknown) => {
      throw cause instanceof SpecError ? problem(cause, cause.message, cause) : cause
    })
    for (const one of declared) {
      try {
        receive(one, file)
      } catch (cause) {
        throw problem(one, cause instanceof Error ? cause.message : String(cause), cause)
      }
    }
  }
  return { checks, files: from }
}

/** `file:line:column: what is wrong`; without the numbers where they are not known. */
function problem({ file, line, column }: Place, message: string, cause: unknown): CollectError {
  const place = line > 0 ? `${shown(file)}:${line}:${column}` : shown(file)
  return new CollectError(`${place}: ${message}`, { cause })
}

/** A path relative to the package or the working folder if it is below one of them, else unchanged. */
function shown(file: string): string {
  const path = [packageRoot, process.cwd()].map((from) => relative(from, file)).find((one) => !one.startsWith('..'))
  return path === undefined ? file : path.split(sep).join('/')
}
