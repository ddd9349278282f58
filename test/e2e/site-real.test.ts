import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withheldGroups } from '../../fixtures/withheld.ts'
import { counts, newPlace, type Place } from '../support/command.ts'
import { exchangesOn, repeatAll } from '../support/repeat-exchanges.ts'
import { shop, shopMapping, shopSecrets, startRealSite, type RealSite } from '../support/real-site.ts'

const codebase = process.env['TEST_CODEBASE']
const reason =
  codebase === undefined
    ? 'TEST_CODEBASE names no codebase'
    : ['php', 'sqlite3'].some((command) => spawnSync(command, ['--version']).error)
      ? 'there is no php or no sqlite3'
      : undefined

/** Time limit for a full run on a busy machine. */
const patience = 15 * 60_000

/** Waits until the drush of a killed run, which finishes what it was asked to do, no longer changes anything. */
async function settled(site: RealSite): Promise<void> {
  let last = ''
  await expect
    .poll(
      () => {
        const now = JSON.stringify(site.contents())
        const same = now === last
        last = now
        return same
      },
      { interval: 3_000, timeout: 60_000 },
    )
    .toBe(true)
}

describe.skipIf(reason !== undefined)(`provisioning a real site${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let site: RealSite
  let before: ReturnType<RealSite['contents']>
  beforeAll(async () => {
    site = await startRealSite(codebase ?? '')
    before = site.contents()
    expect(before['oauth2_token']).toHaveLength(1)
    expect(before['users_data']).toHaveLength(1)
  }, 300_000)
  afterAll(() => {
    site.stop()
  }, 60_000)

  const provisioned = (place: Place): string[] => [
    ...['--base-url', site.baseUrl, '--provision', '--drush', site.drush.map((word) => `'${word}'`).join(' ')],
    ...['--cache', place.at('cache')],
  ]
  /** The groups of the contracts that failed. */
  const failures = (place: Place): string[] => {
    const { checks } = JSON.parse(readFileSync(place.at('results', 'latest', 'report.json'), 'utf8')) as {
      checks: { group: string; verdict: string }[]
    }
    return checks
      .filter(({ verdict }) => ['fail', 'stale', 'blocked', 'error'].includes(verdict))
      .map(({ group }) => group)
  }
  const run = (place: Place): string => {
    const { creates, run: id } = JSON.parse(readFileSync(place.at('manifest.json'), 'utf8')) as {
      creates: Record<string, string[]>
      run: string
    }
    expect(
      Object.values(creates)
        .flat()
        .every((name) => name.includes(id)),
    ).toBe(true)
    return id
  }

  test.each([
    [
      'an approval',
      "\\Drupal::service('user.data')->set('simple_oauth', 1, 'client:contract_left', ['contract_debug']);",
      "\\Drupal::service('user.data')->delete('simple_oauth', 1, 'client:contract_left');",
    ],
    [
      'an entity',
      "\\Drupal\\user\\Entity\\Role::create(['id' => 'contract_left', 'label' => 'left'])->save();",
      "\\Drupal\\user\\Entity\\Role::load('contract_left')->delete();",
    ],
    [
      'a touched setting',
      "\\Drupal::configFactory()->getEditable('system.site')->set('slogan', 'left')->save();",
      "\\Drupal::configFactory()->getEditable('system.site')->set('slogan', '')->save();",
    ],
  ])('the comparison notices %s that is left', { timeout: 60_000 }, (_, leave, remove) => {
    site.evaluate(leave)
    expect(site.contents()).not.toEqual(before)
    site.evaluate(remove)
    expect(site.contents()).toEqual(before)
  })

  test('a dry run changes nothing', { timeout: 60_000 }, async () => {
    const place = newPlace({ ownProcess: true })
    const { code, stdout } = await place.run([...provisioned(place), '--dry-run'])
    expect(stdout).toContain('contract_RUN_editor')
    expect(code).toBe(0)
    expect(site.contents()).toEqual(before)
  })

  test(
    'a whole run leaves the database as it was, and its verdicts are those of the codebase',
    { timeout: patience },
    async () => {
      const place = newPlace({ ownProcess: true })
      const ended = await place.run(provisioned(place))
      expect(ended.stdout).toMatch(/removed from the site: .* consumers, .* tokens, .* remembered approval/)
      // Contracts of withheld groups may fail on a released module; what they fail with is in no committed file.
      expect(failures(place).filter((group) => !withheldGroups.includes(group))).toEqual([])
      expect(site.contents()).toEqual(before)
      const here = place.verdicts()

      await place.run(['--codebase', codebase ?? '', '--cache', place.at('cache')])
      const there = place.verdicts()
      expect(Object.keys(here).sort()).toEqual(Object.keys(there).sort())
      const both = Object.keys(here).filter((name) => ![here[name], there[name]].includes('skipped'))
      expect(both.length).toBeGreaterThan(150)
      expect(Object.fromEntries(both.map((name) => [name, here[name]]))).toEqual(
        Object.fromEntries(both.map((name) => [name, there[name]])),
      )
    },
  )

  test.each([
    ['while it provisions', /creating users/, 0],
    ['while it tests', /^\d+\/\d+ {2}/mu, 1],
  ])(
    'a run killed %s is cleaned up, from its manifest and by its id alone',
    { timeout: patience },
    async (_when, sign, tokens) => {
      const place = newPlace({ ownProcess: true })
      const own = site.userNames().length
      const { seen, kill, ended } = place.start([...provisioned(place), '--manifest', place.at('manifest.json')])
      await seen(sign)
      await expect.poll(() => site.userNames().length, { timeout: 30_000 }).toBeGreaterThan(own)
      kill('SIGKILL')
      await ended
      await settled(site)
      expect(site.contents()).not.toEqual(before)
      expect(site.contents()['oauth2_token']?.length).toBeGreaterThanOrEqual(1 + tokens)
      const id = run(place)
      const first = await place.run(['cleanup', '--manifest', place.at('manifest.json')])
      expect(first.stdout).toContain(`Run ${id} on ${site.baseUrl}: removed: `)
      expect(site.contents()).toEqual(before)
      const drush = site.drush.join(' ')
      const again = await place.run(['cleanup', id, '--drush', drush])
      expect(again).toEqual({ code: 0, stdout: `Run ${id}: removed: nothing.\n`, stderr: '' })
      expect(site.contents()).toEqual(before)
    },
  )

  test('an upgrade between begin and finish leaves nothing, and nothing is lost', { timeout: patience }, async () => {
    const place = newPlace({ ownProcess: true })
    const settings = provisioned(place).filter((word) => word !== '--provision')
    const begun = await place.run(['upgrade', 'begin', ...settings, '--only', 'upgrade.*,client-credentials.defaults'])
    expect(begun.code, begun.stdout).toBe(0)
    expect(site.contents()).not.toEqual(before)
    const finished = await place.run(['upgrade', 'finish', '--cache', place.at('cache')])
    expect(finished.code, finished.stdout).toBe(0)
    expect(finished.stdout).toContain('result      clients keep working')
    expect(site.contents()).toEqual(before)
  })

  test('a site that cannot be provisioned is left alone, and says why', { timeout: patience }, async () => {
    const settings = "\\Drupal::configFactory()->getEditable('simple_oauth.settings')"
    site.evaluate(`${settings}->set('scope_provider', 'static')->save();`)
    const place = newPlace({ ownProcess: true })
    const { code, stdout } = await place.run(provisioned(place))
    expect(stdout).toContain('RUN FAILED scopes-fixed')
    expect(code).toBe(2)
    site.evaluate(`${settings}->set('scope_provider', 'dynamic')->save();`)
    expect(site.contents()).toEqual(before)
  })

  test('a user who would have what it must lack is left out', { timeout: patience }, async () => {
    const role = "\\Drupal::entityTypeManager()->getStorage('user_role')->load('authenticated')"
    site.evaluate(`${role}->grantPermission('grant simple_oauth codes')->save();`)
    const changed = site.contents()
    const place = newPlace({ ownProcess: true })
    const { stdout } = await place.run([
      ...provisioned(place),
      '--only',
      'consent.permission,client-credentials.defaults',
    ])
    expect(place.verdicts()['consent.permission']).toBe('skipped')
    expect(stdout).toContain('user member')
    expect(site.contents()).toEqual(changed)
    site.evaluate(`${role}->revokePermission('grant simple_oauth codes')->save();`)
    expect(site.contents()).toEqual(before)
  })

  // From here on what a run leaves stays.
  test.each<[string, (place: Place) => string[]]>([
    [
      'mapped by hand',
      (place) => {
        const content = { baseUrl: site.baseUrl, versions: site.versions(), ...shopMapping, stress: true }
        writeFileSync(place.at('site.yaml'), JSON.stringify(content))
        return ['--site', 'site.yaml']
      },
    ],
    ['provisioned', (place) => [...provisioned(place), '--stress']],
  ])('two whole runs of a site that is %s are equal', { timeout: patience }, async (_, settings) => {
    const place = newPlace({ ownProcess: true })
    const words = settings(place)
    const run = async (report: string) => {
      const { code, stdout } = await place.run([...words, '--report', report], { env: shopSecrets })
      // The groups that are withheld may fail.
      expect([0, 1], stdout).toContain(code)
      const { checks } = JSON.parse(readFileSync(place.at(report, 'report.json'), 'utf8')) as {
        checks: { contract: string; variant: string | null; verdict: string }[]
      }
      // Checks end in an order of their own in each run.
      return checks.map(({ contract, variant, verdict }) => `${contract} [${String(variant)}]: ${verdict}`).sort()
    }
    expect(await run('second')).toEqual(await run('first'))
    const compared = await place.run(['compare', 'first', 'second'])
    expect(compared.stdout).toContain('No change that OAuth clients can see')
    expect(compared.code).toBe(0)
  })

  test('a mapped site keeps what it had', { timeout: patience }, async () => {
    const place = newPlace({ ownProcess: true })
    const { app, backend, user } = shop
    const content = {
      ...{ baseUrl: site.baseUrl, versions: site.versions(), drush: site.drush },
      ...shopMapping,
      users: { editor: { name: user.name, loginLink: true } },
    }
    writeFileSync(place.at('site.yaml'), JSON.stringify(content))
    const env = { BACKEND: backend.client_secret }
    const groups = ['--group', 'pkce,consent,client-credentials,bearer,refresh']
    const ended = await place.run(['--site', 'site.yaml', ...groups], { env })
    const verdicts = Object.values(place.verdicts())
    expect(counts(ended).failed, ended.stdout).toBe(0)
    expect(verdicts.filter((verdict) => verdict === 'pass').length).toBeGreaterThan(50)
    const [, tokens = ''] = /^left on the site {2}(\d+) access tokens/mu.exec(ended.stdout) ?? []
    expect(Number(tokens)).toBeGreaterThan(10)
    const repeated = exchangesOn(place.at('results', 'latest', 'evidence', 'bearer.scheme-case.md'))
    const statuses = await repeatAll(repeated, { client_secret: backend.client_secret })
    expect(statuses).toEqual(repeated.map(({ status }) => status))

    // Tokens, a remembered approval, and the time of the user's last visit.
    const after = site.contents()
    const tables = Object.keys(after).filter((table) => after[table]?.join() !== before[table]?.join())
    expect(tables.sort()).toEqual(['oauth2_token', 'oauth2_token__scopes', 'users_data', 'users_field_data'])
    const added = (table: string) => (after[table] ?? []).filter((row) => !before[table]?.includes(row))
    expect(added('users_data')).toEqual([expect.stringContaining(`'client:${app}'`)])
    expect(added('users_field_data')).toEqual([expect.stringContaining(`'${user.name}'`)])
    expect(after['users_field_data']).toHaveLength(before['users_field_data']?.length ?? 0)
    for (const table of ['oauth2_token', 'users_data'])
      expect(after[table]).toEqual(expect.arrayContaining([...(before[table] ?? [])]))
  })
})
