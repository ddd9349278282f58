import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import semver from 'semver'
import { lazy } from '../model/lazy.ts'
import { readPackageJson, suite } from '../model/package.ts'
import type { Check } from '../contract/case.ts'
import type { KnownIssue } from '../judge/conclude.ts'
import type { Matcher } from '../judge/expectation.ts'
import type { Versions } from '../model/target.ts'
import type { Json } from '../model/verdict.ts'
import { readYamlFile, type YamlFile } from '../settings/yaml-file.ts'
import { formerActual, type Former } from './former-actual.ts'

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

/** A file of known issues cannot be read; the message begins with file:line:column. */
export class KnownIssuesError extends Error {
  override readonly name = 'KnownIssuesError'
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
 * @param checks all checks there are: an entry has to name a contract and variants that exist.
 * @throws KnownIssuesError also where an `actual` is of the former form; the message names the command that migrates it.
 */
export function readKnownIssues(file: string, checks: readonly Check[]): KnownIssueEntry[] {
  const { value: entries, fail } = readEntries(file, checks)
  for (const [index, entry] of entries.entries()) {
    if (formerOf(entry, checks))
      fail(
        [String(index), 'actual'],
        `the value is in the form of an earlier version. Run: ${suite.name} baseline migrate ${file}`,
      )
  }
  return entries
}

/** As `readKnownIssues`, with entries of the former form. */
export function readEntries(file: string, checks: readonly Check[]): YamlFile<KnownIssueEntry[]> {
  const yaml = readYamlFile(file, {
    validate: validator(),
    unreadable: 'the baseline cannot be read. Give the path of a YAML file with --baseline.',
    error: KnownIssuesError,
    empty: [],
  })
  const { value: entries, fail } = yaml
  for (const [index, entry] of entries.entries()) {
    const at = (member: string): string[] => [String(index), member]
    const { contract } = entry
    const own = checks.filter((check) => check.contract === contract)
    if (own.length === 0) fail(at('contract'), `no contract has the id "${contract}"`)
    const unknown = entry.variants?.find((name) => !own.some(({ variant }) => variant === name))
    if (unknown !== undefined) fail(at('variants'), `${contract} has no variant "${unknown}"`)
    for (const range of Object.values(entry.versions)) {
      if (semver.validRange(range) === null)
        fail(at('versions'), `"${range}" is not a version range, e.g. ">=6.0.0 <6.2.0"`)
    }
  }
  return yaml
}

/** Whether an entry's `actual` is of the former form, and what it is now. */
export function formerOf({ contract, path, actual }: KnownIssueEntry, checks: readonly Check[]): Former | undefined {
  return formerActual(path, actual, matchersOf(contract, path, checks))
}

/** How a contract judges the fact at a path. */
export function matchersOf(contract: string, path: string, checks: readonly Check[]): Matcher[] {
  return checks
    .filter((check) => check.contract === contract)
    .flatMap(({ when, then, slow }) => [
      ...when.flatMap(({ expect }) => expect ?? []),
      ...then,
      ...(slow === undefined ? [] : [slow.then]),
    ])
    .flatMap((expectation) => (expectation.expect === 'holds' ? Object.entries(expectation.facts) : []))
    .flatMap(([fact, matcher]) => (fact === path || path.endsWith(`: ${fact}`) ? [matcher] : []))
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
    .filter(({ versions: ranges, until }) => {
      const inTime = until === undefined || today.toISOString().slice(0, 10) <= until
      return inTime && applies(ranges.simple_oauth, versions.simple_oauth) && applies(ranges.league, versions.league)
    })
    .map(({ versions: _, variants, ...entry }) => ({ ...entry, variants: variants ?? null }))
}
