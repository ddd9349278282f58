import { beforeAll, describe, expect, test } from 'vitest'
import { about } from '../../fixtures/about.ts'
import { mechanisms } from '../../fixtures/mechanisms.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { checkName } from '../../helpers/model/result.ts'
import { faults, type Fault } from '../../helpers/reference/faults/index.ts'
import { countingKills, garbles, mainFindings } from './counting.ts'
import matrix from './matrix.json' with { type: 'json' }
import { cellOf, type Matrix } from './matrix.ts'
import { allChecks } from './run-against.ts'

const recorded: Matrix = matrix

let checks: readonly Check[] = []
beforeAll(async () => {
  checks = await allChecks()
})

const named = (name: string): Check => {
  const check = checks.find((one) => checkName(one) === name)
  if (!check) throw new Error(`no check ${name}`)
  return check
}

test('every judged contract says what it is about, and no other does', () => {
  const judged = new Set(checks.filter((check) => check.then.length > 0).map((check) => check.contract))
  expect(Object.keys(about).sort()).toEqual([...judged].sort())
})

test('every mechanism is broken by a fault, and a contract is about it', () => {
  expect([...new Set(faults.map((fault) => fault.mechanism))].sort()).toEqual(Object.keys(mechanisms).sort())
  expect([...new Set(Object.values(about).flat())].sort()).toEqual(Object.keys(mechanisms).sort())
})

test('every check is proven by a fault of the mechanism it is about', () => {
  const kills = countingKills(recorded, checks, faults)
  expect([...kills].flatMap(([name, ids]) => (ids.length === 0 ? name : []))).toEqual([])
})

test('every fault proves a check, unless it garbles every answer', () => {
  const proving = new Set([...countingKills(recorded, checks, faults).values()].flat())
  const idle = faults.filter(({ id }) => !proving.has(id) && !garbles(recorded, id, checks))
  expect(idle.map(({ id }) => id)).toEqual([])
})

describe('a kill counts', () => {
  const breaking = (mechanism: Fault['mechanism']): Fault => ({
    id: 'a-fault',
    gain: 'Nothing.',
    mechanism,
    alter: (own) => own,
  })
  const counts = (name: string, cell: string, mechanism: Fault['mechanism'], more: readonly Check[] = []): boolean => {
    const row = { ...Object.fromEntries(more.map((check) => [checkName(check), 'fail'])), [name]: cell }
    return countingKills({ 'a-fault': row }, checks, [breaking(mechanism)]).get(name)?.length === 1
  }
  const must = 'code.tampered [garbage]'
  const should = 'code.replay-by-stranger'

  test('with the mechanism, the verdict and the finding that are due', () => {
    expect(counts(must, cellOf('fail', ['token.issued']), 'integrity')).toBe(true)
    expect(counts(should, cellOf('warn', ['resource.access']), 'storage')).toBe(true)
  })

  test.each<[string, string, string, Fault['mechanism']]>([
    ['of another mechanism', must, 'fail · token.issued', 'errors'],
    ['on the error code alone', must, 'fail · token.error', 'integrity'],
    ['as a warning where a failure is due', must, 'warn · token.issued', 'integrity'],
    ['while the check is blocked', must, 'blocked', 'integrity'],
    ['by an error of the suite', must, 'error', 'integrity'],
    ['in a step before the one that is judged', should, 'warn · failure: status', 'storage'],
  ])('not %s', (_, name, cell, mechanism) => {
    expect(counts(name, cell, mechanism)).toBe(false)
  })

  test('not by a fault that turns more than 5 % of all checks red', () => {
    const limit = Math.floor(checks.length * 0.05)
    const others = checks.filter((check) => checkName(check) !== must)
    expect(counts(must, 'fail · token.issued', 'integrity', others.slice(0, limit - 1))).toBe(true)
    expect(counts(must, 'fail · token.issued', 'integrity', others.slice(0, limit))).toBe(false)
  })
})

test('the main findings are those with the severity of the contract, slow proofs included', () => {
  expect([...mainFindings(named('code.replay'))]).toEqual(['token.issued'])
  expect([...mainFindings(named('bearer.missing'))]).toEqual(['resource.access'])
  expect([...mainFindings(named('policy.code-lifetime [shortLived]'))]).toContain('token.issued')
})
