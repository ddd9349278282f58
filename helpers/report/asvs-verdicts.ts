import { asvs, type AsvsNumber } from '../../fixtures/asvs.ts'
import { guidanceOf } from '../../fixtures/guidance/index.ts'
import type { CheckResult } from '../model/result.ts'
import { verdicts, type Verdict } from '../model/verdict.ts'
import { groupBy } from './group-by.ts'

type Counts = Partial<Readonly<Record<Verdict, number>>>

/** A requirement of OWASP ASVS 5.0, chapters V9 and V10, with the verdicts of the contracts that contribute to it. */
export interface AsvsVerdicts {
  /** `10.4.6` */
  readonly requirement: AsvsNumber
  readonly level: 1 | 2 | 3
  /** Numbers of checks by verdict, without zeros. */
  readonly checks: Counts
  /** The same for each contract. */
  readonly contracts: Readonly<Record<string, Counts>>
}

/**
 * Verdicts by ASVS requirement, without requirements to which no contract of the run contributes. They support an assessment but do not
 * replace one.
 */
export function asvsVerdicts(results: readonly CheckResult[]): AsvsVerdicts[] {
  const byContract = groupBy(results, ({ contract }) => contract)
  return (Object.keys(asvs) as AsvsNumber[]).flatMap((requirement) => {
    const own = [...byContract].filter(([contract]) => guidanceOf(contract)?.asvs?.includes(requirement))
    if (own.length === 0) return []
    return [
      {
        ...{ requirement, level: asvs[requirement].level },
        checks: countsOf(own.flatMap(([, checks]) => checks)),
        contracts: Object.fromEntries(own.map(([contract, checks]) => [contract, countsOf(checks)])),
      },
    ]
  })
}

function countsOf(checks: readonly CheckResult[]): Counts {
  const counts = verdicts.map(
    (verdict) => [verdict, checks.filter((check) => check.verdict === verdict).length] as const,
  )
  return Object.fromEntries(counts.filter(([, number]) => number > 0))
}
