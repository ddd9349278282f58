import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { collect } from '../../helpers/plan/collect.ts'
import { suite } from '../../helpers/model/package.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { Runner } from '../../helpers/contract/runner.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { createConsole } from '../../helpers/report/console.ts'
import { formatNames, formatOf } from '../../helpers/report/formats/table.ts'
import { writeReport } from '../../helpers/report/json.ts'
import { reportOf } from '../../helpers/report/report.ts'
import type { RunOutcome } from '../../helpers/report/run.ts'
import { referenceTarget, type ReferenceTargetOptions } from '../../helpers/targets/reference-target.ts'
import { LeakSearch, secretsIn, spellings } from '../support/leaks.ts'
import { recordingProxy, type Recorded } from '../support/recording-proxy.ts'

/** What passed over the wire, and the result. */
interface Run {
  readonly recorded: readonly Recorded[]
  readonly outcome: RunOutcome
}

/** Checks that need not wait for an expiry, through the proxy. */
async function runThrough(server: ReferenceTargetOptions, checks: readonly Check[]): Promise<Run> {
  const target = referenceTarget(server)
  const info = await target.start(() => undefined)
  const proxy = await recordingProxy(info.baseUrl)
  const session = new Runner({
    target: { ...info, baseUrl: proxy.url },
    profile: 'default',
    knownIssues: [],
    requestTimeout: 10_000,
    checkTimeout: 60_000,
    changeSite: (request) => target.changeSite(request),
    errorLog: () => Promise.resolve(target.errorLog()),
  })
  const results: CheckResult[] = []
  await session.run(checks, (result) => results.push(result))
  await session.close()
  proxy.close()
  target.stop()
  const outcome: RunOutcome = {
    header: {
      suite,
      startedAt: '2026-03-01T12:00:00.000Z',
      target: { label: info.label, baseUrl: proxy.url, versions: info.versions, demonstration: true },
      settings: { profile: 'default', strict: false },
    },
    results,
    planned: checks.length,
    interrupted: null,
    failure: null,
  }
  return { recorded: proxy.recorded, outcome }
}

/** Console, report folder and every format as the command writes them, by name. */
async function written(outcome: RunOutcome): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'contract-test-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const texts = new Map<string, string>()
  for (const tty of [false, true]) {
    let shown = ''
    const stream = { write: (text: string) => (shown += text) }
    const how = { stream, tty, color: tty, rerunCommand: suite.name, report: folder }
    const console = createConsole({ ...how, detail: 'verbose' })
    console.start(outcome.header, outcome.planned)
    for (const result of outcome.results) console.result(result)
    console.finish(outcome)
    texts.set(tty ? 'terminal' : 'console', shown)
  }
  for (const name of formatNames) {
    const render = await formatOf(name).load()
    texts.set(name === 'console' ? 'brief' : name, render(reportOf(outcome), { rerunCommand: suite.name, folder }))
  }
  writeReport(folder, outcome)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) texts.set(entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  }
  return texts
}

/** "report.json: client_secret in hex" */
const leaks = (search: LeakSearch, texts: ReadonlyMap<string, string>): string[] =>
  [...texts].flatMap(([name, text]) => search.in(text).map((leak) => `${name}: ${leak}`))

const plain = new LeakSearch(new Map([['s3cret/+=&ü value', 'password']]))

describe('no secret of a run is in console or report', () => {
  let quick: readonly Check[] = []
  beforeAll(async () => {
    const { checks } = await collect()
    quick = checks.filter((check) => check.when.every((step) => step.do !== 'wait'))
  })

  test.each<[ReferenceTargetOptions, string]>([
    [{ profile: 'ideal', fault: 'implicit-token' }, 'authorize.implicit'],
    [{ profile: 'simple-oauth-6.0' }, 'code.other-client'],
    [{ profile: 'ideal', fault: 'refusal-with-500' }, 'code.replay'],
  ])('%j', { timeout: 180_000 }, async (server, failing) => {
    const { recorded, outcome } = await runThrough(server, quick)
    const secrets = secretsIn(recorded)
    // The search proves nothing if no secret was collected, or nothing was printed.
    const kinds = 'access_token authorization client_secret code code_verifier cookie form_token pass refresh_token'
    expect([...new Set(secrets.values())]).toEqual(expect.arrayContaining(kinds.split(' ')))
    expect(secrets.size).toBeGreaterThan(300)
    const search = new LeakSearch(secrets)
    const texts = await written(outcome)
    expect(texts.get('console')).toContain(`FAIL ${failing}`)
    expect(leaks(search, texts)).toEqual([])

    // The same search finds each secret, and one in a result that was not redacted wherever it is shown.
    expect([...secrets].filter(([value]) => search.in(`…${value}…`).length === 0)).toEqual([])
    // The shortest, so that no message cuts it off; which one is sent first varies between runs.
    const [verifier = ''] = [...secrets.keys()]
      .filter((value) => secrets.get(value) === 'code_verifier')
      .sort((one, other) => one.length - other.length)
    const forms = spellings(verifier).filter(([spelling]) => spelling !== 'hex in capitals')
    const reason = { kind: 'suite-error', message: [...new Set(forms.map(([, text]) => text))].join(' ') }
    const [result] = outcome.results
    const naked = { ...result, verdict: 'error', reason } as CheckResult
    const found = leaks(search, await written({ ...outcome, results: [naked] }))
    for (const name of ['console', 'terminal', 'report.json', 'html', `${naked.contract}.md`, 'junit', 'sarif']) {
      for (const spelling of ['plain', 'URL-encoded', 'hex', 'base64', 'base64url']) {
        expect(found).toContain(`${name}: code_verifier in ${spelling}`)
      }
    }
  })
})

describe('the search', () => {
  test.each(spellings('s3cret/+=&ü value'))('finds a secret in %s', (spelling, text) => {
    expect(plain.in(`before ${text} after`)).toContain(`password in ${spelling}`)
  })

  test.each([0, 1, 2, 3, 4])('finds it in the base64 of a text, %i bytes from its start', (before) => {
    const text = Buffer.from(`${'x'.repeat(before)}s3cret/+=&ü value and more`)
    expect(plain.in(text.toString('base64'))).toContain('password in base64')
    expect(plain.in(text.toString('base64url'))).toContain('password in base64url')
  })

  test('finds nothing in another value', () => {
    expect(plain.in('s3cret/+=&ü valu and more: S3cret/+=&ü value')).toEqual([])
  })
})
