import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { copyOfPackage, counts, expectRefusal, newPlace, type Place, type Started } from '../support/command.ts'

const one = ['--target', 'reference', '--only', 'access-token.keys-public']

describe('a run that is ended from outside', () => {
  /** A run of everything, which waits for expiries, with its first quarter through. */
  const running = async (place: Place): Promise<Started> => {
    const started = place.start(['--target', 'reference'])
    await started.seen(/^\d+\/\d+ {3}/mu)
    return started
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s tells what it knows and leaves nothing',
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

describe('a package that is broken', () => {
  /** A copy of the package with one file changed. */
  const broken = (place: Place, file: string, change: (text: string) => string): string => {
    const root = copyOfPackage(place)
    const text = readFileSync(join(root, file), 'utf8')
    expect(change(text)).not.toBe(text)
    writeFileSync(join(root, file), change(text))
    return root
  }
  const spec = 'specs/access-token/claims.spec.ts'

  test('by a spec file that throws ends with 2 and names file and line', async () => {
    const place = newPlace()
    const root = broken(place, spec, (text) => `${text}\nnull.f()\n`)
    const line = readFileSync(join(root, spec), 'utf8').split('\n').length - 1
    const ended = await place.run(one, { root })
    expectRefusal(place, ended, 'RUN FAILED bad-contract', `${spec}:${String(line)}:6: Cannot read properties of null`)
  })

  test('by an error on the way of the results ends with 2 and that error', async () => {
    const place = newPlace()
    const root = broken(place, 'helpers/report/console.ts', (text) =>
      text.replace('results.push(result)', "throw new Error('no more paper')"),
    )
    const ended = await place.run(one, { root })
    expect(ended.stdout).toContain('RUN FAILED')
    expect(ended.stdout).toContain('no more paper')
    expect(ended.code).toBe(2)
    expect(counts(ended)).toEqual({ passed: 1, failed: 0, skipped: 0 })
    expect(place.temporary()).toEqual([])
  })

  test('by an error that nobody catches still ends with 2 and the closing line', async () => {
    const place = newPlace()
    const root = broken(place, 'helpers/report/console.ts', (text) =>
      text.replace('results.push(result)', "queueMicrotask(() => { throw new Error('nobody catches me') })"),
    )
    const ended = await place.run(one, { root })
    counts(ended)
    expect(ended.stderr).toContain('nobody catches me')
    expect(ended.code).toBe(2)
    expect(place.temporary()).toEqual([])
  })
})
