import { expect, test } from 'vitest'
import * as c from '../../helpers/contract/index.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { expand } from '../../helpers/contract/expand.ts'
import { schedule } from '../../helpers/contract/schedule.ts'
import type { Severity } from '../../helpers/model/verdict.ts'
import { counts, newPlace } from '../support/command.ts'

const check = (id: string, severity: Severity): Check => {
  const definition = {
    title: id,
    sources: [c.must('RFC6749', '5.2')],
    severity,
    when: c.authorize(),
    then: c.codeIssued(),
  }
  const [made] = expand({ id, definition, file: 'specs/x/x.spec.ts', line: 1, column: 1 } as never)
  if (!made) throw new Error('a case has at least one check')
  return made
}

test('the gravest contracts come first, and equal ones in their own order', () => {
  const checks = [
    check('x.low', 'low'),
    check('x.high', 'high'),
    check('x.critical', 'critical'),
    check('x.high-too', 'high'),
  ]
  expect(schedule(checks).concurrent.map(({ contract }) => contract)).toEqual([
    'x.critical',
    'x.high',
    'x.high-too',
    'x.low',
  ])
})

const faulty = ['--target', 'reference', '--reference-profile', 'ideal', '--reference-fault', 'pkce-any-verifier']

test.each([
  [['--bail'], 1],
  [['--bail', '2'], 2],
])('%j ends a run', async (flags, least) => {
  const place = newPlace()
  const ended = await place.run([...faulty, '--only', 'pkce.verifier-*', ...flags])
  const { failed } = counts(ended)
  expect(failed).toBeGreaterThanOrEqual(least)
  // Checks that are already running still finish.
  expect(failed).toBeLessThan(least + 4)
  const [, completed = '', planned = ''] =
    /ended by --bail after (\d+) of (\d+) checks/u.exec(ended.stdout.replace(/\s+/gu, ' ')) ?? []
  expect(Number(completed)).toBeGreaterThan(0)
  expect(Number(completed)).toBeLessThan(Number(planned))
  expect(ended.code).toBe(1)
})

test('without failures nothing ends early, and a baseline needs every failure', async () => {
  const place = newPlace()
  const whole = await place.run([
    '--target',
    'reference',
    '--reference-profile',
    'ideal',
    '--only',
    'pkce.plain',
    '--bail',
  ])
  expect(whole.stdout).not.toContain('--bail')
  expect(whole.code).toBe(0)
  const refused = await place.run(['--target', 'reference', '--bail', '--generate-baseline', 'new.yaml'])
  expect(refused.stderr).toContain('A baseline lists every failure.')
  expect(refused.code).toBe(2)
})
