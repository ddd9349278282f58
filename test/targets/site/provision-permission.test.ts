import { expect, test } from 'vitest'
import { allowedProvision } from '../../../helpers/targets/site/provision-permission.ts'
import { readSettings } from '../../../helpers/settings/settings.ts'
import type { SiteFile } from '../../../helpers/targets/site/site-file.ts'

const allowed = (argv: string[], file: SiteFile = {}) =>
  allowedProvision(readSettings(argv, {}, {}).settings, file, { HOME: '/home/me', XDG_CACHE_HOME: '/cache' })
const permission = { drush: 'lando drush', provision: { allowed: true } }

test('nothing is made without --provision, whatever else is given', () => {
  expect(allowed([])).toBeUndefined()
  expect(allowed(['--drush', 'ddev drush'], permission)).toBeUndefined()
})

test('--provision takes the command of --drush, or that of a site file that allows it', () => {
  expect(allowed(['--provision', '--drush', 'ddev drush'])?.drush).toEqual(['ddev', 'drush'])
  expect(allowed(['--provision'], permission)?.drush).toEqual(['lando', 'drush'])
  expect(allowed(['--provision', '--drush', 'ddev drush'], permission)?.drush).toEqual(['ddev', 'drush'])
  expect(allowed(['--provision'], { ...permission, drush: ['ssh', 'my host', 'drush'] })?.drush).toEqual([
    ...['ssh', 'my host', 'drush'],
  ])
})

test.each<[string, string[], SiteFile, RegExp]>([
  ['no command', ['--provision'], {}, /needs the drush command of the site: --drush/],
  ['a site file that says nothing', ['--provision'], { drush: 'ddev drush' }, /Set provision: \{ allowed: true \}/],
  [
    'a site file that forbids it',
    ['--provision', '--drush', 'ddev drush'],
    { provision: { allowed: false } },
    /(provision: allowed: false)/,
  ],
  ['--dry-run alone', ['--dry-run', '--drush', 'ddev drush'], permission, /use both/],
])('%s: refused', (_what, argv, file, message) => {
  expect(() => allowed(argv, file)).toThrow(message)
})

test('the manifest lies in the cache folder until it is of no more use, or where it is named', () => {
  const byDefault = allowed(['--provision'], permission)
  expect(byDefault?.manifest('0123456789ab')).toBe('/cache/simple-oauth-contract/provisioned/0123456789ab.json')
  expect(byDefault?.keepManifest).toBe(false)
  const named = allowed(['--provision', '--manifest', '/tmp/m.json'], permission)
  expect(named?.manifest('0123456789ab')).toBe('/tmp/m.json')
  expect(named?.keepManifest).toBe(true)
})
