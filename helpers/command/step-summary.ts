import { appendFileSync, statSync } from 'node:fs'

/** Bytes that GitHub accepts as the summary of one step; of a longer one it shows nothing. */
const longest = 1024 * 1024

/**
 * Adds to the job summary of GitHub Actions. Never fails a run: if the summary cannot be added, a note says so.
 * @param file The variable GITHUB_STEP_SUMMARY.
 */
export function addToStepSummary(file: string | undefined, text: string, note: (text: string) => void): void {
  if (file === undefined || file === '') return
  try {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    if (size + Buffer.byteLength(text) > longest)
      note(`The job summary is full (1 MB): the result was not added. It is in the log and in the report.`)
    else appendFileSync(file, text)
  } catch (error) {
    note(`The job summary cannot be written: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
