/** Why the exit code of a run is not 0. Plain JSON. */
export type RunReason =
  | { readonly kind: 'run-failed'; readonly code: string }
  | { readonly kind: 'interrupted'; readonly signal: string; readonly completed: number; readonly planned: number }
  | { readonly kind: 'nothing-selected' }
  /** Every check is blocked, in error or skipped. */
  | { readonly kind: 'nothing-proven' }
  /** `warn`: counted as failed, by the setting strict. `no-verdict`: the check ended without one. */
  | {
      readonly kind: 'fail' | 'warn' | 'stale' | 'blocked' | 'error' | 'no-verdict'
      readonly checks: number
    }
  /** Differences from the record of the release: something is granted that the release refuses; with strict, any other. */
  | { readonly kind: 'granted-beyond-record' | 'drift'; readonly changes: number }
  /** Accepted differences from the record that did not occur. */
  | { readonly kind: 'drift-gone'; readonly changes: number }
  /** Critical contracts that were skipped although a run can test them. */
  | { readonly kind: 'critical-not-tested'; readonly contracts: readonly string[] }

/** The result of a run in one or two words. */
export const conclusions = [
  'conformant',
  'no failures',
  'no new differences',
  'outdated baseline',
  'incomplete',
  'non-conformant',
  'no verdict',
  'demonstration',
] as const
export type Conclusion = (typeof conclusions)[number]
