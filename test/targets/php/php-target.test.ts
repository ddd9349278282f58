import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { phpTarget, type PhpTargetOptions } from '../../../helpers/targets/php/php-target.ts'
import { listFiles } from '../../../helpers/targets/install/codebase.ts'
import { emptyFolder, fakeCodebase, fakePhp, put, type FakePhp } from '../../support/fake-php.ts'

beforeEach(() => {
  vi.stubEnv('TMPDIR', emptyFolder())
  return () => vi.unstubAllEnvs()
})

const runFolders = () =>
  readdirSync(process.env['TMPDIR'] ?? '').filter((name) => name.startsWith('simple-oauth-contract-run-'))

/** A target on fakes. Everything it needs is made unless given. */
function fakeTarget(behaviour: FakePhp = {}, given: Partial<PhpTargetOptions> & { folder?: string } = {}) {
  const { folder = emptyFolder(), ...more } = given
  const php = existsSync(join(folder, 'php'))
    ? { command: join(folder, 'php'), calls: () => calls(folder) }
    : fakePhp(folder, behaviour)
  const options: PhpTargetOptions = {
    codebase: given.codebase ?? fakeCodebase(),
    cacheRoot: join(folder, 'cache'),
    fresh: false,
    php: php.command,
    workers: 2,
    startTimeout: 20_000,
    ...more,
  }
  const target = phpTarget(options)
  onTestFinished(() => {
    target.stop()
  })
  const stages: string[] = []
  return { target, options, stages, calls: php.calls, start: () => target.start((stage) => stages.push(stage)) }
}
const calls = (folder: string) => readFileSync(join(folder, 'calls'), 'utf8').split('\n').filter(Boolean)
const installs = (list: string[]) => list.filter((call) => call.startsWith('site:install')).length
const templates = (cacheRoot: string) =>
  readdirSync(cacheRoot).flatMap((name) =>
    readdirSync(join(cacheRoot, name)).filter((entry) => entry.startsWith('template-')),
  )

