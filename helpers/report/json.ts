import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { escapeJson } from './escape.ts'
import { evidenceMarker, evidencePages } from './evidence.ts'
import { privateFile, privateFolder, replacePages, ReportError } from './private-files.ts'
import { summarize, type RunOutcome } from './run.ts'
import { serverFacts } from './server-facts.ts'

/** Raised when a reader of the old form could not read the new one. */
const schemaVersion = 3

/** `report.json`: everything later diffs and pages are made from. Its form is fixtures/schemas/report.schema.json. */
export function reportJson({
  header,
  results,
  planned,
  interrupted,
  failure,
  sideEffects,
  drift,
  knownIssues,
}: RunOutcome): string {
  const summary = summarize({ header, results, planned, interrupted, failure, ...(drift ? { drift } : {}) })
  const report = {
    ...{ schemaVersion, ...header, planned, interrupted, failure, summary },
    ...(sideEffects ? { sideEffects } : {}),
    ...(drift ? { drift } : {}),
    ...(knownIssues ? { knownIssues } : {}),
    server: serverFacts(results, header.target),
    checks: results,
  }
  return `${escapeJson(JSON.stringify(report, null, 2))}\n`
}

/** Not composer.lock: the folder may be one with a lock of its own. */
const lockName = 'resolved-composer.lock'

/**
 * Writes `report.json` and `evidence/*.md` in place of those of the last run: folders made here have mode 0700, files 0600.
 * Synchronous, so that it works on the way out of the process.
 *
 * @param composerLock what the server under test was made of, where that is known.
 * @throws ReportError
 */
export function writeReport(folder: string, outcome: RunOutcome, composerLock?: string): void {
  try {
    privateFolder(folder)
    replacePages(join(folder, 'evidence'), evidenceMarker, evidencePages(outcome))
    rmSync(join(folder, lockName), { force: true })
    if (composerLock !== undefined) privateFile(join(folder, lockName), composerLock)
    // Last: whoever sees a new report.json finds the evidence it speaks of.
    privateFile(join(folder, 'report.json'), reportJson(outcome))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ReportError(
      `The report could not be written to ${folder}: ${why}. Choose another folder with --report.`,
      { cause },
    )
  }
}
