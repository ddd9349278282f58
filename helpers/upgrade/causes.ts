import { explanationsOf, type Announced } from '../compare/releases.ts'
import { expectedGot } from '../model/describe-value.ts'
import { describeReason } from '../model/describe-reason.ts'
import type { CheckResult } from '../model/result.ts'
import { severities } from '../model/verdict.ts'

/** Questions that were lost or not proven for one announced reason. */
export interface Cause {
  readonly announced: Announced
  readonly lost: readonly CheckResult[]
  readonly unproven: readonly CheckResult[]
}

/** By severity. */
export const graveFirst = (one: CheckResult, other: CheckResult): number =>
  severities.indexOf(other.severity) - severities.indexOf(one.severity)

/** What was expected, and what was returned. */
export function whyLost({ findings, blocker, reason }: CheckResult): string {
  const wrong = findings.find(({ ok }) => !ok)
  if (wrong) return expectedGot(wrong)
  if (blocker) return blocker.message
  return reason ? describeReason(reason) : 'no verdict'
}

/** The announcement that explains why a question was lost or not proven. */
export const announcementOf = (result: CheckResult, announced: readonly Announced[]): Announced | undefined =>
  explanationsOf(
    { fact: 'survival', endpoint: null, before: 'kept', after: whyLost(result), checks: [result] },
    announced,
  )[0]

/** The announced causes, those of the gravest questions first, and the questions that no announcement explains. */
export function causesOf(
  { lost, unproven }: { readonly lost: readonly CheckResult[]; readonly unproven: readonly CheckResult[] },
  announced: readonly Announced[],
): {
  readonly causes: readonly Cause[]
  readonly lost: readonly CheckResult[]
  readonly unproven: readonly CheckResult[]
} {
  const explaining = new Map([...lost, ...unproven].map((result) => [result, announcementOf(result, announced)]))
  const of = (results: readonly CheckResult[], cause: Announced | undefined): CheckResult[] =>
    results.filter((result) => explaining.get(result) === cause).sort(graveFirst)
  const found = [...new Set(explaining.values())].filter((cause) => cause !== undefined)
  const gravest = ({ lost, unproven }: Cause): CheckResult[] => [...lost, ...unproven].sort(graveFirst).slice(0, 1)
  return {
    causes: found
      .map((one) => ({ announced: one, lost: of(lost, one), unproven: of(unproven, one) }))
      .sort((one, other) => gravest(one).flatMap((a) => gravest(other).map((b) => graveFirst(a, b)))[0] ?? 0),
    lost: of(lost, undefined),
    unproven: of(unproven, undefined),
  }
}
