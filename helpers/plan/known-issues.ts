import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import semver from 'semver'
import { lazy } from '../model/lazy.ts'
import { readPackageJson } from '../model/package.ts'
import type { KnownIssue } from '../judge/conclude.ts'
import { checkName } from '../model/result.ts'
import type { Json } from '../model/verdict.ts'
import type { Versions } from '../model/target.ts'
import { readYamlFile } from '../settings/yaml-file.ts'

/** One entry as it stands in the file. */
export interface KnownIssueEntry {
  readonly contract: string
  readonly variants?: readonly string[]
  readonly path: string
  readonly actual: Json
  readonly versions: { readonly simple_oauth: string; readonly league?: string }
  readonly reason: string
  readonly source: string
  readonly owner?: string
  readonly until?: string
}

/** A baseline cannot be read; the message begins with file:line:column. */
export class KnownIssuesError extends Error {
  override readonly name = 'LedgerError'
  readonly code = 'malformed-baseline'
}

const validator = lazy(() => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
  // ajv-formats is CommonJS: its default export is the namespace under NodeNext.
  ;(formats as unknown as (instance: Ajv2020) => void)(ajv)
  return ajv.compile<KnownIssueEntry[]>(readPackageJson('fixtures/schemas/known-issues.schema.json') as AnySchema)
})

/**
 * Reads one file of known issues.
 * @param known ids of contracts, and names of their variants.
 * @throws LedgerError
 */
export function readKnownIssues(file: string, known: ReadonlySet<string>): KnownIssueEntry[] {
  const { value: entries, fail } = readYamlFile(file, {
    validate: validator(),
    unreadable: 'the baseline cannot be read. Give the path of a YAML file with --baseline.',
    error: KnownIssuesError,
    empty: [],
  })
  for (const [index, entry] of entries.entries()) {
    const at = (member: string): string[] => [String(index), member]
    const { contract } = entry
    if (!known.has(contract)) fail(at('contract'), `no contract has the id "${contract}"`)
    const foreign = entry.variants?.find((variant) => !known.has(checkName({ contract, variant })))
    if (foreign !== undefined) fail(at('variants'), `${contract} has no variant "${foreign}"`)
    for (const range of Object.values(entry.versions)) {
      if (semver.validRange(range) === null)
        fail(at('versions'), `"${range}" is no version range, e.g. ">=6.0.0 <6.2.0"`)
    }
  }
  return entries
}

/** The entries that apply to a target of these versions today. An unknown version excuses nothing. */
export function applicableKnownIssues(
  entries: readonly KnownIssueEntry[],
  versions: Versions,
  today: Date,
): KnownIssue[] {
  const applies = (range: string | undefined, version: string | undefined): boolean =>
    range === undefined || (version !== undefined && semver.satisfies(semver.coerce(version) ?? '', range))
  return entries
    .filter(({ versions: due, until }) => {
      const inTime = until === undefined || today.toISOString().slice(0, 10) <= until
      return inTime && applies(due.simple_oauth, versions.simple_oauth) && applies(due.league, versions.league)
    })
    .map(({ versions: _, variants, ...entry }) => ({ ...entry, variants: variants ?? null }))
}
