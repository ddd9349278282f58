import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { examineUpgrade, moveSite } from '../../../helpers/targets/container/container-upgrade.ts'
import type { SiteContainer } from '../../../helpers/targets/container/start-site.ts'
import { fakeCodebase } from '../../support/fake-php.ts'

const installed = (core: string, module: string): Record<string, string> => ({
  'vendor/composer/installed.json': JSON.stringify({
    packages: [
      { name: 'drupal/core', version: core },
      { name: 'drupal/simple_oauth', version: module },
    ],
  }),
})

test.each<[string, string, Readonly<Record<string, string | null>>]>([
  ['upgrade-backwards', 'has Simple OAuth 6.0.0, which is older than 6.0.9', installed('10.5.5', '6.0.0')],
  [
    'module-missing',
    'does not contain Simple OAuth',
    { 'web/modules/contrib/simple_oauth/simple_oauth.info.yml': null },
  ],
])('new code that cannot be used is refused before an image is built: %s', (code, message, files) => {
  const to = { codebase: fakeCodebase(files), baseImage: 'php' }
  expect(() => {
    examineUpgrade(fakeCodebase(installed('10.5.5', '6.0.9')), to)
  }).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error)
})

test('updates that fail in the container are reported with their last lines, and the old container is stopped first', async () => {
  const events: string[] = []
  const old = {
    handle: { getArchive: () => Promise.resolve(Readable.from([Buffer.from('the '), Buffer.from('site')])) },
    disconnect: () => events.push('disconnect'),
    container: { stop: () => Promise.resolve(events.push('stop')) },
  } as unknown as SiteContainer
  const output = ' [notice] Update started: simple_oauth_update_8999\n\n [error]  The table has rows.\n'
  const next = {
    offer: { drush: ['drush'], user: 'www-data' },
    container: {
      exec: (command: string[]) => {
        events.push(command.join(' '))
        return Promise.resolve({ exitCode: 1, output })
      },
    },
  } as unknown as SiteContainer
  const moved = moveSite(
    old,
    (archive) => {
      events.push(`start with ${archive.toString()}`)
      return Promise.resolve(next)
    },
    1_000,
    () => undefined,
  )
  await expect(moved).rejects.toMatchObject({
    name: 'UpgradeError',
    code: 'update-failed',
    message: 'drush updatedb ended with exit code 1',
    lines: [' [notice] Update started: simple_oauth_update_8999', ' [error]  The table has rows.'],
  })
  expect(events).toEqual(['disconnect', 'stop', 'start with the site', 'drush updatedb'])
})
