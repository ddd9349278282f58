import { spawnSync } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DoctorReport } from '../../helpers/doctor/report.ts'
import { newPlace } from '../support/command.ts'
import { shop, startRealSite, type RealSite } from '../support/real-site.ts'

const codebase = process.env['TEST_CODEBASE']
const reason =
  codebase === undefined
    ? 'TEST_CODEBASE names no codebase'
    : ['php', 'sqlite3'].some((command) => spawnSync(command, ['--version']).error)
      ? 'there is no php or no sqlite3'
      : undefined

describe.skipIf(reason !== undefined)(`doctor on a real site${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let site: RealSite
  beforeAll(async () => {
    site = await startRealSite(codebase ?? '')
  }, 300_000)
  afterAll(() => {
    site.stop()
  }, 60_000)

  const examine = async (withDrush: boolean): Promise<DoctorReport> => {
    const place = newPlace({ ownProcess: true })
    const content = {
      ...{ baseUrl: site.baseUrl, scopes: shop.scopes },
      users: { editor: { name: shop.user.name, password: '${EDITOR}' } },
      clients: {
        publicPkce: { client_id: shop.app, redirectUris: [shop.redirectUri] },
        machine: { client_id: shop.backend.client_id, client_secret: '${BACKEND}' },
      },
      ...(withDrush ? { drush: site.drush } : {}),
    }
    writeFileSync(place.at('site.yaml'), JSON.stringify(content))
    const env = { EDITOR: shop.user.password, BACKEND: shop.backend.client_secret }
    return JSON.parse((await place.run(['doctor', '--site', 'site.yaml', '--json'], { env })).stdout) as DoctorReport
  }

  test('finds nothing wrong, and checks every layer of the site', { timeout: 120_000 }, async () => {
    const { first, layers } = await examine(true)
    expect(first).toBeNull()
    expect(layers.filter(({ state }) => state !== 'ok').map(({ layer }) => layer)).toEqual(['php', 'engine', 'code'])
  })

  test('names a private key that is missing, by drush and from outside', { timeout: 120_000 }, async () => {
    const key = site.evaluate("echo \\Drupal::config('simple_oauth.settings')->get('private_key');").trim()
    renameSync(key, `${key}.away`)
    try {
      for (const withDrush of [true, false])
        expect((await examine(withDrush)).first).toMatchObject({ layer: 'keys', id: 'private-key-missing' })
    } finally {
      renameSync(`${key}.away`, key)
    }
  })

  test('names the permission that is missing, by drush and from outside', { timeout: 120_000 }, async () => {
    const change = (verb: string): string =>
      site.evaluate(`\\Drupal\\user\\Entity\\Role::load('shop_editor')->${verb}Permission('grant simple_oauth codes')->save();
foreach (\\Drupal\\user\\Entity\\User::loadMultiple() as $user) { \\Drupal::service('user.data')->delete('simple_oauth', $user->id()); }`)
    change('revoke')
    try {
      expect((await examine(true)).first).toMatchObject({ layer: 'role', id: 'role-without-permission' })
      expect((await examine(false)).first).toMatchObject({ layer: 'role', id: 'permission-missing' })
    } finally {
      change('grant')
    }
  })
})
