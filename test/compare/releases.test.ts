import semver from 'semver'
import { describe, expect, test } from 'vitest'
import { announcedBetween, has, unreadBetween, type Announcement } from '../../helpers/compare/releases.ts'
import { readReleases } from '../../helpers/command/compare-inputs.ts'
import { exchange } from '../support/report-factory.ts'
import { comparisonOf, issued, refused, runOf, tokenCheck, versions } from '../support/compare-factory.ts'

const releases = readReleases()

describe('which version has a change', () => {
  test.each([
    [['6.0.7'], '6.0.6', false],
    [['6.0.7'], '6.0.7', true],
    [['6.0.7'], '6.1.0', true],
    [['6.0.7'], '5.2.6', false],
    [['5.2.6', '6.0.10', '6.1.4'], '6.0.9', false],
    [['5.2.6', '6.0.10', '6.1.4'], '6.0.10', true],
    // A later line may have been released before the fix was.
    [['5.2.6', '6.0.10', '6.1.4'], '6.1.0', false],
    [['5.2.6', '6.0.10', '6.1.4'], '6.2.0', true],
    [['5.2.6', '6.0.10', '6.1.4'], '5.2.5', false],
    [['6.0.7'], undefined, false],
    [['6.0.7'], 'unknown', false],
  ])('%j: %s is %s', (firsts, version, expected) => {
    expect(has(firsts, version)).toBe(expected)
  })
})

describe('what was announced between two runs', () => {
  const announcement: Announcement = { package: 'drupal/simple_oauth', versions: ['6.0.7'], what: 'w', source: 's' }
  const only = { announcements: [announcement], unread: [] }
  const at = (version: string) => versions(runOf([]), version)
  test('is what one has and the other has not, in both directions', () => {
    expect(announcedBetween(only, at('6.0.6'), at('6.0.9'))).toEqual([{ ...announcement, reversed: false }])
    expect(announcedBetween(only, at('6.0.9'), at('6.0.6'))).toEqual([{ ...announcement, reversed: true }])
    expect(announcedBetween(only, at('6.0.7'), at('6.0.9'))).toEqual([])
  })

  test('a module is found by its name, with or without a version', () => {
    const module = { ...announcement, package: 'drupal/simple_oauth_pkce', versions: ['0.0.0'] }
    const run = at('6.1.0')
    const after = { ...run, target: run.target && { ...run.target, modules: { simple_oauth_pkce: '' } } }
    expect(announcedBetween({ announcements: [module], unread: [] }, run, after)).toHaveLength(1)
  })

  test('releases between the versions whose notes were not read are reported', () => {
    const unread = [{ package: 'drupal/simple_oauth', versions: '>=6.0.1 <=6.0.5', why: 'w' }]
    const told = (one: string, other: string) => unreadBetween({ announcements: [], unread }, at(one), at(other)).length
    expect([told('6.0.0', '6.0.1'), told('6.0.5', '6.1.0'), told('6.0.4', '6.0.4'), told('6.1.0', '6.0.0')]).toEqual([
      1, 0, 0, 1,
    ])
  })
})

describe('fixtures/releases.yaml', () => {
  test('explains what league 9.4.0 does with a missing response_type, and nothing else by it', () => {
    const authorize = exchange({ request: { url: 'http://127.0.0.1:8080/oauth/authorize' } })
    const checks = (error: string) => [
      tokenCheck(
        'authorize.response-type',
        { status: 302, error, 'callback.params': ['error'] },
        { exchanges: [authorize] },
      ),
      tokenCheck('a.b', error === 'invalid_request' ? refused(401, 'x') : issued()),
    ]
    const before = versions(runOf(checks('unsupported_grant_type')), '6.0.9', '9.2.0')
    const after = versions(runOf(checks('invalid_request')), '6.0.9', '9.4.1')
    const { changes } = comparisonOf(before, after, { releases })
    expect(changes.map(({ id, announced }) => [id, announced.map(({ versions: [first] }) => first)])).toEqual([
      ['answer at authorize: 302 redirect, unsupported_grant_type -> 302 redirect, invalid_request', ['9.4.0']],
      ['answer at token: 200, tokens issued -> 401 x', []],
    ])
    // After a downgrade, it explains the reverse change.
    const back = comparisonOf(after, before, { releases }).changes
    expect(back.map(({ endpoint, announced }) => [endpoint, announced.length])).toEqual([
      ['token', 0],
      ['authorize', 1],
    ])
  })

  test('has valid versions, ranges and sources, and no duplicates', () => {
    for (const { versions: range } of releases.unread) expect(semver.validRange(range)).not.toBeNull()
    for (const { shows = [] } of releases.announcements)
      for (const { fact, before = '', after = '', contract = '' } of shows)
        for (const pattern of [fact, before, after, contract]) expect(() => new RegExp(pattern, 'u')).not.toThrow()
    const whats = releases.announcements.map(({ what }) => what)
    expect(new Set(whats).size).toBe(whats.length)
  })
})
