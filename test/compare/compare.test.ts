import { describe, expect, test } from 'vitest'
import type { AcceptedChange } from '../../helpers/compare/accept.ts'
import { matrixOf } from '../../helpers/compare/matrix.ts'
import { comparisonOf, issued, named, refused, runOf, tokenCheck, versions } from '../support/compare-factory.ts'

const worked = runOf([tokenCheck('a.one', issued()), tokenCheck('a.two', issued())])
const broken = runOf([tokenCheck('a.one', refused(400, 'x')), tokenCheck('a.two', refused(400, 'x'))])
const id = 'answer at token: 200, tokens issued -> 400 x'
const entry: AcceptedChange = { change: id, reason: 'known to all clients', owner: 'Ann' }

describe('the exit code', () => {
  test.each([
    ['nothing changed', comparisonOf(worked, worked), 0],
    ['something breaks', comparisonOf(worked, broken), 1],
    ['something breaks, and is accepted', comparisonOf(worked, broken, { accepted: [entry] }), 0],
    ['no check in common', comparisonOf(worked, runOf([tokenCheck('b.c', issued())])), 2],
    ['no check in common, a part allowed', comparisonOf(worked, runOf([]), { allowPartial: true }), 2],
  ])('%s', (_name, comparison, expected) => {
    expect(comparison.exitCode).toBe(expected)
  })
})

describe('an accepted change', () => {
  test('stays visible, with who answers for it', () => {
    const { changes } = comparisonOf(worked, broken, { accepted: [entry] })
    expect(changes).toMatchObject([{ id, accepted: entry, checks: [{}, {}] }])
  })

  test('for one contract leaves the others open', () => {
    const comparison = comparisonOf(worked, broken, { accepted: [{ ...entry, contracts: ['a.one'] }] })
    expect(comparison.changes.map(({ accepted, checks }) => [accepted?.owner, checks.map(({ name }) => name)])).toEqual(
      [
        [undefined, ['a.two']],
        ['Ann', ['a.one']],
      ],
    )
    expect(comparison.exitCode).toBe(1)
  })

  test('counts on its last day and not after it', () => {
    const accepted = [{ ...entry, until: '2026-11-27' }]
    expect(comparisonOf(worked, broken, { accepted, today: '2026-11-27' }).exitCode).toBe(0)
    const late = comparisonOf(worked, broken, { accepted, today: '2026-11-28' })
    expect(late).toMatchObject({ exitCode: 1, expiredAccepted: accepted, unusedAccepted: [] })
  })

  test('that did not occur is reported', () => {
    expect(comparisonOf(worked, worked, { accepted: [entry] }).unusedAccepted).toEqual([entry])
  })
})

describe('what can be compared only in part is said', () => {
  const more = runOf([...worked.checks, tokenCheck('a.three', issued())])
  test.each([
    ['another selection', worked, more, ['1 check ran only in after.']],
    ['the other way round', more, worked, ['1 check ran only in before.']],
    [
      'an interrupted run',
      worked,
      { ...worked, interrupted: 'SIGINT', planned: 9 },
      ['The run after was interrupted by SIGINT after 2 of 9 checks.'],
    ],
    [
      'a failed run',
      { ...worked, failure: { code: 'server-gone', message: '' }, planned: 9 },
      worked,
      ['The run before failed (server-gone) after 2 of 9 checks.'],
    ],
    [
      'another profile',
      worked,
      { ...worked, settings: { ...worked.settings, profile: 'oauth21' } },
      ['The profile differs: default before, oauth21 after.'],
    ],
  ])('%s', (_name, before, after, partial) => {
    const comparison = comparisonOf(before, after)
    expect(comparison).toMatchObject({ partial, exitCode: 2, compared: 2 })
    expect(comparisonOf(before, after, { allowPartial: true }).exitCode).toBe(0)
  })

  test('the same report twice is reported, and is not a change', () => {
    expect(comparisonOf(worked, worked)).toMatchObject({
      notes: ['Both reports are of the same run.'],
      changes: [],
      exitCode: 0,
    })
  })

  test('a newer run before the older one is reported, unless the versions show the order', () => {
    const older = { ...worked, startedAt: '2025-01-01T00:00:00.000Z' }
    expect(comparisonOf(worked, older).notes).toEqual(['before is the newer run: before and after may be mixed up.'])
    expect(comparisonOf(older, worked).notes).toEqual([])
    expect(comparisonOf(worked, versions(older, '6.1.0')).notes).toEqual([])
  })

  test('another version of the suite is reported', () => {
    const other = { ...worked, suite: { ...worked.suite, version: '9.9.9' }, startedAt: '2027-01-01T00:00:00.000Z' }
    expect(comparisonOf(worked, other).notes).toEqual([
      `The version of this suite differs: ${worked.suite.version} before, 9.9.9 after.`,
    ])
  })
})

test('several runs are a matrix of what is not the same in all', () => {
  const matrix = matrixOf([named('A', worked), named('B', broken), named('C', broken)])
  expect(matrix).toMatchObject({
    compared: 2,
    rows: [{ fact: 'answer', endpoint: 'token', checks: ['a.one', 'a.two'] }],
  })
  expect(matrixOf([named('A', worked), named('B', worked), named('C', worked)]).rows).toEqual([])
})
