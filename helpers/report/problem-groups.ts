import { describeActual } from '../model/describe-value.ts'
import type { CheckResult } from '../model/result.ts'
import { severities, type Verdict } from '../model/verdict.ts'
import { openFindings } from './failure-message.ts'
import { groupBy } from './group-by.ts'

/** Checks of one verdict with the same cause. */
export interface ProblemGroup {
  readonly verdict: Verdict
  /** "token.issued: 200, issued access_token" */
  readonly cause: string
  readonly checks: readonly CheckResult[]
}

/** The gravest first. */
const order: readonly Verdict[] = ['fail', 'error', 'stale', 'blocked', 'warn']

/** Groups failing checks by cause: the gravest verdict first, then the gravest contract, then the largest group. */
export function problemGroups(results: readonly CheckResult[]): ProblemGroup[] {
  const problems = results.filter(({ verdict }) => order.includes(verdict))
  const groups = [...groupBy(problems, (check) => `${check.verdict} ${causeOf(check)}`).values()].flatMap((checks) => {
    const sorted = [...checks].sort((one, other) => weight(other) - weight(one))
    const [first] = sorted
    return first ? [{ verdict: first.verdict, cause: causeOf(first), checks: sorted }] : []
  })
  return groups.sort(
    (one, other) =>
      order.indexOf(one.verdict) - order.indexOf(other.verdict) ||
      heaviest(other) - heaviest(one) ||
      other.checks.length - one.checks.length,
  )
}

const weight = (check: CheckResult): number =>
  severities.indexOf(check.severity) + (openFindings(check).some(({ granted }) => granted) ? severities.length : 0)

const heaviest = ({ checks: [first] }: ProblemGroup): number => (first ? weight(first) : 0)

function causeOf(check: CheckResult): string {
  const { blocker, verdict, stale } = check
  if (blocker) return `${blocker.cause}: ${blocker.message}`
  const [finding] = openFindings(check)
  if (finding) return `${finding.path}: ${describeActual(finding)}`
  if (verdict === 'stale') return `${stale[0]?.path ?? ''}: a known issue that no longer occurs`
  return 'the suite itself failed'
}
