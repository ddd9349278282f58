import { readReport } from '../report/read-report.ts'
import type { Settings } from '../settings/settings.ts'
import { compareTwo, type Terminal } from './compare.ts'
import { readAccepted } from './compare-inputs.ts'

/** Compares the run whose report was just written with an earlier one. @returns the exit code of the comparison. */
export type CompareWith = () => 0 | 1 | 2

/**
 * Reads what a run is to be compared with, before anything starts.
 * @throws ReportReadError, CompareInputError
 */
export function compareWith({ accept, report }: Settings, earlier: string, terminal: Terminal): CompareWith {
  const before = readReport(earlier)
  if (accept !== null) readAccepted(accept)
  const options = { accept, writeAccept: null, allowPartial: false, verbose: false, out: report }
  return () => compareTwo(before, readReport(report), options, terminal).exitCode
}
