import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { baseImages, defaultPhp, defaultVersions, drupalRequirements } from '../../../fixtures/requirements.ts'
import { databaseImage, type Database } from '../../../helpers/targets/container/database.ts'
import {
  checkRequirements,
  newestMajor,
  wantedFrom,
  wantedOf,
} from '../../../helpers/targets/container/requirements.ts'
import { settingRows } from '../../../helpers/settings/settings-table.ts'

const trixie = { php: '8.4.27', sqlite: '3.46.1' }
const bookworm = { php: '8.3.29', sqlite: '3.40.1' }

interface Asked {
  readonly drupal?: string
  readonly simpleOauth?: string
  readonly league?: string
  readonly base?: { php: string; sqlite: string | null }
  readonly database?: Database
}

/** The message of the refusal, or null. */
function refusal({ base = trixie, database = 'sqlite', ...wanted }: Asked): string | null {
  try {
    checkRequirements({ drupal: '^11', simpleOauth: '^6', ...wanted }, base, database, 'my/base:1')
    return null
  } catch (error) {
    return (error as Error).message
  }
}

describe('requirements', () => {
  test.each<[string, Asked]>([
    ['the defaults', {}],
    ['Drupal 10 on PHP 8.2 and the SQLite of bookworm', { drupal: '^10', base: { php: '8.2.32', sqlite: '3.40.1' } }],
    ['Drupal 11 on the SQLite of bookworm with another database', { base: bookworm, database: 'postgres' }],
    ['either major version, where the older one fits', { drupal: '^10 || ^11', base: bookworm }],
    [
      'a version that only a release newer than the table may support',
      { drupal: '^12', base: { php: '8.5.0', sqlite: '3.46' } },
    ],
    ['a branch', { drupal: 'dev-main' }],
    ['an unknown major version', { drupal: '^13' }],
    ['PHP 8.5 with a league that allows it', { league: '9.4.1', base: { ...trixie, php: '8.5.1' } }],
  ])('%s are met', (_, asked) => {
    expect(refusal(asked)).toBeNull()
  })

  test.each<[string, Asked, string]>([
    ['an old SQLite', { base: bookworm }, 'Drupal 11 needs SQLite 3.45 or later; this image has 3.40.1'],
    [
      'no SQLite',
      { base: { ...trixie, sqlite: null } },
      'Drupal 11 needs SQLite; this image lacks the PHP extension pdo_sqlite',
    ],
    ['an old PHP', { base: { ...trixie, php: '8.2.32' } }, 'Drupal 11 needs PHP 8.3 or later; this image has 8.2.32'],
    [
      'an old PHP, asked with one bar',
      { drupal: '^11|^12', base: { ...trixie, php: '8.2.32' } },
      'Drupal 12 needs PHP 8.5 or later',
    ],
    [
      'an old PHP for a branch of Drupal',
      { drupal: '11.x-dev', base: { ...trixie, php: '8.2.32' } },
      'Drupal 11 needs PHP 8.3',
    ],
    [
      'Simple OAuth and Drupal',
      { drupal: '^12', simpleOauth: '~6.1.0', base: { ...trixie, php: '8.5.0' } },
      'Drupal 12 is not supported by Simple OAuth ~6.1.0',
    ],
    [
      'league and PHP',
      { drupal: '11.3.5', league: '9.2.0', base: { ...trixie, php: '8.5.0' } },
      'Drupal 11 with league/oauth2-server 9.2.0 needs PHP >=8.1 <8.5; this image has 8.5.0',
    ],
  ])('%s that do not fit are refused before the build', (_, asked, problem) => {
    expect(refusal(asked)).toContain(`\n  ${problem}`)
  })

  test('the refusal says what was asked for and what to do', () => {
    expect(refusal({ base: bookworm })).toBe(
      'my/base:1 cannot run what is asked for (Drupal ^11, Simple OAuth ^6):\n' +
        '  Drupal 11 needs SQLite 3.45 or later; this image has 3.40.1\n' +
        'Ask for other versions (--drupal, --simple-oauth), or leave out --base-image: the default is drupal:11-php8.4-apache-trixie.',
    )
    const official = baseImages[defaultPhp]
    expect(() => {
      checkRequirements(wantedFrom({ DRUPAL: '^12' }), trixie, 'sqlite', official)
    }).toThrow(/Ask for other versions .*, another --php-version or another --base-image\.$/)
  })

  test('each database image is new enough for its Drupal', () => {
    for (const [major, { mariadb, postgres }] of Object.entries(drupalRequirements)) {
      const image = (database: 'mariadb' | 'postgres') =>
        Number.parseFloat(databaseImage(database, `^${major}`).split(':')[1] ?? '')
      expect(image('mariadb'), major).toBeGreaterThanOrEqual(Number.parseFloat(mariadb))
      expect(image('postgres'), major).toBeGreaterThanOrEqual(Number.parseFloat(postgres))
    }
    expect(databaseImage('postgres', '^12')).toBe('postgres:18')
    expect(databaseImage('postgres', '^11')).toBe('postgres:17')
  })

  test('the versions of a codebase come from its composer.lock', () => {
    const folder = mkdtempSync(join(tmpdir(), 'contract-lock-'))
    onTestFinished(() => {
      rmSync(folder, { recursive: true })
    })
    expect(wantedOf(folder)).toBeUndefined()
    const packages = [
      { name: 'drupal/core', version: '10.5.5' },
      { name: 'drupal/simple_oauth', version: '6.0.9' },
      { name: 'league/oauth2-server', version: '9.2.0' },
    ]
    writeFileSync(join(folder, 'composer.lock'), JSON.stringify({ packages }))
    expect(wantedOf(folder)).toEqual({ drupal: '10.5.5', simpleOauth: '6.0.9', league: '9.2.0' })
  })

  test('the newest major version that a constraint allows', () => {
    expect(['^10', '10.5.5', '>=10', '^10 || ^11', 'dev-main'].map(newestMajor)).toEqual(['10', '10', '12', '11', null])
  })
})

// Docker and people read texts that cannot import the table.
describe('what is built by default is named alike everywhere', () => {
  const dockerfile = readFileSync('docker/Dockerfile', 'utf8')
  const image = baseImages[defaultPhp]

  test('in the Dockerfile', () => {
    const [, defaultImage] = /^ARG BASE_IMAGE=(.*)$/m.exec(dockerfile) ?? []
    expect(defaultImage).toBe(image)
    const newest = drupalRequirements[newestMajor(defaultVersions.drupal) ?? '10']
    const lines = [
      `DRUPAL=${defaultVersions.drupal}`,
      `SIMPLE_OAUTH=${defaultVersions.simpleOauth}`,
      `DRUSH=${newest.drush}`,
    ]
    for (const line of lines) expect(dockerfile).toContain(`\nARG ${line}\n`)
  })

  test('in the help, the documentation and the workflow', () => {
    expect(settingRows.baseImage.help).toContain(image)
    const texts = { docs: readFileSync('docs/container.md', 'utf8'), readme: readFileSync('README.md', 'utf8') }
    expect(texts.docs).toContain(`\`${image}\``)
    const others = /drupal:\d+-php[\d.]+-[\w-]+/g
    const known = Object.values<string>(baseImages)
    for (const text of [...Object.values(texts), dockerfile])
      expect([...text.matchAll(others)].map(([name]) => name).filter((name) => !known.includes(name))).toEqual([])
  })
})
