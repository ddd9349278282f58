import { describe, expect, test } from 'vitest'
import type { DriftChange, RecordDrift } from '../../helpers/compare/record-drift.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import type { Verdict } from '../../helpers/model/verdict.ts'
import { describeConclusion, describeRunReason } from '../../helpers/report/describe-reason.ts'
import { closingLine, summarize, type RunOutcome } from '../../helpers/report/run.ts'
import { check, demonstration, finding, header, oneOfEach, outcome } from '../support/report-factory.ts'

const results = (...list: readonly Verdict[]): CheckResult[] =>
  list.map((verdict, index) => check({ contract: `a.${index}`, severity: 'low', verdict }))
const known = check({
  verdict: 'known',
  findings: [finding({ knownIssue: { kind: 'difference', reason: 'r', source: 's' } })],
})
const strict = { ...header, settings: { ...header.settings, strict: true } }
const criticalSkip = check({
  contract: 'a.critical',
  verdict: 'skipped',
  reason: { kind: 'needs-stress' },
})
const otherSkip = { ...criticalSkip, reason: { kind: 'capability', capability: 'jwks' } } as const

const accepted = { change: 'status: 401 -> 200', reason: 'r', owner: 'o', until: '2099-01-01' }
const drift = (change: Partial<DriftChange>): RecordDrift => ({
  ...{ record: 'simple_oauth-6.0.9-league-9.2.0-drupal-10.5.5', deviations: [], compared: 1, unused: [], expired: [] },
  changes: [
    {
      ...{ id: 'status: 401 -> 200', fact: 'status', endpoint: null, sentence: 's', class: 'risky', accepted: null },
      ...{ checks: ['a.0'], contracts: ['a.0'] },
      ...change,
    },
  ],
})

