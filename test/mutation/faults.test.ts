import { describeReason } from '../../helpers/model/describe-reason.ts'
import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { obligation } from '../../helpers/judge/conclude.ts'
import { checkName, type CheckResult } from '../../helpers/model/result.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { faults } from '../../helpers/reference/faults/index.ts'
import { allChecks, cellFor, kills, runAgainst } from './run-against.ts'
import matrix from './matrix.json' with { type: 'json' }
import { failedIn, isRed, verdictIn, type Matrix } from './matrix.ts'
import type { ReferenceTargetOptions } from '../../helpers/targets/reference-target.ts'
import { must } from './must.ts'

const recorded: Matrix = matrix

// The same sample as long as the matrix stays the same.
const seed = createHash('sha256').update(JSON.stringify(recorded)).digest('hex')
const sampled = sample(Object.keys(recorded), 12)

let checks: readonly Check[] = []
const runs = new Map<string, readonly CheckResult[]>()

/** Runs every check that the tests below examine: those that wait for an expiry alongside those that only compute. */
beforeAll(async () => {
  checks = await allChecks()
  const run = async (name: string, server: ReferenceTargetOptions, some: readonly Check[]): Promise<void> => {
    runs.set(name, await runAgainst(server, some))
  }
  const waiting: Promise<void>[] = [run('ideal', { profile: 'ideal' }, checks)]
  const computing: (() => Promise<void>)[] = sampled.map(
    (fault) => () => run(`sample ${fault}`, { profile: 'ideal', fault }, sampleFor(fault)),
  )
  for (const [fault, contracts] of Object.entries(must)) {
    const own = checks.filter((check) => check.contract in contracts)
    const first = firstVariants(fault, contracts)
    const start = async (): Promise<void> => {
      await run(fault, { profile: 'ideal', fault }, first)
      // Any other variant may have turned red since the matrix was measured.
      if (!seesAll(contracts, runs.get(fault))) await run(fault, { profile: 'ideal', fault }, own)
    }
    if (first.some(waits)) waiting.push(start())
    else computing.push(start)
  }
  // Running all at once would starve checks whose tokens live for two seconds.
  const work = async (): Promise<void> => {
    for (let next = computing.shift(); next; next = computing.shift()) await next()
  }
  await Promise.all([...waiting, ...Array.from({ length: 3 }, work)])
}, 180_000)

/** One variant of each contract that the matrix shows as red: one is enough, and most contracts have many. */
function firstVariants(fault: string, contracts: Readonly<Record<string, string>>): Check[] {
  return Object.entries(contracts).flatMap(([contract, path]) => {
    const variants = checks.filter((check) => check.contract === contract)
    const red = variants.find((check) => failedIn(recorded[fault]?.[checkName(check)] ?? '').includes(path))
    return red ?? variants
  })
}

const seesAll = (contracts: Readonly<Record<string, string>>, results: readonly CheckResult[] = []): boolean =>
  Object.entries(contracts).every(([contract, path]) =>
    results.some((result) => result.contract === contract && kills(result, path)),
  )

const waits = (check: Check): boolean => check.when.some((step) => step.do === 'wait')

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

test('the profile ideal keeps every contract without known issues', () => {
  expect(
    (runs.get('ideal') ?? [])
      .filter((result) => result.verdict !== 'pass')
      .map(({ contract, variant, verdict }) => [contract, variant, verdict]),
  ).toEqual([])
})

describe('the matrix', () => {
  test('knows every fault, and every fault turns something red', () => {
    const red = (fault: string): number => Object.values(recorded[fault] ?? {}).filter(isRed).length
    expect(Object.keys(recorded).sort()).toEqual(faults.map((fault) => fault.id).sort())
    expect(faults.map((fault) => fault.id).filter((id) => red(id) === 0)).toEqual([])
  })

  test('has no fault that causes an error of the suite', () => {
    // A token shows whether a user or consumer was restored, and a server with such a fault never issues a correct one.
    const shownByToken = new Set(
      checks
        .filter(({ afterwards }) =>
          afterwards.some(({ do: step }) => ['obtain', 'codeGrant', 'clientCredentials'].includes(step)),
        )
        .map(checkName),
    )
    const errors = Object.entries(recorded).flatMap(([fault, row]) =>
      Object.entries(row).flatMap(([check, cell]) =>
        verdictIn(cell) === 'error' && !shownByToken.has(check) ? `${fault}: ${check}` : [],
      ),
    )
    expect(errors).toEqual([])
  })

  test.for(sampled)('a sample of it still holds: %s', (fault) => {
    const some = sampleFor(fault)
    const seen = (runs.get(`sample ${fault}`) ?? []).map((result) => [checkName(result), cellFor(result)])
    const expected = some.map((check) => [checkName(check), recorded[fault]?.[checkName(check)] ?? 'pass'])
    expect(seen.sort()).toEqual(expected.sort())
  })
})

describe('each fault turns red what it must', () => {
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

// No expiry is waited for in a sample; the must lists do that.
function sampleFor(fault: string): Check[] {
  return sample(
    checks.filter((check) => !waits(check)),
    8,
    fault,
  )
}

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
    return `${variant ?? ''} ${verdict} ${wrong.join(', ')} ${blocker?.message ?? (reason ? describeReason(reason) : '')}`
  })
  return `${contract} has to fail at ${path}, as ${obligation(checks.find((check) => check.contract === contract)?.sources ?? [], 'default')}:\n${verdicts.join('\n')}`
}