describe('a start', () => {
  test('works in folders whose names have spaces, quotes and letters of any script', async () => {
    const [folder, codebase] = ['a b', `it's "größe" $(x) 漢字`].map((name) => join(emptyFolder(), name))
    mkdirSync(folder ?? '')
    cpSync(fakeCodebase(), codebase ?? '', { recursive: true })
    const { start, calls } = fakeTarget({}, { folder: folder ?? '', codebase: codebase ?? '' })
    const info = await start()
    expect(info.label).toBe(`php, a copy of ${codebase ?? ''}`)
    expect((await fetch(info.baseUrl)).status).toBeLessThan(500)
    expect(calls().filter((call) => call.startsWith('serve ')).length).toBeGreaterThan(0)
  })

  test('installs, provisions, serves and says so', async () => {
    const { options, start, stages, calls } = fakeTarget()
    const before = listFiles(options.codebase, () => true)
    const info = await start()
    expect(info).toMatchObject({
      label: `php, a copy of ${options.codebase}`,
      versions: { drupal: '10.5.5', simple_oauth: '6.0.9', webServer: 'php -S' },
      workers: 2,
      demonstration: false,
    })
    expect(info.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(info.users.editor).toMatchObject({ name: 'contract_editor', uid: '2' })
    expect(info.clients.confidential?.client_secret).toMatch(/^[\w-]{22}$/)
    expect(info.clients.publicPkce).not.toHaveProperty('client_secret')
    expect(JSON.parse(JSON.stringify(info))).toEqual(info)
    expect(stages).toEqual([
      'copying the code',
      'installing Drupal',
      'creating users, scopes, clients and keys',
      'starting php -S',
    ])
    const served = calls().filter((call) => call.startsWith('serve '))
    expect(served.every((call) => call.endsWith('/code/web'))).toBe(true)
    expect(calls()[0]).toMatch(/^site:install minimal .*enable_update_status_module=NULL$/)
    expect(listFiles(options.codebase, () => true)).toEqual(before)
  })

  test("works on the suite's own settings.php, in a private folder with private keys", async () => {
    const { options, start } = fakeTarget()
    await start()
    const [cache = ''] = readdirSync(options.cacheRoot)
    const settings = readFileSync(join(options.cacheRoot, cache, 'code/web/sites/default/settings.php'), 'utf8')
    expect(settings).toContain('DRUPAL_SQLITE')
    // What error pages show is configuration of the site, which is under test.
    expect(settings).not.toMatch(/system\.logging|error_level|error_reporting|display_errors/u)
    const [run = ''] = runFolders()
    const folder = join(process.env['TMPDIR'] ?? '', run)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'site/keys/contract_private.key')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, 'site/db/site.sqlite'), 'utf8')).toBe('installed')
  })

  test('takes an installed site again; a changed line, a fresh start or other PHP makes a new one', async () => {
    const first = fakeTarget()
    const before = await first.start()
    first.target.stop()
    const folder = join(first.options.cacheRoot, '..')
    const again = async (given: Partial<PhpTargetOptions> = {}) => {
      const { start, target } = fakeTarget({}, { ...first.options, ...given, folder })
      const info = await start()
      target.stop()
      return info
    }
    expect((await again()).clients).toEqual(before.clients)
    expect(installs(first.calls())).toBe(1)
    const [old] = templates(first.options.cacheRoot)

    put(join(first.options.codebase, 'web/modules/contrib/simple_oauth/simple_oauth.module'), '<?php // two!')
    expect((await again()).clients).not.toEqual(before.clients)
    expect(installs(first.calls())).toBe(2)
    expect(templates(first.options.cacheRoot)).toHaveLength(1)
    expect(templates(first.options.cacheRoot)).not.toContain(old)

    await again({ fresh: true })
    expect(installs(first.calls())).toBe(3)
    const other = fakePhp(emptyFolder(), { version: '8.3.0' })
    await again({ php: other.command })
    expect(installs(other.calls())).toBe(1)
  })

  test('two at the same time install once and do not share a site', async () => {
    const one = fakeTarget()
    const two = fakeTarget({}, { ...one.options, folder: join(one.options.cacheRoot, '..') })
    const [first, second] = await Promise.all([one.start(), two.start()])
    expect(installs(one.calls())).toBe(1)
    expect(first.clients).toEqual(second.clients)
    expect(first.baseUrl).not.toBe(second.baseUrl)
    expect(runFolders()).toHaveLength(2)
    one.target.stop()
    expect((await fetch(second.baseUrl + second.endpoints.login)).status).toBe(200)
  })

  test('installs the exported configuration beside the plain site', async () => {
    const config = emptyFolder()
    put(join(config, 'core.extension.yml'), 'profile: standard')
    put(join(config, 'system.site.yml'), 'default_langcode: de')
    const plain = fakeTarget()
    await plain.start()
    const folder = join(plain.options.cacheRoot, '..')
    const { start, stages } = fakeTarget({}, { ...plain.options, config, folder })
    expect((await start()).label).toContain(`with the configuration in ${config}`)
    expect(stages).toContain('installing Drupal with the exported configuration')
    expect(plain.calls().filter((call) => call === 'site:install --existing-config')).toHaveLength(1)
    expect(templates(plain.options.cacheRoot)).toHaveLength(2)
    const made = readdirSync(plain.options.cacheRoot, { recursive: true, encoding: 'utf8' })
    expect(made.filter((path) => path.endsWith('translations/drupal-0.0.0.de.po'))).toHaveLength(1)
  })

  test('a port that was taken in the meantime is replaced by another', async () => {
    const { start } = fakeTarget({ server: 'port taken once' })
    expect((await fetch((await start()).baseUrl)).status).toBe(200)
  })
})

