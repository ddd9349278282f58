import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Manifest } from '../../helpers/targets/site/manifest.ts'
import { fakeDrush, made, type FakeDrush } from '../support/fake-drush.ts'
import { counts, expectRefusal, newPlace, type Place } from '../support/command.ts'
import { silentDrupal } from '../support/silent-drupal.ts'

const theirs = ['admin', 'contract_shop']

async function site(behaviour: FakeDrush = {}, tokenError?: string) {
  const place = newPlace()
  const drush = fakeDrush(place.folder, behaviour)
  const url = await silentDrupal(tokenError)
  const args = ['--base-url', url, '--provision', '--drush', drush.command, '--manifest', place.at('manifest.json')]
  return { place, drush, url, args: [...args, '--cache', place.at('cache'), '--verbose'] }
}

const manifest = (place: Place) => JSON.parse(readFileSync(place.at('manifest.json'), 'utf8')) as Manifest

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s in the middle of a run removes what was made',
  async (signal) => {
    const { place, drush, args } = await site()
    const { seen, kill, ended } = place.start(args)
    await seen(/site, provisioned as run/)
    expect(drush.names()).toHaveLength(made + 2)
    kill(signal)
    const end = await ended
    expect(end.code).toBe(2)
    expect(end.stdout).toContain(`· removed from the site: ${made} consumers, ${made} tokens`)
    expect(end.stdout).toContain(`INTERRUPTED by ${signal}`)
    counts(end)
    expect(drush.names()).toEqual(theirs)
    expect(manifest(place).cleanedAt).toBeDefined()
  },
)

test('a completed run says what was removed, and not that it is left on the site', async () => {
  const { place, drush, args } = await site()
  const { stdout } = await place.run([...args, '--only', 'access-token.keys-public'])
  expect(stdout).toContain(`· removed from the site: ${made} consumers, ${made} tokens`)
  expect(stdout).not.toContain('left on the site')
  expect(drush.names()).toEqual(theirs)
})

test('SIGINT in the middle of provisioning ends drush and removes the half', async () => {
  const { place, drush, args } = await site({ hangs: 'site.provision' })
  const { kill, ended } = place.start(args)
  await expect.poll(() => drush.names().length, { timeout: 10_000 }).toBe(3)
  kill('SIGINT')
  const end = await ended
  counts(end)
  expect(end.code).toBe(2)
  expect(drush.calls().map(({ op }) => op)).toEqual(['site.check', 'site.provision', 'site.cleanup'])
  expect(drush.names()).toEqual(theirs)
})

test('after SIGKILL the manifest tells cleanup what to remove', async () => {
  const { place, drush, args } = await site()
  const { seen, kill, ended } = place.start(args)
  await seen(/site, provisioned as run/)
  kill('SIGKILL')
  await ended
  expect(drush.names()).toHaveLength(made + 2)
  const { stdout } = await place.run(['cleanup', '--manifest', place.at('manifest.json')])
  expect(stdout).toContain(`removed: ${made} consumers, ${made} tokens`)
  expect(drush.names()).toEqual(theirs)
})

test('a drush of another site than the address: refused, and what was made is removed', async () => {
  const { place, drush, url, args } = await site({}, 'invalid_client')
  const ended = await place.run(args)
  expect(ended.stdout).toContain('RUN FAILED drush-other-site')
  expect(ended.stdout).toContain(`${url} does not know the consumers that the drush command created`)
  expect(counts(ended)).toEqual({ passed: 0, failed: 0, skipped: 0 })
  expect(ended.code).toBe(2)
  expect(drush.names()).toEqual(theirs)
})

test('a failed removal decides the outcome of the run, whatever its verdicts', async () => {
  const { place, drush, args } = await site({ fails: 'site.cleanup' })
  const { code, stdout } = await place.run([...args, '--only', 'access-token.keys-public'])
  expect(stdout).toContain('RUN FAILED cleanup-failed')
  expect(stdout).toContain(`cleanup --manifest ${place.at('manifest.json')} --drush`)
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\d+ passed, \d+ failed, \d+ skipped$/)
  expect(code).toBe(2)
  expect(drush.names()).toHaveLength(made + 2)
  expect(manifest(place).cleanedAt).toBeUndefined()
})

test('without permission, drush is not even called', async () => {
  const { place, drush, url } = await site()
  writeFileSync(place.at('site.yaml'), `baseUrl: ${url}\ndrush: ${drush.command}\n`)
  const refusals = [
    [['--base-url', url, '--provision'], '--provision needs the drush command'],
    [['--site', 'site.yaml', '--provision'], 'the site file does not allow it'],
    [['--site', 'site.yaml', '--provision', '--dry-run'], 'the site file does not allow it'],
    [['--site', 'site.yaml', '--dry-run'], '--dry-run requires --provision.'],
    [['--provision', '--drush', drush.command], 'acts only on the target site. Name a site with --base-url URL'],
  ] as const
  for (const [args, message] of refusals) expectRefusal(place, await place.run([...args]), message)
  expect(drush.calls()).toEqual([])
})

