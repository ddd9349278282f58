import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkName, type CheckResult } from '../../helpers/model/result.ts'
import { readWholeReport } from '../../helpers/report/read-report.ts'
import type { ReferenceTargetOptions } from '../../helpers/targets/reference-target.ts'
import { expectRefusal, newPlace, type Place } from '../support/command.ts'
import { mapping, runningSite, secretsOf } from '../support/mapped-site.ts'

/** Two contracts a shard, of which only one needs a browser. */
const only = [
  ...['client-credentials.wrong-secret', 'client-credentials.missing-secret', 'client-credentials.scope-returned'],
  ...['bearer.missing', 'token.get', 'code.replay'],
].join()

/** Four sites, one of which has a weakness of its own. */
const sites: Readonly<Record<string, Partial<ReferenceTargetOptions>>> = {
  'blog größe': { profile: 'ideal' },
  news: { profile: 'simple-oauth-6.0' },
  shop: { profile: 'ideal', fault: 'secret-unchecked' },
  wiki: { profile: 'simple-oauth-6.0' },
}

/** Starts the sites and writes a file of each; returns the secrets that it names. */
async function startSites(place: Place): Promise<Map<string, Record<string, string>>> {
  mkdirSync(place.at('sites'))
  const secrets = new Map<string, Record<string, string>>()
  for (const [name, options] of Object.entries(sites)) {
    const site = await runningSite(options)
    const versions = { simple_oauth: '6.0.9', league: '9.2.0' }
    const content = { baseUrl: site.baseUrl, versions, ...mapping(site, ['publicPkce', 'machine', 'machineUnlimited']) }
    writeFileSync(place.at('sites', `${name}.yaml`), JSON.stringify(content))
    secrets.set(`sites/${name}.yaml`, secretsOf(site))
  }
  return secrets
}

/** What two runs of one server have in common: no times, no tokens, everything in the order of names. */
function comparable(folder: string): unknown {
  const { startedAt: _, milliseconds: __, checks, sideEffects, drift, ...rest } = readWholeReport(folder)
  const plain = ({ milliseconds: _ms, exchanges, observed, ...check }: CheckResult): unknown => ({
    ...check,
    observed: Object.keys(observed).sort(),
    exchanges: exchanges.map(({ request, response: { status } }) => [
      request.method,
      request.url.split('?')[0],
      status,
    ]),
  })
  const changes = drift?.changes.map((change) => ({
    ...change,
    checks: change.checks.toSorted(),
    contracts: change.contracts.toSorted(),
  }))
  return {
    ...rest,
    sideEffects: sideEffects && Object.keys(sideEffects),
    drift: { ...drift, changes: changes?.sort((one, other) => one.id.localeCompare(other.id)) },
    checks: [...checks].sort((one, other) => checkName(one).localeCompare(checkName(other))).map(plain),
  }
}

const read = (place: Place, ...path: string[]): string => readFileSync(place.at(...path), 'utf8')

