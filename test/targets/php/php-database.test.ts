import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { DatabaseAccess } from '../../../helpers/targets/php/database.ts'
import { phpTarget } from '../../../helpers/targets/php/php-target.ts'
import { allExtensions, emptyFolder, fakeCodebase, fakePhp, type FakePhp } from '../../support/fake-php.ts'

beforeEach(() => {
  vi.stubEnv('TMPDIR', emptyFolder())
  return () => vi.unstubAllEnvs()
})

const access: DatabaseAccess = {
  ...{ driver: 'mysql', host: '127.0.0.1', port: 33061 },
  ...{ name: 'shop', user: 'drupal', password: 'geheim-geheim' },
} as const
const place = 'the database "shop" at 127.0.0.1:33061'

/** A target in a database, on fakes. */
function inDatabase(behaviour: FakePhp = {}, database: DatabaseAccess = access) {
  const folder = emptyFolder()
  const { command, calls } = fakePhp(folder, { extensions: `${allExtensions} pdo_mysql pdo_pgsql`, ...behaviour })
  const cacheRoot = join(folder, 'cache')
  const options = { codebase: fakeCodebase(), cacheRoot, fresh: false, php: command, workers: 2, startTimeout: 20_000 }
  const target = phpTarget({ ...options, database })
  onTestFinished(() => {
    try {
      target.stop()
    } catch {
      // The test has seen it.
    }
  })
  const files = () => (existsSync(cacheRoot) ? readdirSync(cacheRoot, { recursive: true }).map(String) : [])
  const settings = () => {
    const [cache = ''] = readdirSync(cacheRoot)
    return readFileSync(join(cacheRoot, cache, 'code/web/sites/default/settings.php'), 'utf8')
  }
  const runs = () =>
    readdirSync(process.env['TMPDIR'] ?? '').filter((name) => name.startsWith('simple-oauth-contract-run-'))
  const ofDatabase = () => calls().filter((call) => call.startsWith('database ') || call.startsWith('site:install'))
  return { target, files, runs, settings, options, calls: ofDatabase, start: () => target.start(() => undefined) }
}

const where = 'mysql 127.0.0.1 33061 shop drupal geheim-geheim'

test('installs the site in an empty database for this run alone, and empties it again', async () => {
  const { start, target, calls, files, runs, options } = inDatabase()
  const info = await start()
  expect(info.label).toBe(`php, a copy of ${options.codebase}, mysql`)
  expect(info.databasePassword).toBe('geheim-geheim')
  expect(calls()).toEqual([`database examine ${where}`, expect.stringMatching(/^site:install minimal /u)])
  expect(files().filter((path) => /template-|making-/u.test(path))).toEqual([])
  target.stop()
  expect(calls().slice(2)).toEqual([
    `database empty ${where} {"tables":[],"routines":["kept()"],"extensions":["plpgsql"]}`,
  ])
  expect(runs()).toEqual([])
  target.stop()
  expect(calls()).toHaveLength(3)
})

test('two runs share no site, whatever the cache has', async () => {
  const one = inDatabase()
  await one.start()
  one.target.stop()
  const again = phpTarget({ ...one.options, database: { ...access, name: 'other' } })
  await again.start(() => undefined)
  again.stop()
  const plain = phpTarget(one.options)
  await plain.start(() => undefined)
  plain.stop()
  expect(one.calls().filter((call) => call.startsWith('site:install'))).toHaveLength(3)
  expect(one.calls().filter((call) => call.startsWith('database '))).toHaveLength(4)
})

