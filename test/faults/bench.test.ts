import { beforeAll, describe, expect, test } from 'vitest'
import { obligation } from '../../helpers/judge/conclude.ts'
import type { CheckResult } from '../../helpers/judge/result.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { faults } from '../../helpers/reference/faults.ts'
import { allChecks, kills, runAgainst } from './bench.ts'
import { must } from './must.ts'

let checks: readonly Check[] = []
beforeAll(async () => {
  checks = await allChecks()
})

test('every fault has a must list, and every must list a fault', () => {
  expect(Object.keys(must).sort()).toEqual(faults.map((fault) => fault.id).sort())
})

test('every contract is killed by some fault', () => {
  const named = new Set(Object.values(must).flatMap(Object.keys))
  const contracts = [...new Set(checks.map((check) => check.contract))]
  expect(contracts.filter((id) => !named.has(id))).toEqual([])
})

test('the profile ideal keeps every contract without a ledger', { timeout: 60_000 }, async () => {
  const results = await runAgainst({ profile: 'ideal' }, checks)
  expect(
    results
      .filter((result) => result.verdict !== 'pass')
      .map(({ contract, variant, verdict }) => [contract, variant, verdict]),
  ).toEqual([])
})

describe.concurrent('each fault turns red what it must', { timeout: 60_000 }, () => {
  test.for(Object.entries(must))('%s', async ([fault, contracts], { expect }) => {
    const results = await runAgainst(
      { profile: 'ideal', fault },
      checks.filter((check) => check.contract in contracts),
    )
    for (const [contract, path] of Object.entries(contracts)) {
      const own = results.filter((result) => result.contract === contract)
      expect(
        own.some((result) => kills(result, path)),
        explain(contract, path, own),
      ).toBe(true)
    }
  })
})

function explain(contract: string, path: string, results: readonly CheckResult[]): string {
  const verdicts = results.map(({ variant, verdict, findings, obstacle, reason }) => {
    const wrong = findings.filter((finding) => !finding.ok).map((finding) => finding.path)
    return `${variant ?? ''} ${verdict} ${wrong.join(', ')} ${obstacle?.message ?? reason ?? ''}`
  })
  return `${contract} has to fail at ${path}, as ${obligation(checks.find((check) => check.contract === contract)?.sources ?? [], 'default')}:\n${verdicts.join('\n')}`
}
