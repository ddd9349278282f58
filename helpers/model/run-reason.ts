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
  /** Critical contracts that were skipped. */
  | { readonly kind: 'critical-not-tested'; readonly contracts: readonly string[] }

/** The result of a run in one term. */
export const conclusions = [
  'conformant',
  'no new differences',
  'incomplete',
  'non-conformant',
  'demonstration',
] as const
export type Conclusion = (typeof conclusions)[number]
