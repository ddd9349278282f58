import type { Check } from '../contract/case.ts'
import { count } from '../report/run.ts'
/** One contract with its checks. */
export interface Contract {
  readonly id: string
  readonly first: Check
  readonly checks: readonly Check[]
  /** It records facts, without right or wrong. */
  readonly observation: boolean
}

/** Checks grouped by contract, in order. */
export function contractsOf(checks: readonly Check[]): Contract[] {
  const byId = new Map<string, [Check, ...Check[]]>()
  for (const check of checks) {
    const known = byId.get(check.contract)
    if (known) known.push(check)
    else byId.set(check.contract, [check])
  }
  return [...byId].map(([id, all]) => ({ id, first: all[0], checks: all, observation: all[0].then.length === 0 }))
}

/** Numbers of contracts, observations and the checks of both. */
export function countsOf(contracts: readonly Contract[]): {
  contracts: number
  checks: number
  observations: number
  observationChecks: number
} {
  const checks = (some: readonly Contract[]): number => some.reduce((sum, one) => sum + one.checks.length, 0)
  const [judged, observed] = [false, true].map((is) => contracts.filter(({ observation }) => observation === is))
  return {
    contracts: judged?.length ?? 0,
    checks: checks(judged ?? []),
    observations: observed?.length ?? 0,
    observationChecks: checks(observed ?? []),
  }
}

/** "80 contracts, 135 checks", and a separate line for the observations. */
export function countLines(contracts: readonly Contract[]): string[] {
  const counts = countsOf(contracts)
  const observed = `${count(counts.observations, 'observation')}, ${count(counts.observationChecks, 'check')}`
  return [
    ...(counts.observations > 0 ? [`${observed}: facts recorded without right or wrong`] : []),
    `${count(counts.contracts, 'contract')}, ${count(counts.checks, 'check')}`,
  ]
}

/** What a run counts, if it differs: it includes observations, guarantees only with a site file, and nothing about upgrades. */
export function runCounts(contracts: readonly Contract[]): string[] {
  const always = contracts.filter(({ first }) => first.guarantee === undefined && first.before === undefined)
  if (always.length === contracts.length || always.length === 0) return []
  const checks = always.reduce((sum, one) => sum + one.checks.length, 0)
  return [`in a run: ${count(always.length, 'contract')}, ${count(checks, 'check')} (no guarantees or upgrades)`]
}
