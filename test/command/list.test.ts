import { describe, expect, test } from 'vitest'
import { listJson, listText, wrapped } from '../../helpers/command/list.ts'
import { contractsOf } from '../../helpers/plan/contracts.ts'
import { allChecks } from '../mutation/run-against.ts'

const checks = await allChecks()

describe('the table', () => {
  test.each([Infinity, 200, 120, 80])('fits %s columns and holds every contract', (width) => {
    const lines = listText(checks, width).split('\n')
    expect(lines.filter((line) => line.length > width)).toEqual([])
    for (const { id } of contractsOf(checks)) expect(lines.some((line) => line.startsWith(`${id} `))).toBe(true)
  })

  test('ends with the counts, observations apart', () => {
    const all = contractsOf(checks)
    const judged = all.filter(({ observation }) => !observation)
    const count = judged.reduce((sum, one) => sum + one.checks.length, 0)
    expect(all.length).toBeGreaterThan(judged.length)
    expect(listText(checks).split('\n').at(-1)).toBe(`${judged.length} contracts, ${count} checks`)
    expect(listText(checks).split('\n').at(-2)).toMatch(/^\d+ observations?, \d+ checks?: facts/u)
  })

  test('says that a run also counts observations, and guarantees only with a site file', () => {
    const always = checks.filter(({ guarantee }) => guarantee === undefined)
    const run = `in a run: ${contractsOf(always).length} contracts, ${always.length} checks`
    expect(listText(checks).split('\n').at(-3)).toBe(`${run} (no guarantees or upgrades)`)
    expect(listText(always)).not.toContain('in a run')
  })
})

test('the JSON holds every contract once, with its variants', () => {
  const { contracts } = JSON.parse(listJson(checks)) as {
    contracts: { id: string; checks: number; variants: string[] }[]
  }
  expect(contracts.map(({ id }) => id)).toEqual(contractsOf(checks).map(({ id }) => id))
  expect(contracts.reduce((sum, one) => sum + one.checks, 0)).toBe(checks.length)
  for (const { checks: count, variants } of contracts) expect([0, count]).toContain(variants.length)
})

test('parts are put into lines that fit; a longer one has a line of its own', () => {
  expect(wrapped(['aa', 'bb', 'cccccc', 'd'], ' ', 5)).toEqual(['aa bb', 'cccccc', 'd'])
})
