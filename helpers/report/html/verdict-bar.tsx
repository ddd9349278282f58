import type { CheckResult } from '../../model/result.ts'
import type { Verdict } from '../../model/verdict.ts'
import { countsOf } from './page-report.ts'
import { verdictWords } from './verdict-words.ts'

/** A verdict as a sign and a word: never by colour alone. */
export function Badge({ verdict, number }: { verdict: Verdict; number?: number | undefined }) {
  return (
    <span class={`badge ${verdict}`}>
      <span aria-hidden="true">{verdictWords[verdict].sign}</span> {number === undefined ? '' : `${number} `}
      {verdict}
    </span>
  )
}

/** Percent of a bar. */
const narrowest = 3

/**
 * Checks by verdict as a stacked bar, with the numbers below it in the same order.
 */
export function VerdictBar({ checks }: { checks: readonly CheckResult[] }) {
  const counts = countsOf(checks)
  // One check among many must still be seen.
  const shares = counts.map(([, number]) => Math.max(narrowest, (number / checks.length) * 100))
  const total = shares.reduce((sum, share) => sum + share, 0)
  let x = 0
  return (
    <>
      <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        {counts.map(([verdict], index) => {
          const wide = ((shares[index] ?? 0) / total) * 100
          const part = <rect class={verdict} x={x.toFixed(2)} y={0} width={wide.toFixed(2)} height={8} />
          x += wide
          return part
        })}
      </svg>
      <span class="counts">
        {counts.map(([verdict, number]) => (
          <span class={verdict}>
            {number}
            <span aria-hidden="true">{` ${verdictWords[verdict].sign}`}</span>
            <span class="hidden">{` ${verdict}`}</span>
          </span>
        ))}
      </span>
    </>
  )
}
