import { asvs, type AsvsNumber } from '../../fixtures/asvs.ts'
import { guidanceOf } from '../../fixtures/guidance/index.ts'
import type { CheckResult } from '../model/result.ts'
import { verdicts, type Verdict } from '../model/verdict.ts'
import { groupBy } from './group-by.ts'

type Counts = Partial<Readonly<Record<Verdict, number>>>

/** A requirement of OWASP ASVS 5.0, chapters V9 and V10, with what came of the contracts that contribute to it. */
export interface AsvsVerdicts {
  /** `10.4.6` */
  readonly requirement: AsvsNumber
  readonly level: 1 | 2 | 3
  /** Checks by verdict, without those of which there are none. */
  readonly checks: Counts
  /** The same of each contract. */
  readonly contracts: Readonly<Record<string, Counts>>
}

/** Requirements to which no contract of the run contributes are left out. They support an assessment and replace none. */
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