describe('bad input', () => {
  test.each<[string, RegExp, FakePhp]>([
    [
      'install-failed',
      /site:install ended with exit code 1\n {2}first line\n {2}\[error\] no such table/,
      { install: 'fails' },
    ],
    ['disk-full', /Free some.*\n.*\n.*database or disk is full/, { install: 'disk full' }],
    ['port-taken', /3 ports in a row were taken/, { server: 'port taken' }],
    [
      'server-ended',
      /before it responded \(exit code 255\)\.\n {2}PHP Fatal error: {2}Uncaught Error: Class/,
      { server: 'ends' },
    ],
    ['not-ready', /login responded with 500\.\n {2}PHP Fatal error: {2}Allowed memory/, { server: 'error page' }],
    [
      'not-ready',
      /Expected an OAuth error from \/oauth\/token for an unknown client, got 404/,
      { server: 'no module' },
    ],
    ['php-too-old', /8\.1 or later/, { version: '7.4.33' }],
  ])('%s: %s', async (code, message, behaviour) => {
    const { start, options } = fakeTarget(behaviour)
    await expect(start()).rejects.toMatchObject({
      name: 'TargetError',
      code,
      message: expect.stringMatching(message) as string,
    })
    expect(runFolders()).toEqual([])
    const left = existsSync(options.cacheRoot) ? readdirSync(options.cacheRoot, { recursive: true }).map(String) : []
    expect(left.filter((path) => /lock|making-|template-/.test(path))).toEqual([])
  })

  test.each<[string, (folder: string) => Partial<PhpTargetOptions>]>([
    ['php-missing', () => ({ php: '/nowhere/php' })],
    ['codebase-missing', () => ({ codebase: '/nowhere/site' })],
    [
      'module-missing',
      () => ({ codebase: fakeCodebase({ 'web/modules/contrib/simple_oauth/simple_oauth.info.yml': null }) }),
    ],
    ['config-missing', (folder) => ({ config: folder })],
    ['cache-unwritable', (folder) => ({ cacheRoot: join(folder, 'a-file', 'cache') })],
  ])('%s', async (code, given) => {
    const folder = emptyFolder()
    writeFileSync(join(folder, 'a-file'), '')
    const { start, calls } = fakeTarget({}, { ...given(folder) })
    await expect(start()).rejects.toMatchObject({ name: 'TargetError', code })
    expect(calls()).toEqual([])
    expect(runFolders()).toEqual([])
  })

  test('a cache entry that cannot be written', async () => {
    const { start, options } = fakeTarget()
    await start()
    const [entry = ''] = readdirSync(options.cacheRoot)
    const blocked = fakeTarget({}, { codebase: options.codebase })
    mkdirSync(blocked.options.cacheRoot)
    writeFileSync(join(blocked.options.cacheRoot, entry), 'a file where the folder belongs')
    await expect(blocked.start()).rejects.toMatchObject({ code: 'cache-unwritable' })
  })
})

describe('a running target', () => {
  test('passes site changes on by name, in order, through one process', async () => {
    const { start, target, calls } = fakeTarget()
    await start()
    await Promise.all([
      target.changeSite({ op: 'user.change', user: 'changing', change: 'block' }),
      target.changeSite({ op: 'user.change', user: 'changing', change: 'unblock' }),
      target.changeSite({ op: 'caches.rebuild' }),
    ])
    expect(calls().slice(-3)).toEqual([
      'user.change contract_changing block',
      'user.change contract_changing unblock',
      'caches.rebuild',
    ])
  })

  test('reports why a site change failed, and continues with a new process if the old one died', async () => {
    const { start, target } = fakeTarget()
    await expect(target.changeSite({ op: 'caches.rebuild' })).rejects.toMatchObject({ code: 'not-started' })
    await start()
    await expect(target.changeSite({ op: 'keys.replace' })).rejects.toMatchObject({
      code: 'control-failed',
      message: 'The site change keys.replace failed: not our keys',
    })
    await expect(target.changeSite({ op: 'keys.restore' })).rejects.toMatchObject({
      code: 'control-failed',
      message: expect.stringMatching(/ended with exit code 255\n {2}PHP Fatal error: gone/) as string,
    })
    await expect(target.changeSite({ op: 'caches.rebuild' })).resolves.toBeUndefined()
  })

  test('gives each whole line of the error log once', async () => {
    const { start, target } = fakeTarget()
    const { baseUrl } = await start()
    expect(target.errorLog()).toEqual([])
    await fetch(`${baseUrl}/log`)
    expect(target.errorLog()).toEqual(['PHP Warning:  one'])
    expect(target.errorLog()).toEqual([])
    await fetch(`${baseUrl}/log-rest`)
    expect(target.errorLog()).toEqual(['PHP Warning:  two'])
  })

  test('leaves nothing when it is stopped', async () => {
    const { start, target, options } = fakeTarget()
    const { baseUrl } = await start()
    await target.changeSite({ op: 'caches.rebuild' })
    target.stop()
    expect(runFolders()).toEqual([])
    await expect.poll(() => fetch(baseUrl).catch(() => 'gone')).toBe('gone')
    expect(
      readdirSync(options.cacheRoot, { recursive: true }).filter((path) => /lock|making/.test(String(path))),
    ).toEqual([])
    target.stop()
  })
})
