import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import schema from '../../fixtures/schemas/report.schema.json' with { type: 'json' }
import { isComplete, type NamedRun, type ReportedRun } from '../compare/reported-run.ts'
import { newAjv } from '../model/ajv.ts'
import { withCurrentName } from '../model/current-id.ts'
import type { Report } from './report.ts'

/** A report that cannot be read. `code` is stable; the message says what to do next. */
class ReportReadError extends Error {
  override readonly name = 'ReportReadError'
  readonly code = 'report-unreadable'
}

const version = schema.properties.schemaVersion.const

/** The schema is our own and validated by tests: doing so again would take longer than reading a report. */
const quickly = { meta: false, validateSchema: false, code: { optimize: false } } as const

/** Compiled when first needed: that takes longer than reading a report. */
let valid: ValidateFunction | undefined
const validator = (): ValidateFunction => (valid ??= newAjv(quickly).compile(schema))

/**
 * Reads a report.json, or the one in a folder, for a comparison: its checks get their current names.
 * @throws ReportReadError
 */
export function readReport(path: string): NamedRun {
  const run = readWholeReport(path)
  return { name: path, run: { ...run, checks: run.checks.map(withCurrentName) } }
}

/**
 * Reads a report.json, or the one in a folder, to show it.
 * @throws ReportReadError
 */
export function readWholeReport(path: string): Report {
  const file = fileOf(path)
  const report = parsed(file)
  const { schemaVersion } = report as { schemaVersion?: unknown }
  if (schemaVersion !== version) {
    const found =
      typeof schemaVersion === 'number'
        ? `has schema version ${String(schemaVersion)}`
        : 'is not a report of this suite'
    const next =
      typeof schemaVersion === 'number' && schemaVersion > version
        ? 'A newer version of the suite wrote it: update this one.'
        : 'Run the contract again with this version of the suite.'
    fail(file, `it ${found}; version ${String(version)} is needed. ${next}`)
  }
  const check = validator()
  if (!check(report)) {
    const [problem] = check.errors ?? []
    fail(
      file,
      `${problem?.instancePath ?? ''} ${problem?.message ?? 'is malformed'}. Run the contract again: a report is not written by hand.`,
    )
  }
  return report as Report
}

function fileOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return fail(path, 'there is no such file or folder. Give a report.json, or a folder that holds one.')
  if (!found.isDirectory()) return path
  const file = join(path, 'report.json')
  return existsSync(file) ? file : fail(path, 'this folder holds no report.json. Give the folder of one run.')
}

function parsed(file: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof value === 'object' && value !== null ? value : {}
  } catch (error) {
    const why =
      error instanceof SyntaxError
        ? 'it is not complete JSON, as after a run that was killed or a copy that was cut short'
        : String(error)
    return fail(file, `${why}. Run the contract again, or copy the report again.`)
  }
}

function fail(path: string, problem: string): never {
  throw new ReportReadError(`${path} cannot be read: ${problem}`)
}

/**
 * The last two complete runs of one target among the folders of runs, the older first.
 * @returns also the newest run of all, where it is of another target, which has no earlier run.
 * @throws ReportReadError if there are none.
 */
export function lastTwoRuns(folder: string): {
  readonly pair: readonly [NamedRun, NamedRun]
  readonly newer?: NamedRun
} {
  const names = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  const runs = names
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'report.json')))
    .flatMap(({ name }) => readable(join(folder, name)))
    .filter(({ run }) => isComplete(run))
    .sort((one, other) => Date.parse(other.run.startedAt) - Date.parse(one.run.startedAt))
  for (const [index, after] of runs.entries()) {
    const before = runs.slice(index + 1).find(({ run }) => subjectOf(run) === subjectOf(after.run))
    const [newest] = runs
    if (before) return { pair: [before, after], ...(newest && newest !== after ? { newer: newest } : {}) }
  }
  return fail(
    folder,
    'it does not hold two complete runs of one target. Run the contract before and after an upgrade, or name two reports: compare BEFORE AFTER.',
  )
}

/** Unreadable ones are not candidates. */
function readable(folder: string): NamedRun[] {
  try {
    return [readReport(folder)]
  } catch (error) {
    if (error instanceof ReportReadError) return []
    throw error
  }
}

const subjectOf = ({ target }: ReportedRun): string | undefined => target?.subject ?? target?.label
