import type { CheckResult } from '../../model/result.ts'
import { countsOf } from './page-report.ts'
import { Badge } from './verdict-bar.tsx'
import { verdictWords } from './verdict-words.ts'

/** What the verdicts of this run mean. */
export function VerdictLegend({ checks }: { checks: readonly CheckResult[] }) {
  return (
    <dl class="legend">
      {countsOf(checks).map(([verdict]) => (
        <div>
          <dt>
            <Badge verdict={verdict} />
          </dt>
          <dd>{verdictWords[verdict].meaning}</dd>
        </div>
      ))}
    </dl>
  )
}
