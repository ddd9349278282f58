import formats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import schema from '../../fixtures/schemas/upgrade.schema.json' with { type: 'json' }
import { painter } from '../../helpers/report/text.ts'
import { upgradeHtml, upgradeJson } from '../../helpers/upgrade/files.ts'
import { concludeUpgrade, type UpgradeOutcome } from '../../helpers/upgrade/outcome.ts'
import { upgradeText } from '../../helpers/upgrade/text.ts'
import { check } from '../support/report-factory.ts'
import { broken, lost, refusedAfter, survived, updateFails, upgraded } from './factory.ts'

const interrupted = { signal: 'SIGINT', during: 'upgrading the site' }
const failure = { code: 'module-unsupported', message: 'Simple OAuth 6 or later is needed.' }
const blocked = survived({ verdict: 'blocked', blocker: { cause: 'expired-meanwhile', message: 'it took too long' } })
const nothingProven = (of: UpgradeOutcome['before']): UpgradeOutcome['before'] =>
  of && { ...of, results: [check({ verdict: 'blocked', blocker: { cause: 'login-failed', message: 'no login' } })] }
const survival = upgraded().survival

const cases: Readonly<Record<string, readonly [UpgradeOutcome, string, 0 | 1 | 2]>> = {
  survives: [upgraded(), 'clients keep working', 0],
  lost: [upgraded({ survival: survival && { ...survival, results: [lost, survived()] } }), 'clients will notice', 1],
  blocked: [upgraded({ survival: survival && { ...survival, results: [blocked, survived()] } }), 'incomplete', 1],
  changed: [upgraded({}, refusedAfter), 'clients will notice', 1],
  'update fails': [updateFails(), 'the upgrade fails', 1],
  interrupted: [
    upgraded({ interrupted, survival: null, after: null, comparison: null, updated: null }),
    'no verdict',
    2,
  ],
  'not started': [
    upgraded({ failure, before: null, survival: null, after: null, comparison: null, updated: null }),
    'no verdict',
    2,
  ],
  'nothing proven before': [
    upgraded({
      before: nothingProven(upgraded().before),
      survival: null,
      after: null,
      comparison: null,
      updated: null,
    }),
    'no verdict',
    2,
  ],
}

describe.each(Object.entries(cases))('%s', (name, [outcome, conclusion, exitCode]) => {
  test('has its conclusion and exit code', () => {
    expect(concludeUpgrade(outcome)).toMatchObject({ conclusion, exitCode })
  })

  test('is told on one screen', async () => {
    const text = upgradeText(outcome, { paint: painter(false), width: 80, verbose: false, report: 'results/x' })
    expect(text.split('\n').length).toBeLessThan(25)
    await expect(`${text}\n`).toMatchFileSnapshot(`../golden/upgrade-${name.replaceAll(' ', '-')}.txt`)
  })

  test('is written as JSON by its schema, and as a page without scripts', () => {
    const ajv = new Ajv2020()
    ;(formats as unknown as (instance: Ajv2020) => void)(ajv)
    const valid = ajv.compile(schema)
    valid(JSON.parse(upgradeJson(outcome)))
    expect(valid.errors).toBeNull()
    const page = upgradeHtml(outcome)
    expect(page).toContain(conclusion)
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3)/u)
  })
})

test('what failed before the upgrade and fails after it does not count', () => {
  const failing = upgraded().before
  const red = failing && { ...failing, results: failing.results.map((one) => ({ ...one, verdict: 'fail' as const })) }
  expect(concludeUpgrade(upgraded({ before: red, after: red }))).toMatchObject({ exitCode: 0 })
})

test('a warning is lost with strict alone', () => {
  const warned = (strict: boolean): UpgradeOutcome =>
    upgraded({
      survival: survival && {
        ...survival,
        header: { ...survival.header, settings: { ...survival.header.settings, strict } },
        results: [survived({ verdict: 'warn' })],
      },
    })
  expect(concludeUpgrade(warned(false)).exitCode).toBe(0)
  expect(concludeUpgrade(warned(true)).exitCode).toBe(1)
})

test('what a server or an update says cannot steer terminal or page', () => {
  const hostile = '\u001b[2J<script>alert(1)</script>\n::error::x'
  const outcome = upgraded({
    broken: { ...broken, lines: [hostile] },
    survival: survival && { ...survival, results: [survived({ ...lost, title: hostile, contract: hostile })] },
  })
  const text = upgradeText(outcome, { paint: painter(false), width: 80, verbose: false, report: 'results/x' })
  expect(text).not.toContain('\u001b')
  expect(text).not.toMatch(/^::/mu)
  expect(upgradeHtml(outcome)).not.toContain('<script')
})
