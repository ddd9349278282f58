import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { listFiles } from '../../../helpers/targets/install/codebase.ts'
import { phpTarget } from '../../../helpers/targets/php/php-target.ts'
import { emptyFolder, fakeCodebase, fakePhp, type FakePhp } from '../../support/fake-php.ts'

beforeEach(() => {
  vi.stubEnv('TMPDIR', emptyFolder())
  return () => vi.unstubAllEnvs()
})

const installed = (core: string, module: string, consumers = '1.21.0'): Record<string, string> => ({
  'vendor/composer/installed.json': JSON.stringify({
    packages: [
      { name: 'drupal/core', version: core },
      { name: 'drupal/simple_oauth', version: module },
      { name: 'drupal/consumers', version: consumers },
    ],
  }),
})

/** An upgrade on fakes, from Drupal 10.5.5 with Simple OAuth 6.0.9. */
function fakeUpgrade(
  behaviour: FakePhp = {},
  to: Readonly<Record<string, string | null>> = installed('11.3.5', '6.1.0'),
) {
  const folder = emptyFolder()
  const php = fakePhp(folder, behaviour)
  const newPhp = fakePhp(emptyFolder(), { version: '8.4.1', ...behaviour })
  const [codebase, next] = [fakeCodebase(installed('10.5.5', '6.0.9')), fakeCodebase(to)]
  const cacheRoot = join(folder, 'cache')
  const target = phpTarget({
    ...{ codebase, cacheRoot, fresh: false, php: php.command, workers: 2, startTimeout: 20_000 },
    upgradeTo: { codebase: next, php: newPhp.command },
  })
  onTestFinished(() => {
    target.stop()
  })
  const stages: string[] = []
  const stage = (text: string) => stages.push(text)
  const left = () => ({
    runs: readdirSync(process.env['TMPDIR'] ?? '').filter((name) => name.startsWith('simple-oauth-contract-run-')),
    cache: existsSync(cacheRoot)
      ? readdirSync(cacheRoot, { recursive: true }).filter((path) => /lock|making/.test(String(path)))
      : [],
  })
  return {
    ...{ target, stages, codebase, next, left, old: php.calls, new: newPhp.calls },
    start: () => target.start(stage),
    upgrade: () => target.upgrade?.(stage) ?? Promise.reject(new Error('no upgrade')),
  }
}

describe('an upgrade', () => {
  test('runs the updates with the new code and PHP, and serves it at the same address', async () => {
    const { start, upgrade, target, stages, codebase, next, old, new: calls, left } = fakeUpgrade()
    const [before, files] = [await start(), [codebase, next].map((root) => listFiles(root, () => true))]
    await target.changeSite({ op: 'caches.rebuild' })
    const after = await upgrade()
    expect(after).toMatchObject({
      label: `php, a copy of ${next}, upgraded from ${codebase}`,
      baseUrl: before.baseUrl,
      versions: { drupal: '11.3.5', simple_oauth: '6.1.0', webServer: 'php -S' },
      modules: { simple_oauth: '6.1.0' },
      users: before.users,
      clients: before.clients,
    })
    expect((await fetch(before.baseUrl)).status).toBe(200)
    expect(stages.slice(-4)).toEqual([
      'starting php -S',
      'running drush updatedb',
      'running drush cache:rebuild',
      'starting php -S',
    ])
    expect(stages).toContain('copying the new code')
    expect(old().filter((call) => call.startsWith('updatedb'))).toEqual([])
    expect(calls()[0]).toBe('updatedb by PHP 8.4.1')
    expect(calls().map((call) => call.split(' ')[0])).toEqual(['updatedb', 'cache:rebuild', 'describe', 'serve'])
    // The drush of the old code has ended; the first change after the upgrade is made by that of the new one.
    await target.changeSite({ op: 'user.change', user: 'changing', change: 'block' })
    expect(calls().at(-1)).toBe('user.change contract_changing block')
    expect([codebase, next].map((root) => listFiles(root, () => true))).toEqual(files)
    target.stop()
    expect(left()).toEqual({ runs: [], cache: [] })
    await expect.poll(() => fetch(before.baseUrl).catch(() => 'gone')).toBe('gone')
  })

  test('that fails is reported with its last lines, and leaves nothing', async () => {
    const { start, upgrade, target, left } = fakeUpgrade({ update: 'fails' })
    await start()
    await expect(upgrade()).rejects.toMatchObject({
      name: 'UpgradeError',
      code: 'update-failed',
      message: 'drush updatedb ended with exit code 1',
      lines: [
        ' [notice] Update started: simple_oauth_update_8999',
        ' [error]  The table has rows that cannot be converted.',
      ],
    })
    target.stop()
    expect(left()).toEqual({ runs: [], cache: [] })
  })

  test('cannot begin before the target has started', () => {
    const { target } = fakeUpgrade()
    expect(() => target.upgrade?.(() => undefined)).toThrow('The target has not been started.')
  })

  test('is offered only by a target with new code', () => {
    const options = {
      codebase: '/nowhere',
      cacheRoot: '/nowhere',
      fresh: false,
      php: 'php',
      workers: 1,
      startTimeout: 1,
    }
    expect(phpTarget(options)).not.toHaveProperty('upgrade')
  })
})

describe('new code that cannot be used is refused before anything is installed', () => {
  test.each<[string, string, Readonly<Record<string, string | null>>]>([
    ['upgrade-backwards', 'has Drupal 10.4.1, which is older than 10.5.5', installed('10.4.1', '6.0.9')],
    ['upgrade-backwards', 'has Simple OAuth 6.0.0, which is older than 6.0.9', installed('10.5.5', '6.0.0')],
    ['upgrade-backwards', 'has Consumers 1.19.0, which is older than 1.21.0', installed('10.5.5', '6.1.0', '1.19.0')],
    [
      'module-missing',
      'does not contain Simple OAuth',
      { 'web/modules/contrib/simple_oauth/simple_oauth.info.yml': null },
    ],
    ['drush-missing', 'has no drush', { 'vendor/drush/drush/drush.php': null }],
    ['vendor-missing', 'composer install', { 'vendor/autoload.php': null }],
  ])('%s: %s', async (code, message, files) => {
    const { start, old, left } = fakeUpgrade({}, files)
    await expect(start()).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string })
    expect(old()).toEqual([])
    expect(left()).toEqual({ runs: [], cache: [] })
  })

  test('a development version is neither older nor newer', async () => {
    const { start } = fakeUpgrade({}, installed('10.5.5', 'dev-6.1.x'))
    await expect(start()).resolves.toBeDefined()
  })
})
