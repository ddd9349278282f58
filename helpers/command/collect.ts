import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { runnerImport } from 'vite'
import { expand, type Check, type Declared } from '../contract/case.ts'
import { setSink } from '../contract/contract-test.ts'
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
 * @throws CollectError for an id or title that stands twice.
 */
export async function collect(files: readonly string[] = specFiles()): Promise<Collected> {
  const declared: Declared[] = []
  const from = new Map<string, string>()
  const titles = new Set<string>()
  const restore = setSink((declaration) => {
    const { id, definition, file } = declaration
    if (from.has(id)) throw new CollectError(`the id ${id} is declared twice`)
    if (titles.has(definition.title)) throw new CollectError(`${id}: another contract has the same title`)
    titles.add(definition.title)
    from.set(id, file)
    declared.push({ ...declaration, file: shown(file) })
  })
  try {
    await load(files)
  } finally {
    restore()
  }
  return { checks: declared.flatMap(expand), files: from }
}

/** TypeScript from the sources, inside node_modules too; the sink is a global, so another copy of it does no harm. */
async function load(files: readonly string[]): Promise<void> {
  const entry = '\0all-specs'
  await runnerImport(entry, {
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'all-specs',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? files.map((file) => `import ${JSON.stringify(file)}`).join('\n') : null),
      },
    ],
  })
}

/** A path for people: below the package, else as it is. */
function shown(file: string): string {
  const path = relative(packageRoot, file)
  return path.startsWith('..') ? file : path.split(sep).join('/')
}
