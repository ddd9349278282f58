import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { escapeJson } from './escape.ts'
import { evidenceMarker, evidencePages } from './evidence.ts'
import { privateFile, privateFolder, replacePages, ReportError } from './private-files.ts'
import { reportOf, type Report } from './report.ts'
import type { RunOutcome } from './run.ts'

/** `report.json`, from which later comparisons and pages are made. */
export const reportJson = (report: Report): string => `${escapeJson(JSON.stringify(report, null, 2))}\n`

/** Not composer.lock: the folder may be one with a lock of its own. */
const lockName = 'resolved-composer.lock'

/**
 * Writes `report.json` and `evidence/*.md` instead of those of the last run: folders made here have mode 0700, files 0600.
 * Synchronous, so that it works while the process exits.
 *
 * @param composerLock the resolved packages of the server under test, if known.
 * @throws ReportError
 */
export function writeReport(folder: string, outcome: RunOutcome, composerLock?: string): void {
  try {
    privateFolder(folder)
    replacePages(join(folder, 'evidence'), evidenceMarker, evidencePages(outcome))
    rmSync(join(folder, lockName), { force: true })
    if (composerLock !== undefined) privateFile(join(folder, lockName), composerLock)
    // Last, so that whoever sees a new report.json finds the evidence it speaks of.
    privateFile(join(folder, 'report.json'), reportJson(reportOf(outcome)))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ReportError(
      `The report could not be written to ${folder}: ${why}. Choose another folder with --report.`,
      { cause },
    )
  }
}
