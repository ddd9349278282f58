import { describe, expect, test } from 'vitest'
import {
  recordDrift,
  type DriftOptions,
  type RecordDrift,
  type RecordedFacts,
} from '../../helpers/compare/record-drift.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { check, exchange, finding, header } from '../support/report-factory.ts'

const resource = [exchange({ request: { url: 'http://127.0.0.1:8080/oauth/debug', method: 'GET' } })]
const recorded = (more: Partial<RecordedFacts> = {}): RecordedFacts => ({
  ...{ contract: 'pkce.verifier-mismatch', variant: null, verdict: 'pass', failed: [], observed: { status: 401 } },
  ...more,
})

function driftOf(
  results: readonly CheckResult[],
  records: readonly RecordedFacts[],
  more: Partial<DriftOptions> = {},
  target: { readonly mapped?: true } = {},
): RecordDrift {
  const of = header.target && { ...header.target, ...target }
  const run = { ...header, target: of, planned: results.length, interrupted: null, failure: null, checks: results }
  return recordDrift(run, {
    ...{ record: { name: 'simple_oauth-6.0.9', checks: records }, deviations: [], accepted: [], today: '2026-06-15' },
    isWithheld: () => false,
    ...more,
  })
}
const summary = ({ changes }: RecordDrift) => changes.map(({ class: kind, id, checks }) => [kind, id, checks.join()])

describe('a run on a recorded release', () => {
  test.each(['skipped', 'blocked'] as const)('is not compared with a check that the record has as %s', (verdict) => {
    const record = recorded({ verdict, observed: {} })
    expect(driftOf([check({ observed: { status: 200 } })], [record])).toMatchObject({ compared: 0, changes: [] })
  })

  test('that answers as recorded has no drift, met findings and known ones included', () => {
    const failed = finding({ path: 'token.error', actual: { status: 401, error: 'a' } })
    const results = [
      check({ findings: [finding({ ok: true, actual: { status: 401 } }), failed], observed: { status: 401 } }),
    ]
    const record = recorded({ failed: [{ path: 'token.error', actual: { error: 'a', status: 401 } }] })
    expect(driftOf(results, [record])).toMatchObject({ compared: 1, changes: [], unused: [], expired: [] })
  })

  test('that served no consent form has drift only if its consumers are the suite’s own, which always ask', () => {
    const record = recorded({ observed: { status: 401, 'consent.scopes': 2 } })
    const results = [check({ observed: { status: 401 } })]
    expect(summary(driftOf(results, [record]))).toHaveLength(1)
    expect(driftOf(results, [record], {}, { mapped: true }).changes).toEqual([])
    const fewer = [check({ observed: { status: 401, 'consent.scopes': 1 } })]
    expect(driftOf(fewer, [record], {}, { mapped: true }).changes).toHaveLength(1)
  })

  test('that grants what an observation recorded as refused is loosened, though nothing judges it', () => {
    const results = [check({ observed: { status: 200 }, exchanges: resource })]
    expect(summary(driftOf(results, [recorded()]))).toEqual([
      ['loosened', 'answer at resource: 401 -> 200', 'pkce.verifier-mismatch'],
    ])
  })

  test('that grants in a finding what the release refuses is loosened', () => {
    const results = [check({ verdict: 'fail', findings: [finding({ granted: true })], observed: {} })]
    const [change] = driftOf(results, [recorded({ observed: {} })]).changes
    expect(change).toMatchObject({ class: 'loosened', fact: 'token.issued' })
  })

  test.each([
    ['token.issued', { status: 200, issued: ['access_token', 'refresh_token'] }],
    ['authorize.issued', { status: 302, redirect: 'client', params: ['code', 'state'] }],
    ['resource.access', { status: 200 }],
    ['json.id_token', '‹id_token:13›'],
  ])('that grants at %s what the release grants, too, has no drift', (path, actual) => {
    const results = [check({ verdict: 'known', findings: [finding({ path, actual, granted: true })], observed: {} })]
    expect(driftOf(results, [recorded({ failed: [{ path, actual }], observed: {} })]).changes).toEqual([])
  })

  test('puts what is loosened first, and equal differences together', () => {
    const cached = { status: 401, 'header.cache-control': 'public' }
    const results = [
      check({ contract: 'a', observed: cached }),
      check({ contract: 'b', observed: cached }),
      check({ contract: 'c', observed: { status: 200 }, exchanges: resource }),
    ]
    const drift = driftOf(
      results,
      ['a', 'b', 'c'].map((contract) => recorded({ contract })),
    )
    expect(drift.changes.map(({ class: kind, contracts }) => [kind, contracts])).toEqual([
      ['loosened', ['c']],
      ['risky', ['a', 'b']],
    ])
  })

  test('ignores what was not judged, what is not recorded, and what is withheld', () => {
    const observed = { status: 200 }
    const results = [
      check({ contract: 'skipped', verdict: 'skipped', observed }),
      check({ contract: 'blocked', verdict: 'blocked', observed }),
      check({ contract: 'error', verdict: 'error', observed }),
      check({ contract: 'new', observed }),
      check({ contract: 'withheld', observed, exchanges: resource }),
    ]
    const records = ['skipped', 'blocked', 'error', 'withheld'].map((contract) => recorded({ contract }))
    const withheld = { isWithheld: (contract: string) => contract === 'withheld' }
    expect(driftOf(results, records, withheld)).toMatchObject({ compared: 0, changes: [] })
    expect(driftOf(results, records).changes).toHaveLength(1)
  })
})

describe('accepted drift', () => {
  const entry = {
    change: 'answer at resource: 401 -> 200',
    contracts: ['pkce.verifier-mismatch'],
    reason: 'r',
    owner: 'o',
  }
  const opened = [check({ observed: { status: 200 }, exchanges: resource })]
  const accepted = (until: string, results = opened) =>
    driftOf(results, [recorded()], { accepted: [{ ...entry, until }] })

  test('is marked on the difference until its last day', () => {
    expect(accepted('2026-06-15').changes[0]?.accepted).toMatchObject(entry)
    expect(accepted('2026-06-14').changes[0]?.accepted).toBeNull()
    expect(accepted('2026-06-14').expired).toHaveLength(1)
  })

  test('that does not occur is unused, but not where its contract did not run', () => {
    expect(accepted('2026-06-15', [check({ observed: { status: 401 } })]).unused).toHaveLength(1)
    expect(accepted('2026-06-15', [check({ contract: 'another' })]).unused).toEqual([])
  })
})
