import { describe, expect, test } from 'vitest'
import { combine } from '../../helpers/merge/combine.ts'
import { missingSites, sitesOf, type ReportHead } from '../../helpers/merge/sites.ts'
import { reportOf, type Report } from '../../helpers/report/report.ts'
import { summarize, type RunOutcome } from '../../helpers/report/run.ts'
import { renderPage } from '../../helpers/report/html/page.tsx'
import { bigReport } from '../support/page-reports.ts'
import { check, exchange, header, outcome } from '../support/report-factory.ts'

const part = (shard: string, checks: RunOutcome['results'], difference: Partial<RunOutcome> = {}): Report =>
  reportOf(outcome(checks, { header: { ...header, settings: { ...header.settings, shard } }, ...difference }))

const one = check({ contract: 'a.one', location: 'specs/a.spec.ts:9:1', exchanges: [exchange()] })
const two = check({ contract: 'b.two', location: 'specs/b.spec.ts:12:1', exchanges: [exchange()] })

describe('the shards of a run', () => {
  test('are the run, in the order of the catalogue', () => {
    const merged = combine([part('1/2', [two], { milliseconds: 300 }), part('2/2', [one], { milliseconds: 500 })], [])
    expect(merged.results.map(({ contract }) => contract)).toEqual(['a.one', 'b.two'])
    expect(merged.header.settings).toEqual(header.settings)
    expect(merged).toMatchObject({ planned: 2, milliseconds: 500, failure: null, interrupted: null })
    expect(summarize(merged).conclusion).toBe('conformant')
  })

  test('give one label to one value', () => {
    const merged = combine([part('1/2', [one]), part('2/2', [two])], [])
    const labels = merged.results.map(({ exchanges }) => exchanges[0]?.request.body)
    expect(labels).toEqual([
      'grant_type=authorization_code&code=‹code:1›&code_verifier=‹code_verifier:1›',
      'grant_type=authorization_code&code=‹code:2›&code_verifier=‹code_verifier:2›',
    ])
  })

  test('add up what was left on a site', () => {
    const left = { codes: 1, accessTokens: 2, refreshTokens: 3, sessions: 1 }
    const merged = combine([part('1/2', [one], { sideEffects: left }), part('2/2', [two], { sideEffects: left })], [])
    expect(merged.sideEffects).toEqual({ codes: 2, accessTokens: 4, refreshTokens: 6, sessions: 2 })
  })

  test('report notes on their baseline once', () => {
    const knownIssues = { expired: [{ name: 'x', until: '2026-01-01' }], expiring: [], unexplained: 2 }
    const merged = combine([part('1/2', [one], { knownIssues }), part('2/2', [two], { knownIssues })], [])
    expect(merged.knownIssues).toEqual(knownIssues)
  })

  test('have no verdict where one failed, was interrupted or is missing', () => {
    const failure = { code: 'site-unreachable', message: 'it does not answer' }
    const failed = combine([part('1/2', [one]), part('2/2', [], { failure })], [])
    expect(summarize(failed)).toMatchObject({ conclusion: 'no verdict', exitCode: 2 })
    const interrupted = combine([part('1/2', [one]), part('2/2', [], { interrupted: 'SIGTERM', planned: 4 })], [])
    expect(summarize(interrupted).reasons).toEqual([
      { kind: 'interrupted', signal: 'SIGTERM', completed: 1, planned: 5 },
    ])
    const missing = combine([part('1/3', [one]), part('3/3', [two])], ['2/3'])
    expect(missing.failure).toEqual({
      code: 'shard-missing',
      message: 'There is no report of shard 2/3: the run of its contracts is missing. See the job that ran it.',
    })
  })

  test('judge an accepted difference whose contracts two of them share', () => {
    const accepted = {
      change: 'answer at token: 200 -> 400',
      contracts: ['a.one', 'b.two'],
      reason: 'r',
      owner: 'o',
      until: '2027-01-01',
    }
    const drift = {
      record: 'x',
      deviations: [],
      compared: 1,
      changes: [],
      unused: [],
      expired: [],
      undecided: [accepted],
    }
    const merged = combine(
      [part('1/2', [recorded('pkce.verifier-mismatch')], { drift }), part('2/2', [recorded('code.replay')])],
      [],
    )
    // Both contracts are judged now, but not those that the entry names.
    expect(merged.drift).toMatchObject({ record: expect.stringContaining('6.0.9') as string, compared: 2, unused: [] })
    const own = { ...accepted, contracts: ['pkce.verifier-mismatch', 'code.replay'] }
    const decided = combine(
      [
        part('1/2', [recorded('pkce.verifier-mismatch')], { drift: { ...drift, undecided: [own] } }),
        part('2/2', [recorded('code.replay')]),
      ],
      [],
    )
    expect(decided.drift?.unused).toEqual([own])
  })

  test('have each check once', () => {
    expect(() => combine([part('1/2', [one]), part('2/2', [one])], [])).toThrow(
      'a.one is in two parts, which cannot be of one run.',
    )
  })
})

