import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { formatNames, formatOf, type RenderOptions } from '../report/formats/table.ts'
import {
  fileOf,
  loadReporters,
  requireReporterFiles,
  writeFormat,
  type LoadedReporter,
} from '../report/formats/write.ts'
import { writeReport } from '../report/json.ts'
import { ReportError } from '../report/private-files.ts'
import { requireReportFolder } from '../report/report-folder.ts'
import { reportOf, type Report } from '../report/report.ts'
import type { RunOutcome } from '../report/run.ts'
import { hasEarlierReport, linkToLatest } from '../report/run-folders.ts'
import type { Settings } from '../settings/settings.ts'
import { reportersOf } from './reporters.ts'
import { addToStepSummary } from './step-summary.ts'

/** Where messages about the reports go. */
interface Say {
  readonly note: (text: string) => void
  /** Lines for programs that read the log. */
  readonly print: (lines: string) => void
}

/** What a run writes at its end: prepared before it starts, so that it works while the process exits. */
export interface RunReports {
  /** Whether the console shows more than the conclusion. */
  readonly console: boolean
  /** The path of the HTML page as the user would write it; undefined if none is made. */
  readonly page: string | undefined
  /**
   * Writes the report and every other format. If no check ran, it writes only formats requested with a file name, and those that replace an
   * earlier report.
   * @returns whether there is a report.json of this run.
   * @throws ReportError
   */
  write(outcome: RunOutcome, composerLock: string | undefined, say: Say): boolean
}

/**
 * Makes sure, before anything starts, that every requested format can be written, and loads what renders it.
 * @param runs The folder of all runs; null if the user named a folder for the report.
 * @throws SettingsError, ReportError
 */
export async function prepareReports(
  { report: folder, reporter }: Pick<Settings, 'report' | 'reporter'>,
  runs: string | null,
  environment: Readonly<Record<string, string | undefined>>,
  rerunCommand: string,
): Promise<RunReports> {
  const reporters = reportersOf(reporter, environment)
  requireReportFolder(resolve(folder))
  // report.json is always written, and so is always among the files.
  const others = reporters.filter(({ name, file }) => name !== 'json' || file !== null)
  requireReporterFiles([{ name: 'json', file: null }, ...others], folder)
  const loaded = await loadReporters(others)
  const annotates = loaded.find(({ name }) => name === 'github')
  const summary = annotates && (await formatOf('markdown').load())
  return {
    console: reporters.some(({ name, file }) => name === 'console' && file === null),
    page: others.flatMap((one) => (one.name === 'html' ? (fileOf(one, folder) ?? []) : []))[0],
    write: (outcome, composerLock, { note, print }) => {
      const reported = outcome.results.length > 0 || hasEarlierReport(folder, runs)
      if (reported) {
        removeOthers(folder, loaded)
        writeReport(resolve(folder), outcome, composerLock)
        linkToLatest(folder, runs, note)
      }
      const report = reportOf(outcome)
      const options = { rerunCommand, folder }
      if (annotates && summary) {
        print(annotates.render(report, options))
        addToStepSummary(environment['GITHUB_STEP_SUMMARY'], summary(report, options), note)
      }
      writeAll(
        loaded.filter(({ file }) => reported || file !== null),
        folder,
        report,
        options,
      )
      return reported
    },
  }
}

/** In a folder that is used again, no page of the earlier run must be taken for one of this. */
function removeOthers(folder: string, loaded: readonly LoadedReporter[]): void {
  if (!existsSync(join(folder, 'report.json'))) return
  const written = loaded.map((reporter) => fileOf(reporter, folder))
  for (const name of formatNames) {
    const { file } = formatOf(name)
    if (file !== null && !written.includes(join(folder, file))) rmSync(join(folder, file), { force: true })
  }
}

/** One that cannot be written must not keep the others from being. */
function writeAll(reporters: readonly LoadedReporter[], folder: string, report: Report, options: RenderOptions): void {
  const problems = reporters.flatMap((reporter) => {
    const file = fileOf(reporter, folder)
    if (file === null) return []
    try {
      writeFormat(reporter, file, report, options)
      return []
    } catch (error) {
      return error instanceof ReportError ? [error.message] : [String(error)]
    }
  })
  if (problems.length > 0) throw new ReportError(problems.join('\n'))
}
