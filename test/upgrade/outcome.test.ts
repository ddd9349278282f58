import formats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import schema from '../../fixtures/schemas/upgrade.schema.json' with { type: 'json' }
import { announcedBetween } from '../../helpers/compare/releases.ts'
import { readReleases } from '../../helpers/command/compare-inputs.ts'
import { painter } from '../../helpers/report/text.ts'
import { upgradeJson } from '../../helpers/upgrade/files.ts'
import { upgradeHtml } from '../../helpers/upgrade/page.ts'
import { concludeUpgrade, type UpgradeOutcome } from '../../helpers/upgrade/outcome.ts'
import { upgradeText } from '../../helpers/upgrade/text.ts'
import { refused, tokenCheck } from '../support/compare-factory.ts'
import { check, finding, outcome as runOutcome } from '../support/report-factory.ts'
import { broken, lost, refusedAfter, survived, updateFails, upgraded } from './factory.ts'

const interrupted = { signal: 'SIGINT', during: 'upgrading the site' }
const failure = { code: 'module-unsupported', message: 'Simple OAuth 6 or later is needed.' }
const blocked = survived({ verdict: 'blocked', blocker: { cause: 'expired-meanwhile', message: 'it took too long' } })
const nothingProven = (of: UpgradeOutcome['before']): UpgradeOutcome['before'] =>
  of && { ...of, results: [check({ verdict: 'blocked', blocker: { cause: 'login-failed', message: 'no login' } })] }
const survival = upgraded().survival

/** The four ways in which the database update from 5.2 loses what clients have, and changes that leave no room. */
const from52 = (): UpgradeOutcome => {
  const checks = [
    { ...lost, findings: [finding({ path: 'resource.access', expected: '200', actual: { status: 403 } })] },
    ...['one', 'two'].map((variant) =>
      survived({
        ...{ contract: 'upgrade.refresh-token', variant, verdict: 'fail', severity: 'high' },
        findings: [finding({ path: 'token.issued', expected: '200', actual: { status: 400, error: 'invalid_scope' } })],
      }),
    ),
    survived({
      ...{ contract: 'upgrade.secret', verdict: 'fail', severity: 'high' },
      findings: [finding({ path: 'token.issued', expected: '200', actual: { status: 400, error: 'invalid_request' } })],
    }),
    survived({
      ...{ contract: 'upgrade.access-token-revoked', verdict: 'blocked', severity: 'critical' },
      blocker: { cause: 'resource-broken', message: 'the step resource failed: expected 200, got 500: An error.' },
    }),
    survived(),
  ]
  const at = (simple_oauth: string) => ({ target: { versions: { simple_oauth }, modules: { simple_oauth } } })
  return upgraded(
    {
      survival: survival && { ...survival, results: checks },
      announced: announcedBetween(readReleases(), at('5.2.5'), at('6.0.9')),
    },
    [tokenCheck('code.exchange', refused(400, 'invalid_grant'))],
  )
}

const cases: Readonly<Record<string, readonly [UpgradeOutcome, string, 0 | 1 | 2]>> = {
  survives: [upgraded(), 'clients keep working', 0],
  'survival not asked': [upgraded({ survival: null }), 'clients keep working', 0],
  lost: [upgraded({ survival: survival && { ...survival, results: [lost, survived()] } }), 'clients will notice', 1],
  'from 5.2': [from52(), 'clients will notice', 1],
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

  test('is shown on one screen', async () => {
    const text = upgradeText(outcome, { paint: painter(false), width: 80, verbose: false, report: 'results/x' })
    expect(text.split('\n').length).toBeLessThan(24)
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
    // Only people follow links to announcements.
    expect(page.replace(/ href="https:[^"]*"/gu, '')).not.toMatch(/<script|https?:\/\/(?!www\.w3)/u)
  })
})

test('the gravest loss is shown in full', () => {
  const title = 'A login after the upgrade does not end the access that the user gave to a client before it'
  const results = [{ ...lost, title }, survived({ verdict: 'fail', severity: 'low', title })]
  const text = upgradeText(upgraded({ survival: survival && { ...survival, results } }), {
    ...{ paint: painter(false), width: 80, verbose: false, report: 'results/x' },
  })
  expect(text).toContain('access that the user gave\n            to a client before it\n')
  expect(text.match(/access that the user gav…/gu)).toHaveLength(1)
})

test('a question without an answer on an existing site is not one to try again', () => {
  const unanswered = upgraded({ tried: false, survival: survival && { ...survival, results: [blocked, survived()] } })
  const text = upgradeText(unanswered, { paint: painter(false), width: 200, verbose: false, report: 'results/x' })
  expect(text).toContain('only another upgrade, from "upgrade begin" on, can answer it')
})

test('the page says what was lost before what changed, and what survived last', () => {
  const page = upgradeHtml(upgraded({ survival: runOutcome([survived(), lost]) }, refusedAfter))
  const headings = [...page.matchAll(/<h2>([^<]*)/gu)].map(([, text]) => text)
  expect(headings).toEqual(['What did not survive, or was not proven', 'What changed', 'What survived'])
  const allSurvived = upgradeHtml(upgraded({ survival: runOutcome([survived()]) }))
  expect(allSurvived).not.toContain('What did not survive')
  expect(allSurvived).not.toContain('>Why<')
  expect(page).toContain('>Why<')
})

test('what failed before the upgrade and fails after it does not count', () => {
  const failing = upgraded().before
  const red = failing && { ...failing, results: failing.results.map((one) => ({ ...one, verdict: 'fail' as const })) }
  expect(concludeUpgrade(upgraded({ before: red, after: red }))).toMatchObject({ exitCode: 0 })
})

test('a warning counts as lost only with strict', () => {
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

test('what a release announced explains what the update lost, and says what to do', () => {
  const { lost: entries, notProven } = JSON.parse(upgradeJson(from52())) as Record<
    'lost' | 'notProven',
    { name: string; announced?: { what: string; source: string; remedy?: string } }[]
  >
  expect([...entries, ...notProven].map(({ name, announced }) => [name, announced?.source])).toEqual([
    ['upgrade.access-token [of a user]', 'https://git.drupalcode.org/project/simple_oauth/commit/4b12884'],
    ['upgrade.refresh-token [one]', 'https://git.drupalcode.org/project/simple_oauth/-/merge_requests/24'],
    ['upgrade.refresh-token [two]', 'https://git.drupalcode.org/project/simple_oauth/-/merge_requests/24'],
    ['upgrade.secret', 'https://git.drupalcode.org/project/simple_oauth/-/merge_requests/177/diffs'],
    ['upgrade.access-token-revoked', 'https://www.drupal.org/project/simple_oauth'],
  ])
  expect(entries.every(({ announced }) => announced?.remedy !== undefined)).toBe(true)
  // The same losses between other versions have another cause.
  expect(upgradeJson({ ...from52(), announced: [] })).not.toContain('"announced"')
})
