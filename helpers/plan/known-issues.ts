import type { AnySchema, ErrorObject } from 'ajv/dist/2020.js'
import semver from 'semver'
import type { AcceptedChange } from '../compare/accept.ts'
import type { Check } from '../contract/case.ts'
import type { KnownIssue } from '../judge/conclude.ts'
import type { Matcher } from '../judge/expectation.ts'
import { newAjv } from '../model/ajv.ts'
import { currentId, currentVariant } from '../model/current-id.ts'
import { lazy } from '../model/lazy.ts'
import { readPackageJson, suite } from '../model/package.ts'
import type { IssueKind } from '../model/result.ts'
import type { Versions } from '../model/target.ts'
import type { Json } from '../model/verdict.ts'
import { readYamlFile } from '../settings/yaml-file.ts'
import { formerActual, type Former } from './former-actual.ts'
import { nearIds } from './select.ts'

/** On which versions of one package an issue is known. */
export interface IssueVersions {
  readonly seen: readonly string[]
  /** A range in which it is expected to be the same. */
  readonly assumed: string
}

/** One entry as written in the file. */
export interface KnownIssueEntry {
  readonly contract: string
  readonly variants?: readonly string[]
  readonly kind: IssueKind
  readonly path: string
  readonly actual: Json
  readonly versions: { readonly simple_oauth: IssueVersions; readonly league?: IssueVersions }
  readonly reason: string
  readonly source: string
  readonly issue?: string
  readonly remedy?: string
  readonly fixedIn?: string
  readonly owner?: string
  readonly until?: string
}

/** An accepted difference from the record of a release. */
export interface DriftEntry extends Required<Omit<AcceptedChange, 'change'>> {
  readonly drift: string
}

/** A file of known issues cannot be read; the message begins with file:line:column. */
export class KnownIssuesError extends Error {
  override readonly name = 'KnownIssuesError'
  readonly code = 'malformed-baseline'
}

/** The content of a file of known issues. */
export interface Baseline {
  readonly issues: KnownIssueEntry[]
  readonly drift: DriftEntry[]
}

const schemaFile = 'fixtures/schemas/known-issues.schema.json'
const validator = lazy(() => {
  const ajv = newAjv({ allErrors: true, allowUnionTypes: true, verbose: true })
  return ajv.compile<(KnownIssueEntry | DriftEntry)[]>(readPackageJson(schemaFile) as AnySchema)
})

/**
 * Reads one file of known issues.
 * @param checks all existing checks: an entry must name an existing contract and variants.
 * @throws KnownIssuesError also for an entry in a former form; the message names the command that migrates it.
 */
export function readBaseline(file: string, checks: readonly Check[]): Baseline {
  const migrate = `Run: ${suite.name} baseline migrate ${file}`
  const { value, fail } = readYamlFile(file, {
    validate: validator(),
    unreadable,
    error: KnownIssuesError,
    empty: [],
    explain: (problem) => explain(problem, migrate),
  })
  const entries = value.map(withCurrentNames)
  const drift = entries.filter((entry): entry is DriftEntry => 'drift' in entry)
  const issues = entries.filter((entry): entry is KnownIssueEntry => !('drift' in entry))
  for (const [index, entry] of entries.entries()) {
    checkEntry(entry, checks, (member, problem) => fail([String(index), ...member], problem))
    if (!('drift' in entry) && formerOf(entry, checks))
      fail([String(index), 'actual'], `the value is in the form of an earlier version. ${migrate}`)
  }
  return { issues, drift }
}

/** An entry under the current names of its contract and variants. */
function withCurrentNames(entry: KnownIssueEntry | DriftEntry): KnownIssueEntry | DriftEntry {
  if ('drift' in entry) return { ...entry, contracts: entry.contracts.map(currentId) }
  const { variants, ...rest } = entry
  const contract = currentId(entry.contract)
  const names = variants?.map((variant) => currentVariant(contract, variant))
  return { ...rest, contract, ...(names ? { variants: names } : {}) }
}

/** The known issues of a file alone. @throws KnownIssuesError */
export const readKnownIssues = (file: string, checks: readonly Check[]): KnownIssueEntry[] =>
  readBaseline(file, checks).issues

