import { hostname } from 'node:os'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { thisProcess } from '../../helpers/drupal/child-process.ts'
import { fakeDrush, type FakeDrush } from '../support/fake-drush.ts'
import { expectRefusal, newPlace, noEngine, type Place } from '../support/command.ts'

const run = '0123456789ab'
const dead = { host: hostname(), pid: 2 ** 30, started: '' }
const left = [`contract_${run}_editor`, `contract_${run}_machine`]
const theirs = ['admin', 'contract_shop', 'contract_0123456789ac_machine']
const inCache = `cache/provisioned/${run}.json`

/** A site with what a killed run left, and a manifest of it. */
function leftovers(place: Place, { owner = dead, file = inCache, ...behaviour }: Options = {}) {
  writeFileSync(place.at('site.json'), JSON.stringify([...theirs, ...left]))
  const drush = fakeDrush(place.folder, behaviour)
  const manifest = {
    ...{ schemaVersion: 1, run, startedAt: '2026-01-01T00:00:00Z', baseUrl: 'https://shop.example.test', owner },
    drush: [drush.command],
    creates: { consumer: [left[1], `contract_${run}_public_pkce`], user: [left[0]], user_role: [], oauth2_scope: [] },
  }
  mkdirSync(dirname(place.at(file)), { recursive: true })
  writeFileSync(place.at(file), JSON.stringify(manifest))
  return drush
}
type Options = FakeDrush & { readonly owner?: typeof dead; readonly file?: string }
const cleanup = (place: Place, ...args: string[]) => place.run(['cleanup', '--cache', place.at('cache'), ...args])

test('cleanup removes what a killed run left on a site, and its manifest; a second time there is nothing', async () => {
  const place = newPlace()
  const drush = leftovers(place)
  expect(await cleanup(place)).toEqual({
    code: 0,
    stdout:
      `Run ${run} on https://shop.example.test: removed: 2 consumers, 2 tokens. ` +
      `Already gone or never created: 1 consumer, 1 user.\n${noEngine}`,
    stderr: '',
  })
  expect(drush.names()).toEqual(theirs)
  expect(existsSync(place.at(inCache))).toBe(false)
  expect(await cleanup(place)).toEqual({ code: 0, stdout: `Nothing was left over.\n${noEngine}`, stderr: '' })
  expect(drush.calls()).toHaveLength(1)
})

test('a manifest from another machine is cleaned up by another drush command, twice, and kept', async () => {
  const place = newPlace()
  const file = 'downloads/manifest.json'
  const drush = leftovers(place, { file, owner: { ...dead, host: 'builder-7', pid: process.pid } })
  const before = readFileSync(place.at(file), 'utf8')
  writeFileSync(place.at(file), before.replace(drush.command, '/elsewhere/drush'))
  const args = ['--manifest', place.at(file), '--drush', `${drush.command} "--root=/my site"`]
  expect((await cleanup(place, ...args)).stdout).toContain('removed: 2 consumers')
  expect(await cleanup(place, ...args)).toMatchObject({
    code: 0,
    stdout:
      `Run ${run} on https://shop.example.test: removed: nothing. ` +
      'Already gone or never created: 2 consumers, 1 user.\n',
  })
  expect(drush.names()).toEqual(theirs)
  expect(drush.calls()[0]?.args).toEqual(['--root=/my site', 'php:script', '-'])
  expect(existsSync(place.at(file))).toBe(true)
})

test('the id of the run is enough', async () => {
  const place = newPlace()
  const drush = leftovers(place, { file: 'lost.json' })
  expectRefusal(place, await cleanup(place, run), `There is no manifest of the run ${run} here.`, '--drush')
  const { code, stdout } = await cleanup(place, run, '--drush', drush.command)
  expect({ code, stdout }).toEqual({ code: 0, stdout: `Run ${run}: removed: 2 consumers, 2 tokens.\n` })
  expect(drush.names()).toEqual(theirs)
  expectRefusal(
    place,
    await cleanup(place, 'contract_', '--drush', drush.command),
    '"contract_" is not the ID of a run',
  )
})

test('a run that is still going on is left alone, and one from another machine unless it is named', async () => {
  for (const owner of [
    { host: hostname(), ...thisProcess() },
    { ...dead, host: 'builder-7' },
  ]) {
    const place = newPlace()
    const drush = leftovers(place, { owner })
    const { code, stdout } = await cleanup(place)
    expect(code).toBe(0)
    expect(stdout).toContain('left alone')
    if (owner.host === hostname())
      expectRefusal(
        place,
        await cleanup(place, '--manifest', place.at(inCache)),
        `is still running as process ${process.pid}`,
      )
    expect(drush.names()).toEqual([...theirs, ...left])
    expect(existsSync(place.at(inCache))).toBe(true)
  }
})

test('a clean-up that fails ends with 2, shows why, and keeps the manifest', async () => {
  const place = newPlace()
  const drush = leftovers(place, { fails: 'site.cleanup' })
  const ended = await cleanup(place)
  expectRefusal(place, ended, 'may still be on the site', 'exit code 3', 'SQLSTATE[HY000]: server has gone away')
  expect(existsSync(place.at(inCache))).toBe(true)
  expect(drush.names()).toEqual([...theirs, ...left])
})

test('there is no dry run of a clean-up', async () => {
  const place = newPlace()
  const drush = leftovers(place)
  expectRefusal(place, await cleanup(place, '--dry-run'), '"cleanup" does not accept --dry-run; "run" and "record" do.')
  expect(drush.calls()).toEqual([])
})
