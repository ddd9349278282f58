import type { RunReason } from '../model/run-reason.ts'
import { count, type Summary } from './run.ts'

type OfRun<K> = Extract<RunReason, { kind: K }>

const runTexts: { readonly [K in RunReason['kind']]: (reason: OfRun<K>) => string } = {
  'run-failed': ({ code }) => `the run failed: ${code}`,
  interrupted: ({ signal, completed, planned }) =>
    `interrupted by ${signal} after ${completed} of ${count(planned, 'check')}`,
  'nothing-selected': () => 'nothing was selected',
  'nothing-proven': () => 'nothing was proven: no check completed',
  fail: ({ checks }) => `${count(checks, 'check')} failed`,
  warn: ({ checks }) => `${count(checks, 'warning')}, counted as failed (strict)`,
  stale: ({ checks }) => `${count(checks, 'check')} stale: the known issue no longer occurs`,
  blocked: ({ checks }) => `${count(checks, 'check')} blocked: nothing was proven there`,
  error: ({ checks }) => `${count(checks, 'check')} in error: the suite itself went wrong`,
  'no-verdict': ({ checks }) => `${count(checks, 'check')} without a verdict`,
  'critical-not-tested': ({ contracts }) => `critical contracts not tested: ${contracts.join(', ')}`,
}

/** Why the exit code of a run is not 0, in one line. */
export const describeRunReason = (reason: RunReason): string =>
  (runTexts[reason.kind] as (of: RunReason) => string)(reason)

/** "conformant", "no new differences (120 known)" */
export const describeConclusion = ({ conclusion, known }: Summary): string =>
  conclusion === 'no new differences' ? `${conclusion} (${known} known)` : conclusion