export const unreadable = 'the baseline cannot be read. Give the path of a YAML file with --baseline.'

/** Reports what is wrong with an entry of either form, at the wrong member. */
export function checkEntry(
  entry: (Pick<KnownIssueEntry, 'contract' | 'variants'> & { readonly versions: object }) | DriftEntry,
  checks: readonly Check[],
  fail: (member: readonly string[], problem: string) => void,
): void {
  const ids = new Set(checks.map(({ contract }) => contract))
  const unknownId = (id: string): string => `no contract has the id "${id}".${nearIds(id, checks)}`
  if ('drift' in entry) {
    const index = entry.contracts.findIndex((id) => !ids.has(id))
    if (index >= 0) fail(['contracts', String(index)], unknownId(entry.contracts[index] ?? ''))
    return
  }
  const { contract, variants, versions } = entry
  if (!ids.has(contract)) fail(['contract'], unknownId(contract))
  const own = checks.filter((check) => check.contract === contract)
  const unknown = variants?.find((name) => !own.some(({ variant }) => variant === name))
  if (unknown !== undefined) fail(['variants'], `${contract} has no variant "${unknown}"`)
  for (const [name, value] of Object.entries(versions)) {
    const range = typeof value === 'string' ? value : (value as IssueVersions).assumed
    if (semver.validRange(range) !== null) continue
    const at = typeof value === 'string' ? ['versions', name] : ['versions', name, 'assumed']
    fail(at, `"${range}" is not a version range, e.g. ">=6.0.0 <6.2.0"`)
  }
}

function explain({ keyword, params, instancePath }: ErrorObject, migrate: string): string | undefined {
  const { missingProperty } = params as { missingProperty?: string }
  if (keyword === 'type' && /^\/\d+\/versions\/\w+$/u.test(instancePath))
    return `the versions are in the form of an earlier version. ${migrate}`
  if (keyword === 'required' && missingProperty === 'kind')
    return `kind is missing: weakness for something issued, opened or disclosed, else difference. ${migrate}`
  if (keyword === 'required' && (missingProperty === 'owner' || missingProperty === 'until') && instancePath !== '')
    return `${missingProperty} is missing: somebody has to answer for it until a date. Add owner and until.`
  return undefined
}

/** An entry's `actual` if it is in a former form, with its present form. */
export function formerOf(
  { contract, path, actual }: Pick<KnownIssueEntry, 'contract' | 'path' | 'actual'>,
  checks: readonly Check[],
): Former | undefined {
  return formerActual(path, actual, matchersOf(contract, path, checks))
}

/** How a contract judges the fact at a path. */
function matchersOf(contract: string, path: string, checks: readonly Check[]): Matcher[] {
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

/** YYYY-MM-DD */
export const dayOf = (date: Date): string => date.toISOString().slice(0, 10)

/** The entries that apply to a target of these versions today. Only the range `*` matches an unknown version. */
export function applicableKnownIssues(
  entries: readonly KnownIssueEntry[],
  versions: Versions,
  today: Date,
  { list = 'baseline', expected = list === 'baseline' }: Partial<Pick<KnownIssue, 'list' | 'expected'>> = {},
): KnownIssue[] {
  return entries
    .filter((entry) => appliesTo(entry, versions) && (entry.until === undefined || dayOf(today) <= entry.until))
    .map(({ versions: known, variants, ...entry }) => {
      const unseen = packages.flatMap((name) =>
        known[name] === undefined || known[name].seen.includes(versions[name] ?? '')
          ? []
          : [`${name} ${versions[name] ?? ''}`],
      )
      return { ...entry, variants: variants ?? null, list, expected, ...(unseen.length > 0 ? { unseen } : {}) }
    })
}

const packages = ['simple_oauth', 'league'] as const

/** Whether an entry applies to these versions. */
export function appliesTo({ versions: known }: KnownIssueEntry, versions: Versions): boolean {
  return packages.every((name) => {
    const [range, version] = [known[name], versions[name]]
    if (range === undefined) return true
    if (version === undefined) return range.assumed === '*'
    return range.seen.includes(version) || semver.satisfies(semver.coerce(version) ?? '', range.assumed)
  })
}
