import { describe, expect, test } from 'vitest'
import { failureOf } from '../../helpers/command/failure.ts'
import { collect } from '../../helpers/plan/collect.ts'
import { Runner } from '../../helpers/contract/runner.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { createConsole } from '../../helpers/report/console.ts'
import { summarize, type RunOutcome } from '../../helpers/report/run.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import { hostileServer, type Breaks } from '../support/hostile-proxy.ts'

/** A run whose server goes away for good after so many results. */
async function runUntil(
  results: number,
  workers: number,
  breaks: Breaks | null = null,
): Promise<{ after: CheckResult[]; outcome: RunOutcome }> {
  const { checks } = await collect()
  const target = referenceTarget({ profile: 'ideal' })
  const info = await target.start(() => undefined)
  const proxy = breaks === null ? null : await hostileServer(info.baseUrl, breaks)
  const session = new Runner({
    target: { ...info, baseUrl: proxy?.origin ?? info.baseUrl, workers },
    profile: 'default',
    knownIssues: [],
    requestTimeout: 10_000,
    checkTimeout: 60_000,
    changeSite: (request) => target.changeSite(request),
    errorLog: () => Promise.resolve(['PHP Fatal error: out of memory']),
    endEarly: true,
  })
  const all: CheckResult[] = []
  const stopInTime = (): void => {
    if (all.length === results) target.stop()
  }
  stopInTime()
  // Checks that wait run beside the others, and slow ones are skipped.
  const chosen = checks
    .filter(({ when, slow }) => slow === undefined && when.every((step) => step.do !== 'wait'))
    .slice(0, 60)
  let failure: RunOutcome['failure'] = null
  try {
    await session.run(chosen, (result) => {
      all.push(result)
      stopInTime()
    })
  } catch (error) {
    failure = failureOf(error)
  }
  await session.close()
  await proxy?.close()
  target.stop()
  const outcome: RunOutcome = {
    header: {
      suite: { name: 'simple-oauth-contract', version: '0.1.0' },
      startedAt: '2026-03-01T12:00:00.000Z',
      target: { label: 'site', baseUrl: info.baseUrl, versions: {}, demonstration: false },
      settings: { profile: 'default', strict: false },
    },
    results: all,
    planned: chosen.length,
    interrupted: null,
    failure,
  }
  return { after: all.slice(results), outcome }
}

const blocked = ({ verdict }: CheckResult): boolean => verdict === 'blocked'

describe('a server that goes away in the middle', () => {
  test('ends the run with 2, however many checks have passed, and says so once', async () => {
    const { after, outcome } = await runUntil(10, 1)
    expect(after.map(({ verdict }) => verdict)).toEqual(['blocked'])
    expect(outcome.results.slice(0, 10).filter(({ verdict }) => verdict !== 'pass')).toEqual([])
    expect(outcome.failure?.code).toBe('server-gone')
    expect(outcome.failure?.message).toMatch(
      /^The server stopped answering after 10 checks: GET http:\S+\/oauth\/token: nothing listens at this address\. .*; its log: PHP Fatal error: out of memory\. The rest of the run was left out\. Find out why it stopped, then run again\.$/u,
    )
    expect(summarize(outcome)).toMatchObject({ passed: 10, conclusion: 'no verdict', exitCode: 2 })
  })

  test('blocks what was under way for the same cause, and the summary has one line for all', async () => {
    const workers = 8
    const { after, outcome } = await runUntil(20, workers)
    expect(after.length).toBeLessThanOrEqual(2 * workers)
    // Some may already have had their last answer.
    expect(after.filter((result) => !blocked(result)).length).toBeLessThan(workers)
    expect(new Set(after.filter(blocked).map(({ blocker }) => blocker?.cause))).toEqual(new Set(['no-connection']))
    let shown = ''
    const stream = { write: (text: string) => (shown += text) }
    createConsole({ stream, tty: false, color: false, rerunCommand: 'contract', report: 'results' }).finish(outcome)
    const count = after.filter(blocked).length
    expect(shown).toContain('RUN FAILED server-gone\n')
    expect(shown).toMatch(new RegExp(`^checks .*\\b${String(count)} blocked`, 'mu'))
    expect(shown.match(/^BLOCKED consent|^BLOCKED [a-z]/gmu)).toHaveLength(1)
    expect(summarize(outcome).exitCode).toBe(2)
  })

  test('or was never there proves nothing: exit code 2', async () => {
    const { outcome } = await runUntil(0, 8)
    expect(summarize(outcome)).toMatchObject({ passed: 0, skipped: 0, conclusion: 'no verdict', exitCode: 2 })
  })
})

test('a server that leaves one request unanswered is not gone', async () => {
  let requests = 0
  const { outcome } = await runUntil(Number.POSITIVE_INFINITY, 4, ({ what }) =>
    what === 'POST /oauth/token' && requests++ === 0 ? (_, socket) => socket.destroy() : null,
  )
  expect(requests).toBeGreaterThan(20)
  expect(outcome.failure).toBeNull()
  expect(outcome.results).toHaveLength(outcome.planned)
  expect(outcome.results.filter(blocked).map(({ blocker }) => blocker?.cause)).toEqual(['no-connection'])
})
