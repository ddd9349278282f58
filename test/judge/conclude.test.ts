import { describe, expect, test } from 'vitest'
import { bindsClient, must, should, type Source } from '../../helpers/model/source.ts'
import { conclude, type KnownIssue } from '../../helpers/judge/conclude.ts'
import type { Finding } from '../../helpers/model/verdict.ts'

const check = { contract: 'a.contract', variant: null, sources: [must('RFC6749', '1')] }
const finding = (more: Partial<Finding> = {}): Finding => ({
  path: 'token.error',
  ok: false,
  expected: 'invalid_grant',
  actual: { error: 'invalid_request', status: 400 },
  severity: 'low',
  ...more,
})
const entry = (more: Partial<KnownIssue> = {}): KnownIssue => ({
  contract: 'a.contract',
  variants: null,
  path: 'token.error',
  actual: { status: 400, error: 'invalid_request' },
  kind: 'difference',
  reason: 'a known difference',
  source: 'a public issue',
  list: 'baseline',
  expected: true,
  ...more,
})
const verdict = (findings: Finding[], knownIssues: KnownIssue[] = [], sources: Source[] = check.sources): string =>
  conclude({ ...check, sources }, findings, knownIssues, 'default').verdict

test('pass only when every finding is ok', () => {
  expect(verdict([finding({ ok: true })])).toBe('pass')
  expect(verdict([finding({ ok: true }), finding()])).toBe('fail')
})

test("what a document of the user's own asks binds in every profile", () => {
  expect(verdict([finding()], [], [must('x-api-guide', '1')])).toBe('fail')
  expect(verdict([finding()], [], [should('x-api-guide', '1')])).toBe('warn')
})

test('a finding with a source of its own is judged by that one alone', () => {
  const weak = finding({ source: should('RFC6749', '5.2') })
  expect(verdict([weak])).toBe('warn')
  expect(verdict([weak, finding()])).toBe('fail')
  expect(verdict([finding({ source: must('RFC6749', '5.2') })], [], [should('RFC6749', '1')])).toBe('fail')
  expect(verdict([finding({ source: must('RFC9068', '2.2') })])).toBe('warn')
})

describe('known issues', () => {
  test('excuses the finding on its path with its exact actual value, whatever the order of members', () => {
    expect(verdict([finding()], [entry()])).toBe('known')
  })
  test('excuses nothing else', () => {
    expect(verdict([finding()], [entry({ contract: 'another.contract' })])).toBe('fail')
    expect(verdict([finding()], [entry({ path: 'token.issued' })])).toBe('fail')
    expect(verdict([finding()], [entry({ actual: { status: 401, error: 'invalid_request' } })])).toBe('fail')
    expect(verdict([finding({ actual: 300 })], [entry({ actual: '300' })])).toBe('fail')
    expect(verdict([finding()], [entry({ variants: ['one'] })])).toBe('fail')
    expect(verdict([finding(), finding({ path: 'token.issued' })], [entry()])).toBe('fail')
  })
  test('an excuse of a baseline for what did not occur is stale', () => {
    expect(verdict([finding({ ok: true })], [entry()])).toBe('stale')
    expect(verdict([finding()], [entry(), entry({ path: 'token.issued' })])).toBe('stale')
  })
  test('a known issue of the release that does not occur is good news', () => {
    const released = entry({ list: 'released', expected: false })
    const better = conclude(check, [finding({ ok: true })], [released], 'default')
    expect(better).toMatchObject({ verdict: 'pass', stale: [] })
    expect(better.improved).toEqual([
      { path: 'token.error', actual: { status: 400, error: 'invalid_request' }, reason: 'a known difference' },
    ])
    // A different value is not an improvement, and a finding that was not judged says nothing.
    expect(conclude(check, [finding({ actual: 500 })], [released], 'default').improved).toBeUndefined()
    expect(
      conclude(check, [finding({ path: 'token.issued', ok: true })], [released], 'default').improved,
    ).toBeUndefined()
    expect(verdict([finding({ ok: true })], [{ ...released, expected: true }])).toBe('stale')
  })
  test('a grant where a refusal is due is excused only as a weakness, with an owner and a date', () => {
    const granted = finding({ path: 'token.issued', actual: { status: 200 }, granted: true })
    const excuse = entry({ path: 'token.issued', actual: { status: 200 }, owner: 'someone', until: '2099-01-01' })
    const { owner: _, ...nobody } = { ...excuse, kind: 'weakness' as const }
    const { until: __, ...forever } = { ...excuse, kind: 'weakness' as const }
    for (const one of [excuse, nobody, forever]) expect(verdict([granted], [one])).toBe('fail')
    expect(verdict([granted], [{ ...excuse, kind: 'weakness' }])).toBe('known')
  })
  test('a critical weakness is excused only by a baseline', () => {
    const granted = finding({ actual: { status: 200 }, granted: true, severity: 'critical' })
    const term = { owner: 'someone', until: '2099-01-01' }
    const excuse = entry({ actual: { status: 200 }, kind: 'weakness', ...term })
    expect(verdict([granted], [{ ...excuse, list: 'released' }])).toBe('fail')
    expect(verdict([granted], [excuse])).toBe('known')
    expect(verdict([{ ...granted, severity: 'high' }], [{ ...excuse, list: 'released' }])).toBe('known')
  })
  test('a known finding has everything of its entry except what matches it', () => {
    const more = { issue: 'https://example.test/1', remedy: 'switch it on', fixedIn: '7.0.0', unseen: ['league 9.9.9'] }
    expect(conclude(check, [finding()], [entry(more)], 'default').findings[0]?.knownIssue).toEqual({
      ...{ kind: 'difference', reason: 'a known difference', source: 'a public issue' },
      ...more,
    })
  })
})

test('a grant outranks stale, known and warn', () => {
  const granted = finding({ path: 'token.issued', actual: { status: 200 }, granted: true })
  const stale = entry({ path: 'token.issued', actual: { status: 400 } })
  expect(verdict([granted], [stale])).toBe('fail')
  expect(verdict([finding(), granted], [entry(), stale])).toBe('fail')
  expect(verdict([{ ...granted, level: 'SHOULD' }], [stale])).toBe('fail')
  expect(verdict([granted], [stale], [should('RFC6749', '1')])).toBe('fail')
  expect(verdict([granted], [], [bindsClient(must('RFC6749', '1'))])).toBe('fail')
  // Outside the profile, nothing has to be refused.
  expect(verdict([granted], [], [must('RFC9068', '2.2')])).toBe('warn')
})

describe('what binds', () => {
  test('a SHOULD, a client rule and a document outside the profile are at most a warning', () => {
    expect(verdict([finding()], [], [should('RFC6749', '1')])).toBe('warn')
    expect(verdict([finding()], [], [bindsClient(must('RFC6749', '1'))])).toBe('warn')
    expect(verdict([finding()], [], [must('RFC9068', '2.2')])).toBe('warn')
    expect(conclude({ ...check, sources: [must('RFC9068', '2.2')] }, [finding()], [], 'rfc9068').verdict).toBe('fail')
  })
  test('the strongest source inside the profile decides', () => {
    expect(verdict([finding()], [], [should('RFC6749', '1'), must('RFC7636', '4.6')])).toBe('fail')
  })
  test('a finding of its own that the standard only recommends is at most a warning', () => {
    expect(verdict([finding({ level: 'SHOULD' })])).toBe('warn')
    expect(verdict([finding({ level: 'SHOULD' }), finding()])).toBe('fail')
  })
  test('a warning can be known too', () => {
    expect(verdict([finding()], [entry()], [should('RFC6749', '1')])).toBe('known')
  })
})
