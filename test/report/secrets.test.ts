import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { compareRuns } from '../../helpers/compare/compare.ts'
import { matrixOf } from '../../helpers/compare/matrix.ts'
import type { ReportedRun } from '../../helpers/compare/reported-run.ts'
import { Runner } from '../../helpers/contract/runner.ts'
import { sitesJson, sitesMarkdown } from '../../helpers/merge/files.ts'
import { siteResult } from '../../helpers/merge/outcome.ts'
import { sitesPage } from '../../helpers/merge/page.tsx'
import { sitesText } from '../../helpers/merge/text.ts'
import { suite } from '../../helpers/model/package.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { collect } from '../../helpers/plan/collect.ts'
import { comparisonText } from '../../helpers/report/comparison-console.ts'
import { writeComparison, writeMatrix } from '../../helpers/report/comparison-files.ts'
import { formatNames, formatOf } from '../../helpers/report/formats/table.ts'
import { reportJson, writeReport } from '../../helpers/report/json.ts'
import { exchangeLines } from '../../helpers/report/replay-text.ts'
import { reportOf } from '../../helpers/report/report.ts'
import type { RunOutcome } from '../../helpers/report/run.ts'
import { painter } from '../../helpers/report/text.ts'
import { referenceTarget, type ReferenceTargetOptions } from '../../helpers/targets/reference-target.ts'
import { writeUpgrade } from '../../helpers/upgrade/files.ts'
import { upgradeText } from '../../helpers/upgrade/text.ts'
import { LeakSearch, secretsIn } from '../support/leaks.ts'
import { recordingProxy, type Recorded } from '../support/recording-proxy.ts'

const contracts = 'code.replay client-credentials.missing-secret openid.claims-by-scope'
const plain = painter(false)

/** A run of a few contracts through the proxy, and what `replay` prints of it. */
async function runThrough(options: ReferenceTargetOptions) {
  const target = referenceTarget(options)
  const info = await target.start(() => undefined)
  const proxy = await recordingProxy(info.baseUrl)
  const replayed: string[] = []
  const runner = new Runner({
    ...{ target: { ...info, baseUrl: proxy.url }, profile: 'default' as const, knownIssues: [] },
    ...{ requestTimeout: 10_000, checkTimeout: 60_000 },
    changeSite: (request) => target.changeSite(request),
    errorLog: () => Promise.resolve(target.errorLog()),
    watch: {
      step: () => undefined,
      exchange: (exchange) => replayed.push(...exchangeLines(exchange, true, plain)),
    },
  })
  const { checks } = await collect()
  const chosen = checks.filter(({ contract }) => contracts.split(' ').includes(contract))
  const results: CheckResult[] = []
  await runner.run(chosen, (result) => results.push(result))
  await runner.close()
  proxy.close()
  target.stop()
  const versions = { ...info.versions, simple_oauth: options.fault === undefined ? '6.0.9' : '6.1.0' }
  const outcome: RunOutcome = {
    header: {
      ...{ suite, startedAt: '2026-03-01T12:00:00.000Z', settings: { profile: 'default', strict: false } },
      target: { label: info.label, baseUrl: proxy.url, versions, demonstration: false },
    },
    ...{ results, planned: chosen.length, interrupted: null, failure: null },
  }
  return { recorded: proxy.recorded, outcome, replayed: replayed.join('\n') }
}

/** The addresses that UserInfo discloses. */
function personalIn(recorded: readonly Recorded[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const { url, responseBody } of recorded) {
    if (!url.endsWith('/oauth/userinfo') || !responseBody.startsWith('{')) continue
    for (const [, value = ''] of responseBody.matchAll(/"email":"([^"]+)"/gu)) found.set(value, 'personal data')
  }
  return found
}

type Run = Awaited<ReturnType<typeof runThrough>>