test('the permission of the site file is enough, and --dry-run makes nothing', async () => {
  const { place, drush, url } = await site({ authenticated: ['grant simple_oauth codes'] })
  const file = `baseUrl: ${url}\ndrush: ${drush.command}\nprovision: { allowed: true }\n`
  writeFileSync(place.at('site.yaml'), file)
  const { code, stdout, stderr } = await place.run(['--site', 'site.yaml', '--provision', '--dry-run'])
  expect(code).toBe(0)
  expect(stderr).toBe('· asking the site with drush\n')
  expect(stdout.replace(url, 'URL')).toMatchInlineSnapshot(`
    "Nothing was created. A run would create on URL, with its own ID instead of RUN:

    14 scopes, each with what it grants
      contract_RUN:debug: debug simple_oauth tokens
      contract_RUN:content: access content
      contract_RUN:profiles: access user profiles
      contract_RUN:code-only: access content
      contract_RUN:role: permissions of the role contract_RUN_editor
      contract_RUN:suite: permissions of its child scopes
      contract_RUN:suite-debug: debug simple_oauth tokens
      contract_RUN:suite-content: access content
      contract_RUN:machine-only: access content
      contract_RUN:group-a: permissions of the role contract_RUN_group_a
      contract_RUN:group-b: permissions of the role contract_RUN_group_b
      contract_RUN:group-c: permissions of the role contract_RUN_group_c
      contract_RUN:group-d: permissions of the role contract_RUN_group_d
      contract_RUN:group-e: permissions of the role contract_RUN_group_e

    8 users, each with a role of the same name
      contract_RUN_editor: grant simple_oauth codes, debug simple_oauth tokens, access content, access user profiles
      contract_RUN_other_editor: grant simple_oauth codes, debug simple_oauth tokens, access content
      contract_RUN_blocked: grant simple_oauth codes
      contract_RUN_changing: grant simple_oauth codes, debug simple_oauth tokens, access content
      contract_RUN_temporary: grant simple_oauth codes, debug simple_oauth tokens, access content
      contract_RUN_temporary_service: debug simple_oauth tokens, access content
      contract_RUN_author: grant simple_oauth codes, access content
      contract_RUN_service: debug simple_oauth tokens, access content

    5 roles without permissions that several of them share
      contract_RUN_group_a
      contract_RUN_group_b
      contract_RUN_group_c
      contract_RUN_group_d
      contract_RUN_group_e

    28 consumers
      contract_RUN_public_pkce: authorization_code, refresh_token
      contract_RUN_other_public_pkce: authorization_code, refresh_token
      contract_RUN_public_optional_pkce: authorization_code, refresh_token
      contract_RUN_confidential: authorization_code, refresh_token
      contract_RUN_short_lived: authorization_code, refresh_token
      contract_RUN_confidential_pkce: authorization_code, refresh_token
      contract_RUN_without_refresh: authorization_code
      contract_RUN_remembered: authorization_code, refresh_token
      contract_RUN_other_remembered: authorization_code, refresh_token
      contract_RUN_auto_approved: authorization_code, refresh_token
      contract_RUN_several_redirects: authorization_code, refresh_token
      contract_RUN_with_default_scopes: authorization_code, refresh_token
      contract_RUN_every_grant: authorization_code, refresh_token, client_credentials
      contract_RUN_device: authorization_code, refresh_token
      contract_RUN_native: authorization_code, refresh_token
      contract_RUN_markup: authorization_code, refresh_token
      contract_RUN_machine: client_credentials
      contract_RUN_machine_unlimited: client_credentials
      contract_RUN_temporary: authorization_code, refresh_token
      contract_RUN_temporary_optional_pkce: authorization_code, refresh_token
      contract_RUN_temporary_confidential: authorization_code, refresh_token
      contract_RUN_temporary_remembered: authorization_code, refresh_token
      contract_RUN_temporary_defaults: authorization_code, refresh_token
      contract_RUN_temporary_machine: client_credentials
      contract_RUN_machine_without_user: client_credentials
      contract_RUN_machine_without_secret: client_credentials
      contract_RUN_machine_special_secret: client_credentials
      contract_RUN_machine_public: client_credentials

    The user member is left out: this site gives "grant simple_oauth codes" to every authenticated user.
    The user superUser is left out: the suite creates no account with every permission on an existing site.
    The user administrator is left out: the suite creates no account with every permission on an existing site.
    After the run all of this is removed, with the tokens, approvals, sessions and failed logins that belong to it.
    "
  `)
  expect(drush.calls().map(({ op }) => op)).toEqual(['site.check'])
  expect(drush.names()).toEqual(theirs)
  expect(existsSync(place.at('.cache'))).toBe(false)
})