const table: readonly (readonly [string, RunOutcome, number, string, string])[] = [
  ['pass', outcome(results('pass')), 0, 'conformant', '1 passed, 0 failed, 0 skipped'],
  ['warn is passed', outcome(results('pass', 'warn')), 0, 'no failures', '2 passed, 0 failed, 0 skipped'],
  [
    'warn, strict',
    outcome(results('pass', 'warn'), { header: strict }),
    1,
    'non-conformant',
    '1 passed, 1 failed, 0 skipped',
  ],
  ['known is skipped', outcome([...results('pass'), known]), 0, 'no new differences', '1 passed, 0 failed, 1 skipped'],
  ['nothing but known', outcome([known]), 0, 'no new differences', '0 passed, 0 failed, 1 skipped'],
  ['fail', outcome(results('pass', 'fail')), 1, 'non-conformant', '1 passed, 1 failed, 0 skipped'],
  ['nothing but fail', outcome(results('fail')), 1, 'non-conformant', '0 passed, 1 failed, 0 skipped'],
  ['fail beside blocked', outcome(results('fail', 'blocked')), 1, 'non-conformant', '0 passed, 2 failed, 0 skipped'],
  ['stale', outcome(results('pass', 'stale')), 1, 'outdated baseline', '1 passed, 1 failed, 0 skipped'],
  [
    'stale beside known',
    outcome([...results('stale'), known]),
    1,
    'outdated baseline',
    '0 passed, 1 failed, 1 skipped',
  ],
  ['blocked', outcome(results('pass', 'blocked')), 1, 'incomplete', '1 passed, 1 failed, 0 skipped'],
  ['error', outcome(results('pass', 'error')), 1, 'incomplete', '1 passed, 1 failed, 0 skipped'],
  ['nothing proven: blocked', outcome(results('blocked', 'blocked')), 2, 'no verdict', '0 passed, 2 failed, 0 skipped'],
  [
    'nothing proven: error and skipped',
    outcome(results('error', 'skipped')),
    2,
    'no verdict',
    '0 passed, 1 failed, 1 skipped',
  ],
  ['all skipped', outcome(results('skipped')), 2, 'no verdict', '0 passed, 0 failed, 1 skipped'],
  ['skipped', outcome(results('pass', 'skipped')), 0, 'conformant', '1 passed, 0 failed, 1 skipped'],
  ['critical skipped', outcome([...results('pass'), criticalSkip]), 1, 'incomplete', '1 passed, 0 failed, 1 skipped'],
  [
    'critical skipped with a reason',
    outcome([...results('pass'), criticalSkip], {
      header: { ...header, settings: { ...header.settings, notApplicable: { 'a.critical': 'no such client here' } } },
    }),
    0,
    'conformant',
    '1 passed, 0 failed, 1 skipped',
  ],
  [
    'critical skipped, allowed',
    outcome([...results('pass'), criticalSkip], {
      header: { ...header, settings: { ...header.settings, allowSkipped: true } },
    }),
    0,
    'conformant',
    '1 passed, 0 failed, 1 skipped',
  ],
  [
    'critical skipped, for what the site does not have',
    outcome([...results('pass'), otherSkip]),
    0,
    'conformant',
    '1 passed, 0 failed, 1 skipped',
  ],
  ['drift', outcome(results('pass'), { drift: drift({}) }), 0, 'conformant', '1 passed, 0 failed, 0 skipped'],
  [
    'drift, strict',
    outcome(results('pass'), { drift: drift({}), header: strict }),
    1,
    'non-conformant',
    '1 passed, 0 failed, 0 skipped',
  ],
  [
    'granted beyond the record',
    outcome(results('pass'), { drift: drift({ class: 'loosened' }) }),
    1,
    'non-conformant',
    '1 passed, 0 failed, 0 skipped',
  ],
  [
    'granted beyond the record, accepted',
    outcome(results('pass'), { drift: drift({ class: 'loosened', accepted }), header: strict }),
    0,
    'conformant',
    '1 passed, 0 failed, 0 skipped',
  ],
  [
    'granted beyond the record of another release',
    outcome(results('pass'), {
      drift: { ...drift({ class: 'loosened' }), deviations: ['league 9.3'] },
      header: strict,
    }),
    0,
    'conformant',
    '1 passed, 0 failed, 0 skipped',
  ],
  [
    'accepted drift that does not occur',
    outcome(results('pass'), { drift: { ...drift({}), unused: [accepted] } }),
    1,
    'outdated baseline',
    '1 passed, 0 failed, 0 skipped',
  ],
  ['nothing selected', outcome([]), 2, 'no verdict', '0 passed, 0 failed, 0 skipped'],
  [
    'set-up failure',
    outcome([], { planned: 24, failure: { code: 'php-missing', message: 'm' } }),
    2,
    'no verdict',
    '0 passed, 0 failed, 0 skipped',
  ],
  [
    'interrupted',
    outcome(results('pass'), { planned: 24, interrupted: 'SIGINT' }),
    2,
    'no verdict',
    '1 passed, 0 failed, 0 skipped',
  ],
  [
    'interrupted after a fail',
    outcome(results('fail'), { planned: 24, interrupted: 'SIGINT' }),
    2,
    'no verdict',
    '0 passed, 1 failed, 0 skipped',
  ],
  [
    'checks without a verdict',
    outcome(results('pass'), { planned: 3 }),
    1,
    'incomplete',
    '1 passed, 2 failed, 0 skipped',
  ],
  [
    'the runner fails on the way',
    outcome(results('pass'), { planned: 3, failure: { code: 'runner-failed', message: 'm' } }),
    2,
    'no verdict',
    '1 passed, 2 failed, 0 skipped',
  ],
  [
    'reference server',
    outcome(results('pass'), { header: demonstration }),
    0,
    'demonstration',
    '1 passed, 0 failed, 0 skipped',
  ],
  [
    'reference server, fail',
    outcome(results('fail'), { header: demonstration }),
    1,
    'demonstration',
    '0 passed, 1 failed, 0 skipped',
  ],
]

describe('summarize', () => {
  test.each(table)('%s', (_name, run, exitCode, conclusion, line) => {
    const summary = summarize(run)
    expect([summary.exitCode, summary.conclusion, closingLine(summary)]).toEqual([exitCode, conclusion, line])
    // Green needs no reasons; anything else has at least one.
    expect(summary.reasons.length > 0).toBe(exitCode !== 0)
  })

  test('every reason that can be given', async () => {
    const all = table.map(
      ([name, run]) => `${name}: ${summarize(run).reasons.map(describeRunReason).join('; ') || '–'}`,
    )
    await expect(`${all.join('\n')}\n`).toMatchFileSnapshot('../golden/run-reasons.txt')
  })

  test('the conclusion shows how many checks are known', () => {
    expect(describeConclusion(summarize(outcome([known])))).toBe('no new differences (1 known)')
    expect(describeConclusion(summarize(outcome([known, ...results('warn')])))).toBe(
      'no new differences (1 known, 1 warning)',
    )
    expect(describeConclusion(summarize(outcome(results('warn'))))).toBe('no failures (1 warning)')
    expect(describeConclusion(summarize(outcome(results('pass'))))).toBe('conformant')
  })

  test('counts contracts once and checks by verdict', () => {
    const summary = summarize(
      outcome([...oneOfEach, check({ variant: 'plain' }), criticalSkip, { ...criticalSkip, variant: 'b' }]),
    )
    expect(summary.counts).toEqual({ pass: 2, skipped: 3, warn: 1, known: 1, stale: 1, blocked: 1, fail: 1, error: 1 })
    expect(summary.contracts).toBe(9)
    expect(summary.criticalSkipped).toEqual(['a.critical'])
  })
})
