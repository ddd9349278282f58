import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { obligation } from '../../helpers/judge/conclude.ts'
import { checkName, type CheckResult } from '../../helpers/model/result.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { faults } from '../../helpers/reference/faults/index.ts'
import { allChecks, kills, runAgainst } from './bench.ts'
import matrix from './matrix.json' with { type: 'json' }
import type { Matrix } from './matrix.ts'
import { must } from './must.ts'

const recorded: Matrix = matrix

let checks: readonly Check[] = []
beforeAll(async () => {
  checks = await allChecks()
})

let failed = false
afterEach(({ task }) => {
  if (task.result?.state === 'fail') failed = true
})
afterAll(() => {
  const judged = checks.filter((check) => check.then.length > 0)
  const contracts = new Set(judged.map((check) => check.contract)).size
  const figures = `${contracts} contracts, ${judged.length} checks, ${faults.length} faults`
  console.log(failed ? `${figures}, NOT all seen to fail` : `${figures}, all seen to fail`)
})

test('every fault has a must list, and every must list a fault', () => {
  expect(Object.keys(must).sort()).toEqual(faults.map((fault) => fault.id).sort())
})

test('every contract is killed by some fault', () => {
  const named = new Set(Object.values(must).flatMap(Object.keys))
  // An observation knows no right or wrong.
  const contracts = [...new Set(checks.filter((check) => check.then.length > 0).map((check) => check.contract))]
  expect(contracts.filter((id) => !named.has(id))).toEqual([])
})

test('the profile ideal keeps every contract without known issues', { timeout: 60_000 }, async () => {
  const results = await runAgainst({ profile: 'ideal' }, checks)
  expect(
    results
      .filter((result) => result.verdict !== 'pass')
      .map(({ contract, variant, verdict }) => [contract, variant, verdict]),
  ).toEqual([])
})

describe('the matrix', () => {
  test('knows every fault, and every fault turns something red', () => {
    const red = (fault: string): number =>
      Object.values(recorded[fault] ?? {}).filter((verdict) => /fail|warn/.test(verdict)).length
    expect(Object.keys(recorded).sort()).toEqual(faults.map((fault) => fault.id).sort())
    expect(faults.map((fault) => fault.id).filter((id) => red(id) === 0)).toEqual([])
  })

  test('a sample of it still holds', { timeout: 60_000 }, async () => {
    // No expiry is waited for here; the must lists do that.
    const quick = checks.filter((check) => !check.when.some((step) => step.do === 'wait'))
    for (const fault of sample(Object.keys(recorded), 12)) {
      const some = sample(quick, 8, fault)
      const results = await runAgainst({ profile: 'ideal', fault }, some)
      const seen = results.map((result) => [checkName(result), result.verdict])
      const due = some.map((check) => [checkName(check), recorded[fault]?.[checkName(check)] ?? 'pass'])
      expect({ fault, verdicts: seen.sort() }).toEqual({ fault, verdicts: due.sort() })
    }
  })
})

describe('each fault turns red what it must', () => {
  const runs = new Map<string, readonly CheckResult[]>()
  beforeAll(async () => {
    // A few side by side, for the expiries that some of them wait for; all at once would starve each other.
    const todo = Object.entries(must)
    const work = async (): Promise<void> => {
      for (let next = todo.shift(); next; next = todo.shift()) {
        const [fault, contracts] = next
        const own = checks.filter((check) => check.contract in contracts)
        runs.set(fault, await runAgainst({ profile: 'ideal', fault }, own))
      }
    }
    await Promise.all(Array.from({ length: 4 }, work))
  }, 180_000)

  test.for(Object.entries(must))('%s', ([fault, contracts]) => {
    for (const [contract, path] of Object.entries(contracts)) {
      const own = runs.get(fault)?.filter((result) => result.contract === contract) ?? []
      expect(
        own.some((result) => kills(result, path)),
        explain(contract, path, own),
      ).toBe(true)
    }
  })
})

/** The same sample as long as the matrix stays the same. */
const seed = createHash('sha256').update(JSON.stringify(recorded)).digest('hex')
function sample<T extends string | Check>(from: readonly T[], size: number, salt = ''): T[] {
  const rank = (one: T): string =>
    createHash('sha256')
      .update(JSON.stringify([seed, salt, typeof one === 'string' ? one : checkName(one)]))
      .digest('hex')
  return from
    .map((one) => ({ one, rank: rank(one) }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .slice(0, size)
    .map(({ one }) => one)
}

function explain(contract: string, path: string, results: readonly CheckResult[]): string {
  const verdicts = results.map(({ variant, verdict, findings, blocker, reason }) => {
    const wrong = findings.filter((finding) => !finding.ok).map((finding) => finding.path)
    return `${variant ?? ''} ${verdict} ${wrong.join(', ')} ${blocker?.message ?? reason ?? ''}`
  })
  return `${contract} has to fail at ${path}, as ${obligation(checks.find((check) => check.contract === contract)?.sources ?? [], 'default')}:\n${verdicts.join('\n')}`
}
