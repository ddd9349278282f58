import type { AcceptedChange } from '../compare/accept.ts'
import { compareRuns, mustBeAccepted, type Comparison } from '../compare/compare.ts'
import type { NamedRun } from '../compare/reported-run.ts'
import { comparisonText } from '../report/comparison-console.ts'
import { writeComparison, writeMatrix } from '../report/comparison-files.ts'
import { matrixOf } from '../compare/matrix.ts'
import { matrixText } from '../report/matrix-console.ts'
import { lastTwoRuns, readReport } from '../report/read-report.ts'
import { named } from '../report/brief-lists.ts'
import { wrap } from '../report/fit.ts'
import { inline, type Paint } from '../report/text.ts'
import type { FlagValues } from '../settings/flags.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { readAccepted, readReleases } from './compare-inputs.ts'
import { writeNew } from '../settings/write-new.ts'
import { acceptTemplate } from './write-accept.ts'

export interface CompareOptions {
  readonly reports: readonly string[]
  /** The folder of runs, where no report is named. */
  readonly results: string
  readonly accept: string | null
  readonly writeAccept: string | null
  readonly allowPartial: boolean
  readonly verbose: boolean
  /** A folder for comparison.json, .md and .html, or matrix.md and .html; none are written without. */
  readonly out: string | null
}

export interface Terminal {
  readonly print: (text: string) => void
  readonly paint: Paint
  /** Columns. */
  readonly width: number
}

/** The options of a call of `compare`. @throws SettingsError */
export function compareOptions(flags: FlagValues, reports: readonly string[]): CompareOptions {
  if (reports.length === 1)
    throw new SettingsError(
      'bad-value',
      '"compare" needs two reports, or none: without any it takes the last two runs.',
    )
  const text = (flag: string): string | null => (typeof flags[flag] === 'string' ? flags[flag] : null)
  return {
    reports,
    results: text('results') ?? 'results',
    accept: text('accept'),
    writeAccept: text('write-accept'),
    allowPartial: flags['allow-partial'] === true,
    verbose: flags['verbose'] === true,
    out: text('out'),
  }
}

/** Compares reports and prints what changed. @returns the exit code. */
export function compare(options: CompareOptions, terminal: Terminal): 0 | 1 | 2 {
  const runs = options.reports.length === 0 ? lastTwo(options.results, terminal) : options.reports.map(readReport)
  if (runs.length > 2) return compareMany(runs, options.out, terminal)
  const [before, after] = runs as readonly [NamedRun, NamedRun]
  return compareTwo(before, after, options, terminal).exitCode
}

function lastTwo(results: string, { print, width }: Terminal): readonly NamedRun[] {
  const { pair, newer } = lastTwoRuns(results)
  if (newer) {
    const text = `the newest run, ${inline(newer.name)}, is not compared: it is the only one of its target. compare BEFORE AFTER takes any two`
    print(`${wrap(`${named('note')} ${text}`, width)}\n`)
  }
  return pair
}

export function compareTwo(
  before: NamedRun,
  after: NamedRun,
  options: Omit<CompareOptions, 'reports' | 'results'>,
  { print, paint, width }: Terminal,
): Comparison {
  const accepted: readonly AcceptedChange[] = options.accept === null ? [] : readAccepted(options.accept)
  const comparison = compareRuns(before, after, {
    releases: readReleases(),
    accepted,
    allowPartial: options.allowPartial,
    today: new Date().toISOString().slice(0, 10),
  })
  print(comparisonText(comparison, { paint, width, verbose: options.verbose }))
  if (options.out !== null) {
    writeComparison(options.out, comparison)
    print(`written to ${options.out}: comparison.json, comparison.md, comparison.html`)
  }
  if (options.writeAccept !== null) {
    const open = comparison.changes.filter(mustBeAccepted)
    writeNew(options.writeAccept, acceptTemplate(open))
    print(`${String(open.length)} changes to accept written to ${options.writeAccept}; fill in reason and owner.`)
  }
  return comparison
}

function compareMany(runs: readonly NamedRun[], out: string | null, { print, width }: Terminal): 0 | 2 {
  const matrix = matrixOf(runs)
  print(matrixText(matrix, width))
  if (out !== null) {
    writeMatrix(out, matrix)
    print(`written to ${out}: matrix.md, matrix.html`)
  }
  return matrix.compared === 0 ? 2 : 0
}