test('an upgrade runs the updates in the same database, and needs its extension of the new PHP, too', async () => {
  const { options, calls } = inDatabase()
  const upgraded = (extensions: string) => {
    const { command, calls: later } = fakePhp(emptyFolder(), { version: '8.4.1', extensions })
    const target = phpTarget({ ...options, database: access, upgradeTo: { codebase: fakeCodebase(), php: command } })
    onTestFinished(() => {
      target.stop()
    })
    return { target, later }
  }
  const lacking = upgraded(allExtensions)
  await expect(lacking.target.start(() => undefined)).rejects.toMatchObject({ code: 'php-extension-missing' })
  expect(calls()).toEqual([])
  const { target, later } = upgraded(`${allExtensions} pdo_mysql`)
  await target.start(() => undefined)
  const info = await target.upgrade?.(() => undefined)
  expect(info).toMatchObject({ databasePassword: 'geheim-geheim' })
  expect(later().slice(0, 2)).toEqual(['updatedb by PHP 8.4.1 in shop', 'cache:rebuild'])
  target.stop()
  expect(calls().map((call) => call.split(' ', 2).join(' '))).toEqual([
    'database examine',
    'site:install minimal',
    'database empty',
  ])
})

test('a database that has something is refused, and left as it is', async () => {
  const { start, calls, runs } = inDatabase({ database: 'not empty' })
  await expect(start()).rejects.toMatchObject({
    code: 'database-not-empty',
    message:
      `Expected an empty database, but ${place} has 4 tables (users, node, config, …). The suite removes nothing that it did not create: ` +
      'name another database, or empty it if a killed run left this.',
  })
  expect(calls()).toEqual([`database examine ${where}`])
  expect(runs()).toEqual([])
})

test('a database that cannot be reached is named, without its password', async () => {
  const { start, runs } = inDatabase({ database: 'refuses' })
  await expect(start()).rejects.toMatchObject({
    code: 'database-failed',
    message: `Drupal cannot use ${place}: SQLSTATE[HY000] [1045] Access denied with ‹password:1›. Check the database URL, and that the server runs.`,
  })
  expect(runs()).toEqual([])
})

test('an installation that fails is removed from the database, and no message has the password', async () => {
  const { start, calls, settings } = inDatabase({ install: 'fails' })
  const failure = (await start().catch((error: unknown) => error)) as Error
  expect(failure).toMatchObject({ code: 'install-failed' })
  expect(failure.message).toContain('with ‹password:1›')
  expect(failure.message).not.toContain('geheim')
  expect(calls().at(-1)).toContain('database empty')
  expect(settings()).not.toContain('geheim')
})

test('a database that cannot be emptied is reported, and the rest is removed', async () => {
  const { start, target, runs } = inDatabase({ database: 'keeps' })
  await start()
  expect(() => {
    target.stop()
  }).toThrow(
    expect.objectContaining({
      code: 'database-not-emptied',
      message: `The site could not be removed from ${place}: lock wait timeout. Everything in it was created by this run: empty it before the next one.`,
    }),
  )
  expect(runs()).toEqual([])
})

test('an installation that fails in a database that cannot be emptied reports both', async () => {
  const { start } = inDatabase({ database: 'keeps', install: 'fails' })
  await expect(start()).rejects.toMatchObject({
    code: 'install-failed',
    message: expect.stringMatching(
      /no such table(?:.|\n)*\nThe site could not be removed from the database "shop"/u,
    ) as string,
  })
})

test.each([
  ['mysql', 'php8.2-mysql'],
  ['pgsql', 'php8.2-pgsql'],
] as const)('a PHP without the extension for %s is refused, and SQLite is not needed', async (driver, debian) => {
  const extensions = allExtensions.replace(' pdo_sqlite', '')
  const { start } = inDatabase({ extensions }, { ...access, driver })
  await expect(start()).rejects.toMatchObject({
    code: 'php-extension-missing',
    message: expect.stringMatching(
      new RegExp(`no extension pdo_${driver}\\..*apt-get install ${debian}$`, 'u'),
    ) as string,
  })
})

test('a password too short to be kept out of a report is refused', () => {
  expect(() => inDatabase({}, { ...access, password: 'abc' })).toThrow(
    expect.objectContaining({ code: 'secret-too-short' }),
  )
})
