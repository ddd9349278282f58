import { describe, expect, test } from 'vitest'
import { isWithheld } from '../../fixtures/withheld.ts'
import { readReleases } from '../../helpers/command/compare-inputs.ts'
import { collect } from '../../helpers/plan/collect.ts'
import type { RecordedCheck, RunRecord } from '../../helpers/report/record.ts'
import { atlasOf, atlasSections, columnName, withAtlas } from './atlas.ts'
import { pairsOf, readRecords, type NamedRecord } from './recorded-runs.ts'

const { checks } = await collect()
const releases = readReleases()
const records = readRecords()

const recordOf = (
  more: Partial<RunRecord['versions']>,
  own: readonly RecordedCheck[] = [],
  modules?: string[],
): NamedRecord => ({
  name: `${JSON.stringify(more)}.json`,
  record: {
    schemaVersion: 2,
    versions: { simple_oauth: '6.0.9', league: '9.2.0', consumers: '1.21.0', drupal: '10.5.5', ...more },
    profile: 'default',
    checks: own,
    ...(modules ? { modules } : {}),
  },
})
const answer = (
  contract: string,
  observed: RecordedCheck['observed'],
  variant: string | null = null,
): RecordedCheck => ({
  ...{ contract, variant, verdict: 'pass', failed: [], observed },
})
const refused = (error: string): RecordedCheck['observed'] => ({ status: 400, error })
const table = (own: readonly NamedRecord[]): string => atlasSections(atlasOf(own, checks, releases), releases)

describe('the records', () => {
  test('are in the order of releases, and hold nothing withheld', () => {
    const versions = records.map(({ record }) => record.versions.simple_oauth)
    expect(versions).toEqual([...versions].sort())
    expect(versions).toEqual(expect.arrayContaining(['5.2.5', '6.0.0', '6.0.9', '6.1.0']))
    for (const { record } of records) expect(record.checks.filter(({ contract }) => isWithheld(contract))).toEqual([])
  })

  test('are columns of different names', () => {
    const names = records.map((one) => columnName(one, records))
    expect(new Set(names).size).toBe(names.length)
  })

  test('are each compared with the earlier one that is most like it', () => {
    const own = [
      recordOf({ simple_oauth: '6.0.0' }),
      recordOf({}),
      recordOf({ league: '9.4.1' }),
      recordOf({ drupal: '11.3.5' }),
      recordOf({ drupal: '11.3.5' }, [], ['simple_oauth_21']),
    ]
    expect(pairsOf(own)).toEqual([
      [0, 1],
      [1, 2],
      [1, 3],
      [3, 4],
    ])
  })
})

describe('a row', () => {
  const replay = 'A used authorization code is rejected (`code.replay`)'
  const older = recordOf({ simple_oauth: '5.2.5', league: '8.5.4' }, [
    answer('code.replay', refused('invalid_request')),
  ])
  const newer = recordOf({}, [answer('code.replay', refused('invalid_grant'))])
  const newest = recordOf({ simple_oauth: '6.1.0' }, [answer('code.replay', refused('invalid_grant'))])

  test('marks what differs from most records, and links to its announcement', () => {
    expect(table([older, newer, newest])).toContain(
      `| ${replay}<br>[league/oauth2-server 9.1.0](https://github.com/thephpleague/oauth2-server/blob/master/CHANGELOG.md#910---released-2024-11-21) | 1 | **\`400 invalid_request\`** | \`400 invalid_grant\` | \`400 invalid_grant\` |`,
    )
  })

  test('shows a dot for a record without the check, which does not count as a difference', () => {
    const text = table([recordOf({ simple_oauth: '6.0.0' }), newer, newest])
    expect(text).toContain('## What differs between them (0 facts)')
    expect(text).toContain(`| ${replay} | 1 | \`400 invalid_grant\` |`)
    expect(table([older, recordOf({}), newest])).toMatch(/\*\*`400 invalid_request`\*\* \| · \| `400 invalid_grant` \|/)
  })

  test('does not count a skipped check as an answer', () => {
    const skipped = { ...answer('code.replay', {}), verdict: 'skipped' as const }
    expect(table([recordOf({ simple_oauth: '6.0.0' }, [skipped]), newer])).toContain('(0 facts)')
  })

  test('names variants only if others have a different answer', () => {
    const name = 'An altered authorization code is rejected without a server error (5xx) (`code.tampered`'
    const of = (...errors: string[]) =>
      recordOf(
        {},
        errors.map((error, index) => answer('code.tampered', refused(error), ['garbage', 'cut in half'][index])),
      )
    expect(table([older, of('a', 'a')])).toContain(`| ${name}) | 2 |`)
    expect(table([older, of('a', 'b')])).toContain(`| ${name}: garbage) | 1 |`)
  })

  test('keeps what a server said within its cell', () => {
    const text = table([recordOf({}, [answer('code.replay', refused('a | b\n<script>`'))])])
    expect(text.split('\n').find((line) => line.includes('code.replay'))).toMatch(/\\x7c.*\\n.*\|$/)
  })
})

