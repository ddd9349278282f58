import { expect, test } from 'vitest'
import { Runner } from '../../helpers/contract/runner.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import { allChecks } from '../mutation/run-against.ts'
import { hostileServer, type Breaks } from '../support/hostile-proxy.ts'

const salt = 'Hash salt must be at least 32 characters long.'
const body = JSON.stringify({ error: 'server_error', error_description: salt })

/** Runs everything against a server with these breaks; returns the error that ended the run, and what it reported. */
async function endOf(breaks: Breaks, log: readonly string[] = []): Promise<{ error: unknown; results: CheckResult[] }> {
  const target = referenceTarget({ profile: 'ideal' })
  const info = await target.start(() => undefined)
  const proxy = await hostileServer(info.baseUrl, breaks)
  const runner = new Runner({
    ...{ target: { ...info, baseUrl: proxy.origin }, profile: 'default', knownIssues: [], endEarly: true },
    ...{ requestTimeout: 10_000, checkTimeout: 60_000 },
    changeSite: (request) => target.changeSite(request),
    errorLog: () => Promise.resolve(log),
  })
  const results: CheckResult[] = []
  const short = (await allChecks())
    .filter(({ when }) => when.every((step) => step.do !== 'wait'))
    .filter(({ group }) => ['authorization', 'resource'].includes(group))
  try {
    await runner.run(short, (result) => results.push(result))
    return { error: null, results }
  } catch (error) {
    return { error, results }
  } finally {
    await runner.close()
    await proxy.close()
    target.stop()
  }
}

const authorize = ({ what }: Parameters<Breaks>[0]): boolean => what === 'GET /oauth/authorize'

test('a server on which nothing works ends the run early, with its own words', async () => {
  const { error, results } = await endOf((request) =>
    authorize(request) || request.what === 'POST /oauth/token' ? { status: 500, body } : null,
  )
  expect(error).toMatchObject({
    code: 'nothing-works',
    message:
      '10 checks were blocked by one cause (step-failed), none with a code or a token has passed, and a plain request for a token as publicPkce, editor failed again: ' +
      '500, error "server_error", page: error: Hash salt must be at least 32 characters long. The rest of the run was left out. Correct this first, then run again.',
  })
  expect(results.length).toBeLessThan(60)
})

test('a page of HTML is not quoted: the first line of the log says more', async () => {
  const html = `<!DOCTYPE html><html><head><title>Error</title></head><body>${'<p>unexpected</p>\n'.repeat(40)}</body></html>`
  const { error, results } = await endOf(
    (request) => (authorize(request) || request.what === 'POST /oauth/token' ? { status: 500, body: html } : null),
    ['PDOException: no such table: oauth2_token', ...Array<string>(30).fill('SELECT …')],
  )
  expect((error as Error).message).toContain(
    'page: error: unexpected; its log: PDOException: no such table: oauth2_token. The',
  )
  expect((error as Error).message).not.toMatch(/<p>|SELECT/u)
  const [first] = results.flatMap(({ blocker }) => (blocker?.cause === 'no-code' ? [blocker.message] : []))
  expect(first).toBe(
    'expected a code from the authorization request, got 500, page: error: unexpected; its log: PDOException: no such table: oauth2_token',
  )
})

test('a run goes on where the plain flow works', async () => {
  const { error, results } = await endOf(({ what }) => (what === 'GET /oauth/debug' ? { status: 500, body } : null))
  expect(error).toBeNull()
  expect(results.filter(({ verdict }) => verdict === 'blocked').length).toBeGreaterThan(10)
})
