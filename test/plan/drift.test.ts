import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { chooseRecord, driftOf, RecordError } from '../../helpers/plan/drift.ts'
import { check, demonstration, header, outcome } from '../support/report-factory.ts'

const recordedVersions = { simple_oauth: '6.0.9', league: '9.2.0', consumers: '1.21.0', drupal: '10.5.5' }
const target = (versions: object, more: object = {}) => ({
  ...{ label: 'l', baseUrl: 'http://127.0.0.1:1', demonstration: false, versions },
  ...more,
})

function folder(records: Readonly<Record<string, string | object>>): string {
  const at = mkdtempSync(join(tmpdir(), 'record-'))
  onTestFinished(() => {
    rmSync(at, { recursive: true })
  })
  for (const [name, record] of Object.entries(records))
    writeFileSync(join(at, `${name}.json`), typeof record === 'string' ? record : JSON.stringify(record))
  return at
}
const record = (versions: object) => ({ schemaVersion: 2, versions, profile: 'default', checks: [] })

describe('the record of a release', () => {
  test.each<[string, object, object, string[] | null]>([
    ['of exactly these versions', recordedVersions, {}, []],
    [
      'whatever the minor version of Drupal and the PHP',
      { ...recordedVersions, drupal: '10.6.3', php: '8.4.1' },
      {},
      [],
    ],
    ['with the version of SQLite', { ...recordedVersions, database: 'SQLite 3.40.1' }, {}, []],
    ['of another league', { ...recordedVersions, league: '9.3.0' }, {}, ['league 9.3.0 instead of 9.2.0']],
    ['of another league that is recorded', { ...recordedVersions, league: '9.4.1' }, {}, []],
    ['of other consumers', { ...recordedVersions, consumers: '1.24.0' }, {}, ['consumers 1.24.0 instead of 1.21.0']],
    ['of another Drupal', { ...recordedVersions, drupal: '11.2.3' }, {}, ['Drupal 11 instead of 10']],
    [
      'of another database',
      { ...recordedVersions, database: 'MariaDB 11.4.9' },
      {},
      ['database MariaDB instead of SQLite'],
    ],
    ['of a mapped site', recordedVersions, { mapped: true }, ['database unknown instead of SQLite']],
    [
      'of a site that tells only Simple OAuth',
      { simple_oauth: '6.0.9' },
      {},
      ['league unknown instead of 9.2.0', 'consumers unknown instead of 1.21.0', 'Drupal unknown instead of 10'],
    ],
    ['of another Simple OAuth', { ...recordedVersions, simple_oauth: '6.0.5' }, {}, null],
    ['of an unknown Simple OAuth', {}, {}, null],
    ['of the reference server', recordedVersions, { demonstration: true }, null],
  ])('%s', (_name, versions, more, deviations) => {
    const chosen = chooseRecord(target(versions, more))
    expect(chosen?.deviations ?? null).toEqual(deviations)
  })

  test('with modules is chosen only where the site has them', () => {
    const names = ['simple_oauth-6.0.9-league-9.2.0-drupal-10.5.5', 'simple_oauth-6.0.9-league-9.2.0-with-x']
    const [plain = '', withX = ''] = names
    const at = folder({
      [plain]: record(recordedVersions),
      [withX]: { ...record(recordedVersions), modules: ['simple_oauth_x'] },
    })
    const chosen = (...modules: string[]) => {
      const enabled = Object.fromEntries(['simple_oauth', ...modules].map((name) => [name, '']))
      const { name, deviations } = chooseRecord(target(recordedVersions, { modules: enabled }), at) ?? {}
      return [name, deviations]
    }
    expect(chosen()).toEqual([plain, []])
    expect(chosen('simple_oauth_x')).toEqual([withX, []])
    expect(chosen('simple_oauth_y')).toEqual([plain, []])
    rmSync(join(at, `${plain}.json`))
    expect(chosen('simple_oauth_y')).toEqual([withX, ['without simple_oauth_x']])
  })

  test('is the one that differs least', () => {
    const at = folder({
      'simple_oauth-6.0.9-drupal-11.1.0': record({ ...recordedVersions, drupal: '11.1.0', league: '9.3.0' }),
      'simple_oauth-6.0.9-drupal-10.5.5': record(recordedVersions),
    })
    expect(chooseRecord(target(recordedVersions), at)?.name).toBe('simple_oauth-6.0.9-drupal-10.5.5')
  })

  test.each<[string, string | object, string]>([
    [
      'of an earlier schema version',
      { ...record(recordedVersions), schemaVersion: 1 },
      'it has schema version 1, and version 2 is needed. Record the release again with this version.',
    ],
    ['without one', {}, 'it has schema version undefined, and version 2 is needed'],
    ['cut short', '{"schemaVersion":2', 'cannot be compared with: Expected'],
  ])('%s is refused', (_name, content, message) => {
    const at = folder({ 'simple_oauth-6.0.9-drupal-10.5.5': content })
    const choose = () => chooseRecord(target(recordedVersions), at)
    expect(choose).toThrow(RecordError)
    expect(choose).toThrow(message)
  })
})

test('without a record or a result there is no drift', () => {
  const chosen = chooseRecord(target(recordedVersions))
  expect(driftOf(outcome([check()]), null, [], new Date(0))).toBeNull()
  expect(driftOf(outcome([]), chosen, [], new Date(0))).toBeNull()
  expect(driftOf(outcome([check()], { header }), chosen, [], new Date(0))?.compared).toBe(1)
  expect(chooseRecord(demonstration.target ?? target({}))).toBeNull()
})

test('withheld contracts are left out of drift, even where a record has it', () => {
  const at = folder({
    'simple_oauth-6.0.9-drupal-10.5.5': {
      ...record(recordedVersions),
      checks: ['isolation.userinfo', 'pkce.verifier-mismatch'].map((contract) => ({
        ...{ contract, variant: null, verdict: 'pass', failed: [], observed: {} },
      })),
    },
  })
  const run = outcome([check({ contract: 'isolation.userinfo' }), check()], { header })
  expect(driftOf(run, chooseRecord(target(recordedVersions), at), [], new Date(0))?.compared).toBe(1)
})
