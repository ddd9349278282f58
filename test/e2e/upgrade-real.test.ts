import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newPlace, type Place } from '../support/command.ts'
import { startRealSite, type RealSite } from '../support/real-site.ts'

const [old, next] = [process.env['TEST_CODEBASE'], process.env['TEST_NEW_CODEBASE']]
const reason =
  old === undefined || next === undefined
    ? 'TEST_CODEBASE and TEST_NEW_CODEBASE do not name two codebases'
    : ['php', 'sqlite3'].some((command) => spawnSync(command, ['--version']).error)
      ? 'there is no php or no sqlite3'
      : undefined

const patience = 15 * 60_000
const questions = ['--only', 'upgrade.*,client-credentials.*']

type Rows = ReturnType<RealSite['contents']>
/** Without what names the time of the last cache rebuild, and what the first page of a site leaves. */
const lasting = (rows: Rows): Rows => ({
  ...rows,
  key_value: (rows['key_value'] ?? []).filter(
    (row) => !/^'state','(?:asset\.css_js_query_string|twig_extension_hash_prefix)'/u.test(row),
  ),
})

describe.skipIf(reason !== undefined)(`upgrading a real site${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let site: RealSite
  let upgradedAlone: Rows
  beforeAll(async () => {
    site = await startRealSite(old ?? '')
    upgradedAlone = lasting(site.contentsIfUpgraded(next ?? ''))
  }, 300_000)
  afterAll(() => {
    site.stop()
  }, 60_000)

  /** A script in a folder whose name contains a space. */
  function wrapper(place: Place): string {
    mkdirSync(place.at('my tools'))
    const script = place.at('my tools', 'drush')
    writeFileSync(script, `#!/bin/sh\nexec ${site.drush.join(' ')} "$@"\n`, { mode: 0o755 })
    return `'${script}'`
  }

  test('the upgrade itself changes the database', () => {
    expect(upgradedAlone).not.toEqual(lasting(site.contents()))
  })

  test(
    'begin and finish leave nothing: from another machine, after two crashes, and repeated',
    { timeout: patience },
    async () => {
      const place = newPlace({ ownProcess: true })
      const cache = ['--cache', place.at('cache')]
      const settings = ['--base-url', site.baseUrl, '--drush', wrapper(place), '--state', 'state.json', ...cache]
      const begun = await place.run(['upgrade', 'begin', ...settings, ...questions])
      expect(begun.code, begun.stdout).toBe(0)
      await site.upgrade(next ?? '')
      expect(lasting(site.contents())).not.toEqual(upgradedAlone)

      const other = newPlace({ ownProcess: true })
      copyFileSync(place.at('state.json'), other.at('carried.json'))
      const finish = ['upgrade', 'finish', '--state', 'carried.json', '--cache', other.at('cache')]
      for (const sign of [/asking what survived/u, /running the contract after/u]) {
        const { seen, kill, ended } = other.start(finish)
        await seen(sign)
        kill('SIGKILL')
        await ended
      }
      const finished = await other.run(finish)
      expect(finished.stdout).toContain('· removed from the site: ')
      expect(finished.stdout).toMatch(/result {6}(?:clients keep working|incomplete: \d+ questions? without)/u)
      expect(lasting(site.contents())).toEqual(upgradedAlone)
      expect(readFileSync(other.at('carried.json'), 'utf8')).not.toMatch(/secret|password|token/u)

      const again = await other.run(finish)
      expect(again.stdout).toContain('nothing was asked again.')
      expect(again.code).toBe(finished.code)
      const first = await place.run(['upgrade', 'finish', '--state', 'state.json', ...cache])
      expect(first.stdout).toContain('UPGRADE NOT JUDGED nothing-left')
      expect(first.code).toBe(2)
      expect((await place.run(['upgrade', 'abort', '--state', 'state.json', ...cache])).code).toBe(0)
      expect(lasting(site.contents())).toEqual(upgradedAlone)
    },
  )
})