describe('what releases announced', () => {
  const { comparisons } = atlasOf(records, checks, releases)
  const between = (before: string, after: string) => {
    const names = records.map((one) => columnName(one, records))
    const found = comparisons.find(({ pair }) => names[pair[0]] === before && names[pair[1]] === after)
    if (!found) throw new Error(`no comparison of ${before} with ${after}: ${names.join('; ')}`)
    return found.comparison.changes.filter(({ fact }) => fact !== 'verdict' && fact !== 'tested')
  }

  test('explains every change by league 9.4, and none is seen between 6.0.9 and 6.1.0', () => {
    const changes = between('6.0.9', '6.0.9, league 9.4.1')
    expect(changes.length).toBeGreaterThan(0)
    for (const { id, announced } of changes)
      expect([id, announced.map(({ package: name, versions }) => `${name} ${versions.join()}`)]).toEqual([
        id,
        ['league/oauth2-server 9.4.0'],
      ])
    expect(between('6.0.9', '6.1.0')).toEqual([])
  })

  test('explains every change by simple_oauth_21 but one error page', () => {
    const changes = between('6.1.0, Drupal 11', '6.1.0 with simple_oauth_21, Drupal 11')
    const open = changes.filter(({ announced, fact }) => announced.length === 0 && !fact.startsWith('module.'))
    expect(open.map(({ id }) => id)).toEqual([
      'answer at authorize: 400 invalid_request, error page -> 400, error page',
    ])
    expect(changes.filter(({ class: name }) => name === 'added').length).toBeGreaterThan(4)
  })

  test('explains `iss` and public keys of 6.0.9', () => {
    const explained = between('6.0.0', '6.0.9').filter(({ announced }) => announced.length > 0)
    expect(explained.map(({ fact }) => fact)).toEqual(
      expect.arrayContaining(['access_token.claims.iss', 'keys.anonymous']),
    )
  })

  test('explains what change records and changelogs announce for 5.2 → 6.0', () => {
    const changes = between('5.2.5', '6.0.0')
    const explained = changes.filter(({ announced }) => announced.length > 0)
    expect(explained.length).toBeGreaterThan(5)
    const codes = explained.flatMap(({ announced }) => announced.map(({ versions }) => versions[0]))
    expect(codes).toEqual(expect.arrayContaining(['6.0.0', '9.0.0', '9.1.0']))
  })

  test('says of each announcement which records show it, that none spans it, or that no contract shows it', () => {
    const rows = atlasSections(atlasOf(records, checks, releases), releases).split('\n')
    const shownBy = (what: string) =>
      rows
        .find((row) => row.includes(what))
        ?.split(' | ')
        .at(-1)
    expect(shownBy('An invalid authorization code gets `invalid_grant`')).toBe('5.2.5 → 6.0.0 |')
    expect(shownBy('Logging out of Drupal revokes')).toBe('no record: none is of such a release |')
    expect(shownBy('The scheme `Bearer` is accepted')).toMatch(/→ 6\.0\.9, league 9\.4\.1 \|$|^no contract \|$/)
  })
})

test('the page has marks for what is generated', () => {
  expect(withAtlas('a\n<!-- atlas -->\nold\n<!-- /atlas -->\nb', 'new')).toContain('new')
  expect(() => withAtlas('no marks', 'new')).toThrow('<!-- atlas -->')
})
