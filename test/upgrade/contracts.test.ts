import { beforeAll, describe, expect, test } from 'vitest'
import type { Check } from '../../helpers/contract/case.ts'
import { checkName, type CheckResult } from '../../helpers/model/result.ts'
import { upgradeFaults } from '../../helpers/reference/faults/index.ts'
import { problemOf } from '../../helpers/plan/check-case.ts'
import { upgradeFiles } from '../../helpers/plan/collect.ts'
import { declarationsIn } from '../../helpers/plan/load-spec.ts'
import { must } from './must.ts'
import { runUpgrade, upgradeChecks } from './run-upgrade.ts'

let checks: readonly Check[] = []
const runs = new Map<string, readonly CheckResult[]>()

beforeAll(async () => {
  checks = await upgradeChecks()
  const begin = async (name: string, ...run: Parameters<typeof runUpgrade>): Promise<void> => {
    runs.set(name, await runUpgrade(...run))
  }
  await Promise.all([
    begin('ideal', 'ideal', null, checks),
    begin('simple-oauth-6.0', 'simple-oauth-6.0', null, checks),
  ])
  // Those that wait for an expiry wait concurrently, while the others compute.
  const waiting = upgradeFaults.map(({ id }) => () => {
    const own = checks.filter(({ contract }) => contract in (must[id] ?? {}))
    return begin(id, 'ideal', id, own)
  })
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next()
  }
  await Promise.all(Array.from({ length: 6 }, work))
}, 180_000)

const shown = (results: readonly CheckResult[] = []): string[] =>
  results.map(
    (result) =>
      `${checkName(result)}: ${result.verdict} ${result.findings.flatMap(({ ok, path }) => (ok ? [] : path)).join(', ')} ${result.blocker?.message ?? ''}${result.reason ? JSON.stringify(result.reason) : ''}`,
  )

test.each(['ideal', 'simple-oauth-6.0'])('an upgrade of %s to itself keeps everything', (profile) => {
  expect(shown(runs.get(profile)?.filter(({ verdict }) => verdict !== 'pass'))).toEqual([])
  expect(runs.get(profile)?.length).toBe(checks.length)
})

test('every contract about an upgrade is declared as data, and has steps before it', async () => {
  const declared = (await Promise.all(upgradeFiles().map((file) => declarationsIn(file, true)))).flat()
  expect(declared.flatMap((one) => problemOf(one) ?? [])).toEqual([])
  expect(checks.filter((check) => check.before === undefined).map(checkName)).toEqual([])
  expect(checks.filter(({ contract }) => !contract.startsWith('upgrade.'))).toEqual([])
})

describe('every contract about an upgrade fails by a fault of it', () => {
  test('which the list names', () => {
    expect(Object.keys(must).sort()).toEqual(upgradeFaults.map(({ id }) => id).sort())
    const killed = new Set(Object.values(must).flatMap((contracts) => Object.keys(contracts)))
    expect([...killed].sort()).toEqual([...new Set(checks.map(({ contract }) => contract))].sort())
  })

  test.for(Object.entries(must))('%s', ([fault, contracts]) => {
    for (const [contract, path] of Object.entries(contracts)) {
      const own = runs.get(fault)?.filter((result) => result.contract === contract) ?? []
      const killed = own.filter(
        ({ verdict, control, findings }) =>
          verdict === 'fail' &&
          control !== 'failed' &&
          findings.some((finding) => !finding.ok && finding.path === path),
      )
      expect(killed.length, `${contract} has to fail at ${path}:\n${shown(own).join('\n')}`).toBeGreaterThan(0)
    }
  })
})