const recorded = (contract: string) => check({ contract })

const head = (path: string, difference: Partial<ReportHead> = {}, shard?: string): ReportHead => ({
  ...{ path, suite: header.suite, startedAt: header.startedAt, target: header.target },
  settings: { ...header.settings, ...(shard === undefined ? {} : { shard }) },
  ...difference,
})

describe('which reports belong together', () => {
  const shop = { files: { site: 'sites/shop.yaml' } }

  test('those of one site file, or of one target', () => {
    const sites = sitesOf([head('c', shop, '2/3'), head('a', {}), head('b', shop, '1/3')])
    expect(sites.map(({ name, parts, missing }) => ({ name, paths: parts.map(({ path }) => path), missing }))).toEqual([
      // Without a site file, by the folder of its report.
      { name: 'a', paths: ['a'], missing: [] },
      { name: 'shop', paths: ['b', 'c'], missing: ['3/3'] },
    ])
    expect(
      missingSites(sites, [
        { name: 'shop', baseUrl: null },
        { name: 'blog', baseUrl: 'http://127.0.0.1:8080/' },
        { name: 'wiki', baseUrl: null },
      ]),
    ).toEqual([{ name: 'wiki', baseUrl: null }])
  })

  test.each<[string, ReportHead, string]>([
    ['the same shard twice', head('b', shop, '1/2'), 'Shard 1/2 of shop is in a and in b. Leave one out.'],
    ['another split', head('b', shop, '2/3'), 'shop was split into 2 parts in a, and into 3 in b.'],
    ['no shard', head('b', shop), 'shop has two reports, b and a, which are not shards of one run.'],
    [
      'other settings',
      { ...head('b', shop), settings: { ...header.settings, strict: true, shard: '2/2' } },
      'the settings differ. Run all shards again.',
    ],
    [
      'another suite',
      head('b', { ...shop, suite: { name: 'simple-oauth-contract', version: '9.0.0' } }, '2/2'),
      'the versions of the suite differ.',
    ],
    [
      'another server',
      head('b', { ...shop, target: header.target && { ...header.target, versions: {} } }, '2/2'),
      'the versions of the server differ.',
    ],
  ])('are refused: %s', (_name, other, message) => {
    expect(() => sitesOf([head('a', shop, '1/2'), other])).toThrow(message)
  })
})

test('5,000 checks of three shards are one page of at most 3 MB', () => {
  const { checks } = bigReport(5_000)
  const parts = [0, 1, 2].map((shard) =>
    part(
      `${shard + 1}/3`,
      checks.filter((_, index) => Math.floor(index / 10) % 3 === shard),
    ),
  )
  const merged = combine(parts as [Report, ...Report[]], [])
  const page = renderPage(reportOf(merged), { rerunCommand: 'npx simple-oauth-contract', folder: 'results' })
  expect(page.length).toBeLessThan(3_000_000)
  expect(page.match(/<details class="contract"/gu)).toHaveLength(500)
})
