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
  stale: ({ checks }) => `${count(checks, 'check')} stale: a known issue of the baseline no longer occurs`,
  blocked: ({ checks }) => `${count(checks, 'check')} blocked: nothing was proven there`,
  error: ({ checks }) => `${count(checks, 'check')} in error: the suite itself failed`,
  'no-verdict': ({ checks }) => `${count(checks, 'check')} without a verdict`,
  'granted-beyond-record': ({ changes }) =>
    `${count(changes, 'difference')} from the record of the release: what it rejects is granted`,
  drift: ({ changes }) => `${count(changes, 'difference')} from the record of the release (strict)`,
  'drift-gone': ({ changes }) => `${count(changes, 'accepted difference')} from the record no longer occurs`,
  'critical-not-tested': ({ contracts }) => `critical contracts not tested: ${contracts.join(', ')}`,
}

/** Why the exit code of a run is not 0, in one line. */
export const describeRunReason = (reason: RunReason): string =>
  (runTexts[reason.kind] as (of: RunReason) => string)(reason)

/** "conformant", "no failures (2 warnings)", "no new differences (120 known, 2 warnings)" */
export function describeConclusion({ conclusion, known, counts }: Summary): string {
  const warnings = counts.warn > 0 ? [count(counts.warn, 'warning')] : []
  if (conclusion === 'no failures') return `${conclusion} (${warnings.join('')})`
  return conclusion === 'no new differences'
    ? `${conclusion} (${[`${known} known`, ...warnings].join(', ')})`
    : conclusion
}
