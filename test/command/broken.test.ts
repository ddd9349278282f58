import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { counts, expectRefusal, newPlace, type Ended, type Place, type Started } from '../support/command.ts'

const one = ['--target', 'reference', '--only', 'access-token.keys-public']

describe('a run that is ended from outside', () => {
  /** A run that waits for an expiry, with its first verdict printed. */
  const running = async (place: Place): Promise<Started> => {
    const only = ['--only', 'authorize.code-issued,bearer.expired']
    const started = place.start(['--target', 'reference', '--verbose', ...only])
    await started.seen(/^KNOWN authorize\.code-issued/mu)
    return started
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s reports its results so far and leaves nothing behind',
    async (signal) => {
      const place = newPlace()
      const { kill, ended } = await running(place)
      kill(signal)
      const end = await ended
      const { passed, failed, skipped } = counts(end)
      expect(passed).toBeGreaterThan(0)
      expect(end.stdout).toContain(`INTERRUPTED by ${signal}`)
      expect(end).toMatchObject({ code: 2, stderr: '' })
      expect(place.report()).toMatchObject({ interrupted: signal, failure: null })
      expect(place.report().checks.length).toBe(passed + failed + skipped)
      expect(place.temporary()).toEqual([])
    },
  )

  test('by SIGKILL has written nothing', async () => {
    const place = newPlace()
    const { kill, ended } = await running(place)
    kill('SIGKILL')
    expect((await ended).code).toBeNull()
    expect(place.temporary()).toEqual([])
    expect(existsSync(place.at('results'))).toBe(false)
  })
})

test('a contract that throws while it is read ends the run with 2 and names file and line', async () => {
  const place = newPlace()
  mkdirSync(place.at('mine'))
  writeFileSync(place.at('mine', 'a.spec.ts'), '\nnull.f()\n')
  const ended = await place.run([...one, '--contracts', 'mine'])
  expectRefusal(place, ended, 'RUN FAILED bad-contract', 'mine/a.spec.ts:2:6: Cannot read properties of null')
})

describe('an error of the suite itself', () => {
  /** Runs one contract where telling its verdict fails as given; Node loads the failure before the command. */
  const runWith = (place: Place, failure: string): Promise<Ended> => {
    writeFileSync(
      place.at('failing.mjs'),
      `let failed = false
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = (text) => {
  if (failed || !String(text).startsWith('KNOWN ')) return write(text)
  failed = true
  ${failure}
}
`,
    )
    const env = { NODE_OPTIONS: `--import=${place.at('failing.mjs')}` }
    return place.run(['--target', 'reference', '--only', 'rfc9068.type', '--verbose'], { ownProcess: true, env })
  }

  test('while a verdict is reported ends with 2 and that error', async () => {
    const place = newPlace()
    const ended = await runWith(place, "throw new Error('no more paper')")
    expect(ended.stdout).toContain('RUN FAILED')
    expect(ended.stdout).toContain('no more paper')
    expect(ended.code).toBe(2)
    expect(counts(ended)).toEqual({ passed: 0, failed: 0, skipped: 1 })
    expect(place.temporary()).toEqual([])
  })

  test('that is not caught still ends with 2 and the closing line', async () => {
    const place = newPlace()
    const ended = await runWith(place, "queueMicrotask(() => { throw new Error('nobody catches me') })")
    counts(ended)
    expect(ended.stderr).toContain('nobody catches me')
    expect(ended.code).toBe(2)
    expect(place.temporary()).toEqual([])
  })
})