test('four sites in three shards each: merged, they equal the unsplit runs', { timeout: 180_000 }, async () => {
  const place = newPlace()
  const secrets = await startSites(place)
  const listed = await place.run(['list', '--sites', 'sites', '--shards', '3', '--json'])
  expect(listed.stdout.trimEnd().split('\n')).toHaveLength(1)
  const jobs = JSON.parse(listed.stdout) as { name: string; site: string; shard: string; id: string }[]
  expect(jobs).toHaveLength(12)
  expect(jobs[1]).toEqual({ name: 'blog größe', site: 'sites/blog größe.yaml', shard: '2/3', id: 'blog-gr-e-2of3' })
  for (const { site, shard, id } of jobs) {
    const args = ['--site', site, '--only', only, '--report', `reports/${id}`, '--reporter', 'json']
    const run = await place.run([...args, '--shard', shard], { env: secrets.get(site) ?? {} })
    expect(run.code, run.stdout).not.toBe(2)
  }
  for (const [site, env] of secrets)
    await place.run(['--site', site, '--only', only, '--report', `whole/${site}`, '--reporter', 'json'], { env })

  const merged = await place.run([
    'merge',
    ...jobs.map(({ id }) => `reports/${id}`),
    '--sites',
    'sites',
    '--report',
    'merged',
  ])
  expect(merged.stderr).toBe('')
  expect(merged.code).toBe(1)
  for (const [index, name] of Object.keys(sites).entries()) {
    const folder = ['blog-gr-e', 'news', 'shop', 'wiki'][index] ?? ''
    const whole = comparable(place.at('whole', 'sites', `${name}.yaml`))
    expect(comparable(place.at('merged', folder))).toEqual(whole)
    expect(read(place, 'merged', folder, 'report.html')).toContain('<h2 id="fails">')
  }
  expect(JSON.parse(read(place, 'merged', 'sites.json'))).toMatchObject({
    conclusion: 'non-conformant',
    exitCode: 1,
    missing: [],
    sites: [{ name: 'blog größe' }, { name: 'news' }, { name: 'shop', conclusion: 'non-conformant' }, { name: 'wiki' }],
  })
  const lines = merged.stdout.split('\n')
  expect(lines[0]).toMatch(/^FAIL {6}1 site {2}client-credentials\.wrong-secret {3}shop {3}/u)
  expect(merged.stdout).toContain('\nresult      non-conformant\nreport      merged/sites.html\n')

  // Again into the same folder, and one site on its own.
  const one = jobs.filter(({ name }) => name === 'shop').map(({ id }) => `reports/${id}`)
  expect(
    (
      await place.run([
        'merge',
        ...one,
        'reports/news-1of3',
        'reports/news-2of3',
        'reports/news-3of3',
        '--report',
        'merged',
      ])
    ).code,
  ).toBe(1)
  expect(existsSync(place.at('merged', 'wiki'))).toBe(false)
  const alone = await place.run(['merge', ...one, '--report', 'alone', '--reporter', 'console,junit'])
  expect(alone.stdout).toMatch(/^FAIL client-credentials\.wrong-secret /mu)
  expect(comparable(place.at('alone'))).toEqual(comparable(place.at('whole', 'sites', 'shop.yaml')))
  expect(read(place, 'alone', 'junit.xml')).toContain('<testsuites')

  // A missing shard, and a site without any report: no verdict on them.
  const missing = await place.run(['merge', 'reports/news-1of3', 'reports/news-3of3', '--report', 'missing'])
  expect(missing.stdout).toContain('RUN FAILED shard-missing\n')
  expect(missing.stdout).toContain('There is no report of shard 2/3')
  expect(missing.code).toBe(2)
  const absent = await place.run([
    'merge',
    'whole/sites/news.yaml',
    'whole/sites/wiki.yaml',
    '--sites',
    'sites',
    '--report',
    'absent',
  ])
  expect(absent.stdout).toContain('blog größe: no report. See the job that ran it.\nshop: no report.')
  expect(absent.stdout).toContain('\nsites       4 sites: 2 no verdict, 2 no new differences, ')
  expect(absent.code).toBe(2)

  for (const [args, message] of [
    [['reports/news-1of3', 'whole/sites/news.yaml'], 'news has two reports, '],
    [[...one, 'whole/sites/shop.yaml'], 'which are not shards of one run.'],
  ] as const) {
    const refused = await place.run(['merge', ...args, '--report', 'no'])
    expectRefusal(place, refused, message)
    expect(existsSync(place.at('no'))).toBe(false)
  }
})

test.each([
  [['merge'], '"merge" needs reports: merge REPORT…'],
  [['merge', 'nowhere'], 'nowhere cannot be read: there is no such file or folder.'],
  [['list', '--sites', 'nowhere'], 'nowhere is not a folder. Name a folder of site files with --sites.'],
  [['list', '--sites', 'tmp'], 'tmp holds no site file (*.yaml).'],
  [['list', '--sites', 'tmp', '--shards', '0'], '--shards 0 is not a number of parts.'],
  [['list', '--shards', '2'], '--shards needs --sites DIR'],
  [['--target', 'reference', '--shard', '4/3'], '"4/3" is not a shard. Write I/N, from 1/N to N/N'],
  [['record', '--target', 'reference', '--shard', '1/3'], '"record" does not accept --shard'],
])('is refused: %j', async (args, message) => {
  const place = newPlace()
  expectRefusal(place, await place.run(args), message)
})
