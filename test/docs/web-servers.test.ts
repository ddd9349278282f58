import { expect, test } from 'vitest'
import { summarize, webServersTable, type WebServerRun } from '../support/web-server-runs.ts'

const run = (verdicts: WebServerRun['verdicts']): WebServerRun => ({
  ...{ server: 'nginx', database: 'postgres', setting: 'in /shop', versions: { simple_oauth: '6.0.9' } },
  verdicts,
})

test('a run is summed up, and every verdict that differs is named', () => {
  const plain = run({ 'a.one': 'pass', 'a.two [x]': 'known', 'b.other': 'pass', 'c.skipped': 'pass' })
  const summary = summarize(run({ 'a.one': 'pass', 'a.two [x]': 'fail', 'c.skipped': 'skipped' }), plain)
  expect(summary).toMatchObject({
    verdicts: { pass: 1, fail: 1, skipped: 1 },
    differences: { 'a.two [x]': ['known', 'fail'] },
  })
  expect(webServersTable({ nginx: summary }).split('\n').slice(2)).toEqual([
    '| nginx: in /shop | PostgreSQL | 6.0.9 | 3: 1 pass, 1 fail, 1 skipped | `a.two [x]` is fail, not known |',
  ])
  expect(webServersTable({ nginx: summarize(plain, plain) })).toContain('| 4: 3 pass, 1 known | none |')
  expect(webServersTable({ nginx: summarize({ ...plain, server: 'php -S', setting: '' }, plain) })).toContain(
    'known |  |',
  )
})