/** Everything that is printed or written about runs, by name. */
async function everythingOf(before: Run, after: Run): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const parsed = ({ outcome }: Run): ReportedRun => JSON.parse(reportJson(reportOf(outcome))) as ReportedRun
  const [first, second] = [parsed(before), parsed(after)]
  const rules = { releases: { announcements: [], unread: [] }, accepted: [], allowPartial: true, today: '2026-03-01' }
  const comparison = compareRuns({ name: 'before', run: first }, { name: 'after', run: second }, rules)
  const sites = {
    suite,
    sites: [before, after].map(({ outcome }, index) => siteResult(`site-${index}`, `site-${index}`, reportOf(outcome))),
    missing: ['wiki'],
  }
  const upgrade = {
    ...{ from: '/srv/old', to: '/srv/new', tried: true, startedAt: '2026-03-01T12:00:00.000Z', updated: 9300 },
    ...{ before: before.outcome, survival: after.outcome, after: after.outcome, comparison },
    ...{ broken: null, interrupted: null, failure: null },
  }
  const shown = { paint: plain, width: 80, verbose: true }
  const texts = new Map([
    ['sites.html', sitesPage(sites)],
    ['sites.json', sitesJson(sites)],
    ['sites.md', sitesMarkdown(sites)],
    ['sites', sitesText(sites, 'sites.html', 80, plain)],
    ['compare', comparisonText(comparison, shown)],
    ['upgrade', upgradeText(upgrade, { ...shown, report: folder })],
    ['replay', before.replayed + after.replayed],
  ])
  for (const name of formatNames)
    texts.set(name, (await formatOf(name).load())(reportOf(after.outcome), { rerunCommand: suite.name, folder }))
  writeReport(folder, after.outcome)
  writeComparison(folder, comparison)
  writeMatrix(folder, matrixOf([first, second, first].map((run, index) => ({ name: String(index), run }))))
  writeUpgrade(folder, upgrade)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) texts.set(entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  return texts
}

const leaks = (search: LeakSearch, texts: ReadonlyMap<string, string>): string[] =>
  [...texts].flatMap(([name, text]) => search.in(text).map((leak) => `${name}: ${leak}`))

test('whatever is printed or written of runs holds no secret and no personal data', async () => {
  const before = await runThrough({ profile: 'ideal' })
  const after = await runThrough({ profile: 'ideal', fault: 'userinfo-every-claim' })
  const recorded = [...before.recorded, ...after.recorded]
  const personal = personalIn(recorded)
  expect(personal.size).toBeGreaterThan(0)
  const secrets = new Map([...secretsIn(recorded), ...personal])
  expect(secrets.size).toBeGreaterThan(20)
  const texts = await everythingOf(before, after)
  const pages = ['sites.html', 'sites.json', 'sites.md', 'comparison.html', 'comparison.json', 'comparison.md']
  const others = ['matrix.html', 'matrix.md', 'upgrade.html', 'upgrade.json', 'report.json', 'replay', ...formatNames]
  expect([...texts.keys()]).toEqual(expect.arrayContaining([...pages, ...others]))
  // Output that says nothing could not leak anything.
  expect([...texts].filter(([, text]) => text.length < 200).map(([name]) => name)).toEqual([])
  expect(texts.get('replay')).toContain('‹access_token:')
  expect(texts.get('replay')).toContain('‹personal data›')
  expect(texts.get('upgrade.html')).toContain('openid.claims-by-scope')
  expect(leaks(new LeakSearch(secrets), texts)).toEqual([])

  // The same search finds a secret in each of them if a result was not redacted.
  const [secret = ''] = personal.keys()
  const naked = ({ outcome, ...run }: Run, title: string): Run => ({
    ...run,
    replayed: `${run.replayed}${title}`,
    outcome: {
      ...outcome,
      results: outcome.results.map((result) => ({
        ...result,
        title,
        findings: result.findings.map((finding) => ({ ...finding, expected: title })),
      })),
    },
  })
  const found = leaks(new LeakSearch(personal), await everythingOf(naked(before, secret), naked(after, secret)))
  for (const name of ['sites.html', 'comparison.html', 'upgrade.html', 'replay', 'html', 'json', 'sarif', 'junit'])
    expect(found.join('\n')).toContain(`${name}: personal data`)
})
