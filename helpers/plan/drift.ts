import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AcceptedChange } from '../compare/accept.ts'
import { recordDrift, type RecordDrift } from '../compare/record-drift.ts'
import { isWithheld } from '../../fixtures/withheld.ts'
import { packageRoot } from '../model/package.ts'
import type { Versions } from '../model/target.ts'
import { otherModules, schemaVersion, type RunRecord } from '../report/record.ts'
import type { RunHeader, RunOutcome } from '../report/run.ts'
import { dayOf, type DriftEntry } from './known-issues.ts'

/** The record of a release cannot be used. `code` is stable; the message says what to do next. */
export class RecordError extends Error {
  override readonly name = 'RecordError'
  readonly code = 'record-unreadable'
}

/** The record of a release, and how the server's versions differ from the recorded ones. */
export interface ChosenRecord {
  readonly name: string
  readonly record: RunRecord
  /** Empty if the versions are exactly the same. */
  readonly deviations: readonly string[]
}

const observed = join(packageRoot, 'fixtures', 'observed')

/**
 * The best record for a server: one of the same Simple OAuth; null if there is none.
 * @throws RecordError
 */
export function chooseRecord(target: NonNullable<RunHeader['target']>, folder = observed): ChosenRecord | null {
  const { simple_oauth } = target.versions
  if (target.demonstration || simple_oauth === undefined || !existsSync(folder)) return null
  const files = readdirSync(folder).filter((file) => file.startsWith(`simple_oauth-${simple_oauth}-`))
  const fitting = files.map((file) => {
    const record = readRecord(join(folder, file))
    return { name: file.replace(/\.json$/u, ''), record, deviations: deviationsOf(target, record) }
  })
  const shared = ({ record: { modules = [] } }: ChosenRecord): number => modules.length
  return (
    fitting.sort((one, other) => one.deviations.length - other.deviations.length || shared(other) - shared(one))[0] ??
    null
  )
}

function readRecord(file: string): RunRecord {
  const fail = (problem: string): never => {
    throw new RecordError(`${file} cannot be compared with: ${problem}. Record the release again with this version.`)
  }
  let record: Partial<RunRecord>
  try {
    record = JSON.parse(readFileSync(file, 'utf8')) as Partial<RunRecord>
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
  if (record.schemaVersion !== schemaVersion)
    fail(`it has schema version ${String(record.schemaVersion)}, and version ${String(schemaVersion)} is needed`)
  return record as RunRecord
}

/** Parts of a record's key besides Simple OAuth. */
const parts: readonly (readonly [string, (versions: Versions) => string | undefined])[] = [
  ['league', ({ league }) => league],
  ['consumers', ({ consumers }) => consumers],
  ['Drupal', ({ drupal }) => drupal?.split('.')[0]],
  ['database', ({ database }) => database?.split(' ')[0]],
]

function deviationsOf(
  { versions, mapped, modules }: NonNullable<RunHeader['target']>,
  { versions: recorded, modules: needed = [] }: RunRecord,
): string[] {
  // The suite installs on SQLite unless it says otherwise; the database of an existing site is not known.
  const here = mapped ? versions : { database: 'SQLite', ...versions }
  const enabled = otherModules(modules)
  const missing = needed.filter((module) => !enabled.includes(module))
  const versionsDiffer = parts.flatMap(([name, of]) => {
    const [one, other] = [of(here), of({ database: 'SQLite', ...recorded })]
    return one !== undefined && one === other ? [] : [`${name} ${one ?? 'unknown'} instead of ${other ?? 'unknown'}`]
  })
  // A difference that a module causes is drift from a record without the module.
  return [...versionsDiffer, ...(missing.length === 0 ? [] : [`without ${missing.join(', ')}`])]
}

/** The drift of a finished run from the record of its release; null if there is no record. */
export function driftOf(
  outcome: Omit<RunOutcome, 'drift'>,
  chosen: ChosenRecord | null,
  entries: readonly DriftEntry[],
  today: Date,
): RecordDrift | null {
  if (chosen === null || outcome.results.length === 0) return null
  const { header, results, planned, interrupted, failure } = outcome
  const accepted = entries.map(({ drift, ...entry }): AcceptedChange => ({ change: drift, ...entry }))
  return recordDrift(
    { ...header, planned, interrupted, failure, checks: results },
    {
      ...chosen,
      record: { name: chosen.name, checks: chosen.record.checks },
      accepted,
      today: dayOf(today),
      isWithheld,
    },
  )
}
