import { describe, expect, test } from 'vitest'
import { collect } from '../../helpers/plan/collect.ts'
import { Runner } from '../../helpers/contract/runner.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { createConsole } from '../../helpers/report/console.ts'
import { summarize, type RunOutcome } from '../../helpers/report/run.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'

/** A run whose server goes away for good after so many results. */
async function runUntil(results: number, workers: number): Promise<{ after: CheckResult[]; outcome: RunOutcome }> {
  const { checks } = await collect()
  const target = referenceTarget({ profile: 'ideal' })
  const info = await target.start(() => undefined)
  const session = new Runner({
    target: { ...info, workers },
    profile: 'default',
    knownIssues: [],
    requestTimeout: 10_000,
    checkTimeout: 60_000,
    changeSite: (request) => target.changeSite(request),
    errorLog: () => Promise.resolve(target.errorLog()),
  })
  const all: CheckResult[] = []
  const stopInTime = (): void => {
    if (all.length === results) target.stop()
  }
  stopInTime()
  await session.run(
    // Checks that wait run beside the others, and slow ones are skipped.
    checks.filter(({ when, slow }) => slow === undefined && when.every((step) => step.do !== 'wait')),
    (result) => {
      all.push(result)
      stopInTime()
    },
  )
  await session.close()
  const outcome: RunOutcome = {
    header: {
      suite: { name: 'simple-oauth-contract', version: '0.1.0' },
      startedAt: '2026-03-01T12:00:00.000Z',
      target: { label: 'site', baseUrl: info.baseUrl, versions: {}, demonstration: false },
      settings: { profile: 'default', strict: false },
    },
    results: all,
    planned: all.length,
    interrupted: null,
    failure: null,
  }
  return { after: all.slice(results), outcome }
}

const blocked = ({ verdict }: CheckResult): boolean => verdict === 'blocked'

describe('a server that goes away in the middle', () => {
  test('blocks all that comes after', async () => {
    const { after, outcome } = await runUntil(10, 1)
    expect(after.length).toBeGreaterThan(20)
    expect(after.filter((result) => !blocked(result))).toEqual([])
    expect(outcome.results.slice(0, 10).filter(({ verdict }) => verdict !== 'pass')).toEqual([])
    expect(summarize(outcome)).toMatchObject({
      passed: 10,
      failed: after.length,
      conclusion: 'incomplete',
      exitCode: 1,
    })
  })

  test('blocks what was under way for the same cause, and the summary has one line for all', async () => {
    const workers = 8
    const { after, outcome } = await runUntil(20, workers)
    // Some may have had their last answer already.
    expect(after.filter((result) => !blocked(result)).length).toBeLessThan(workers)
    expect(new Set(after.filter(blocked).map(({ blocker }) => blocker?.cause))).toEqual(new Set(['no-connection']))
    let shown = ''
    const stream = { write: (text: string) => (shown += text) }
    createConsole({ stream, tty: false, color: false, rerunCommand: 'contract', report: 'results' }).finish(outcome)
    const of = String(after.filter(blocked).length)
    expect(shown).toContain(`blocked   ${of} checks\n${of.padStart(5)}  no-connection\n`)
    expect(shown.match(/^ +\d+ {2}[\w-]+$/gmu)).toHaveLength(1)
  })

  test('or was never there proves nothing: exit code 2', async () => {
    const { outcome } = await runUntil(0, 8)
    expect(summarize(outcome)).toMatchObject({ passed: 0, skipped: 0, conclusion: 'no verdict', exitCode: 2 })
  })
})
