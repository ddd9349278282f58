import { citation } from '../../fixtures/sources.ts'
import type { Check } from '../contract/case.ts'
import { select } from './select.ts'

/** The contracts as a table for people, with counts at the end. */
export function listText(checks: readonly Check[], only: readonly string[]): string {
  const chosen = select(checks, only)
  const contracts = [...new Map(chosen.map((check) => [check.contract, check])).values()]
  const idWidth = Math.max(...contracts.map((check) => check.contract.length))
  const lines = contracts.flatMap((check) => {
    const variants = chosen.filter((one) => one.contract === check.contract && one.variant !== null).length
    return [
      `${check.contract.padEnd(idWidth)}  ${check.severity.padEnd(8)}  ${check.sources.map(citation).join(' · ')}`,
      `${' '.repeat(idWidth)}  ${check.title}${variants > 0 ? ` (${String(variants)} variants)` : ''}`,
    ]
  })
  return [...lines, '', `${String(contracts.length)} contracts, ${String(chosen.length)} checks`].join('\n')
}
