import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { variableOf } from '../../helpers/settings/setting-row.ts'
import { settingRows } from '../../helpers/settings/settings-table.ts'
import { cacheFolder } from '../../helpers/settings/cache-folder.ts'
import { readDotenv, readSettings, SettingsError } from '../../helpers/settings/settings.ts'

/** The code and message of what is thrown. */
function refusal(...given: Partial<Parameters<typeof readSettings>>): { code: string; message: string } {
  const [argv = [], environment = {}, dotenv = {}] = given
  try {
    readSettings(argv, environment, dotenv)
  } catch (error) {
    if (error instanceof SettingsError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('the settings were accepted')
}

describe('where a value comes from', () => {
  const flag = ['--profile', 'oidc']
  const environment = { CONTRACT_PROFILE: 'oauth21' }
  const dotenv = { CONTRACT_PROFILE: 'rfc9068' }
  test.each([
    ['a flag goes first', flag, environment, dotenv, 'oidc', 'flag'],
    ['then the environment', [], environment, dotenv, 'oauth21', 'environment'],
    ['then .env', [], {}, dotenv, 'rfc9068', '.env'],
    ['then the default', [], {}, {}, 'default', 'default'],
    ['an empty variable does not count', [], { CONTRACT_PROFILE: '' }, dotenv, 'rfc9068', '.env'],
    ['the last of two flags counts', ['--profile', 'oauth21', ...flag], {}, {}, 'oidc', 'flag'],
  ])('%s', (_, argv, variables, file, value, origin) => {
    const { settings, origins } = readSettings(argv, variables, file)
    expect(settings.profile).toBe(value)
    expect(origins.profile).toBe(origin)
    expect(origins.strict).toBe('default')
  })

  test('every setting has a default that its own rules accept', () => {
    const { settings, origins } = readSettings([], {}, {})
    expect(settings).toEqual({
      target: 'auto',
      baseUrl: null,
      site: null,
      slow: false,
      codebase: null,
      config: null,
      php: 'php',
      workers: null,
      fresh: false,
      cache: null,
      image: null,
      database: 'sqlite',
      databaseUrl: null,
      drupal: null,
      simpleOauth: null,
      consumers: null,
      phpVersion: '8.4',
      baseImage: null,
      allowAdvisories: false,
      drush: null,
      provision: false,
      dryRun: false,
      manifest: null,
      referenceProfile: 'simple-oauth-6.0',
      referenceFault: null,
      only: [],
      source: [],
      severity: [],
      group: [],
      client: [],
      contracts: null,
      shard: null,
      profile: 'default',
      strict: false,
      noKnownIssues: false,
      generateBaseline: null,
      failOnFixed: false,
      allowSkipped: false,
      bail: null,
      stress: false,
      baseline: [],
      report: 'results',
      reporter: ['console', 'json', 'html'],
      compareWith: null,
      accept: null,
      quiet: false,
      verbose: false,
      requestTimeout: 30,
      checkTimeout: 120,
      startTimeout: 300,
      ca: null,
    })
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']))
  })

  test('every setting can be given by flag and by variable', () => {
    const sample = { text: 'text', flag: 'true', list: 'text', count: '3', seconds: '1.5' }
    for (const [name, row] of Object.entries(settingRows)) {
      const value = 'values' in row ? (row.values.find((one) => one !== row.fallback) ?? '') : sample[row.kind]
      const byFlag = readSettings(row.kind === 'flag' ? [`--${row.flag}`] : [`--${row.flag}`, value], {}, {})
      const byVariable = readSettings([], { [variableOf(row)]: value }, {})
      expect(byVariable.settings, name).toEqual(byFlag.settings)
      expect(byFlag.settings, name).not.toEqual(readSettings([], {}, {}).settings)
    }
  })
})

describe('values', () => {
  test('are converted, and cannot be changed later', () => {
    const { settings } = readSettings(['--workers', '2', '--fresh'], { CONTRACT_REQUEST_TIMEOUT: '2.5' }, {})
    expect(settings).toMatchObject({ workers: 2, fresh: true, requestTimeout: 2.5 })
    expect(Object.isFrozen(settings)).toBe(true)
  })

  test('of lists may be repeated, with commas between them, and blanks around them', () => {
    expect(readSettings(['--only', 'a.b, c.d', '--only', 'e.*,'], {}, {}).settings.only).toEqual(['a.b', 'c.d', 'e.*'])
    expect(readSettings([], { CONTRACT_BASELINE: 'one.yaml,two.yaml' }, {}).settings.baseline).toEqual([
      'one.yaml',
      'two.yaml',
    ])
  })

  test('that begin with a dash follow an equals sign', () => {
    expect(readSettings(['--report=-x'], {}, {}).settings.report).toBe('-x')
  })

  test.each([
    [['--target', 'docker'], '--target does not accept "docker". Valid values: auto, site, container, php, reference.'],
    [['--target', ''], '--target does not accept "". Valid values: auto, site, container, php, reference.'],
    [
      ['--profile', 'oauth3'],
      '--profile does not accept "oauth3". Did you mean oauth21? Valid values: default, oauth21, mcp, rfc9068, oidc.',
    ],
    [['--codebase', ''], '--codebase must not be empty, got "".'],
    [['--report', ''], '--report must not be empty, got "".'],
    [['--workers', '0'], '--workers must be a whole number from 1 to 64, got "0".'],
    [['--workers', '65'], '--workers must be a whole number from 1 to 64, got "65".'],
    [['--workers', '1.5'], '--workers must be a whole number from 1 to 64, got "1.5".'],
    [['--workers', 'many'], '--workers must be a whole number from 1 to 64, got "many".'],
    [['--check-timeout', '0'], '--check-timeout must be a number of seconds from 0.1 to 86400, got "0".'],
    [['--check-timeout', '2m'], '--check-timeout must be a number of seconds from 0.1 to 86400, got "2m".'],
    [['--only', ''], '--only must be one value, or several separated by commas, got "".'],
    [['--only', ' , '], '--only must be one value, or several separated by commas, got "".'],
  ])('%j is refused', (argv, message) => {
    expect(refusal(argv)).toEqual({ code: 'bad-value', message })
  })

  test('an invalid one is named as it was given', () => {
    const message = 'CONTRACT_STRICT must be true or false, got "maybe".'
    expect(refusal([], { CONTRACT_STRICT: 'maybe' })).toEqual({ code: 'bad-value', message })
    expect(refusal([], {}, { CONTRACT_STRICT: 'maybe' })).toEqual({ code: 'bad-value', message })
  })
})

describe('an unknown setting is refused', () => {
  const all = '"simple-oauth-contract help run" lists all settings.'
  test.each([
    ['a flag', ['--colour'], {}, {}, 'Unknown flag --colour.'],
    ['a misspelt flag', ['--codbase', 'x'], {}, {}, 'Unknown flag --codbase. Did you mean --codebase?'],
    ['a misspelt flag with its value', ['--codbase=x'], {}, {}, 'Unknown flag --codbase. Did you mean --codebase?'],
    ['a value for a flag that takes none', ['--strict=yes'], {}, {}, '--strict takes no value, got "yes".'],
    [
      'a variable',
      [],
      { CONTRACT_TARGTE: 'php' },
      {},
      `Unknown setting CONTRACT_TARGTE in the environment. Did you mean CONTRACT_TARGET? ${all}`,
    ],
    ['an empty variable', [], { CONTRACT_X: '' }, {}, `Unknown setting CONTRACT_X in the environment. ${all}`],
    [
      'a line of .env',
      [],
      {},
      { CONTRACT_ONLY_: 'x' },
      `Unknown setting CONTRACT_ONLY_ in .env. Did you mean CONTRACT_ONLY? ${all}`,
    ],
  ])('%s', (_, argv, environment, dotenv, message) => {
    expect(refusal(argv, environment, dotenv)).toEqual({ code: 'unknown-setting', message })
  })

  test.each([
    ['at the end', ['--target']],
    ['before another flag', ['--target', '--strict']],
  ])('a flag without its value %s', (_, argv) => {
    expect(refusal(argv)).toEqual({ code: 'bad-value', message: '--target needs a value: --target NAME.' })
  })

  test('no message lists more than a dozen names', () => {
    for (const flag of Object.values(settingRows).map((row) => row.flag)) {
      const { message } = refusal([], { [`CONTRACT_${flag.slice(1).toUpperCase()}`]: '1' })
      expect(message.split(/, | or /u).length, message).toBeLessThanOrEqual(12)
    }
  })

  test('variables of other programs are ignored', () => {
    const others = { BASE_URL: '/', TARGET: 'php', contract_target: 'x', MY_CONTRACT_TARGET: 'x', NODE_ENV: 'test' }
    expect(readSettings([], others, others)).toEqual(readSettings([], {}, {}))
  })
})

describe('.env', () => {
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'contract-test-'))
    onTestFinished(() => {
      rmSync(made, { recursive: true })
    })
    return made
  }

  test('is read where there is one', () => {
    const file = join(folder(), '.env')
    expect(readDotenv(file)).toEqual({})
    writeFileSync(file, '# mine\nexport CONTRACT_ONLY="pkce.*, code.*"\nOTHER=1\n')
    expect(readDotenv(file)).toEqual({ CONTRACT_ONLY: 'pkce.*, code.*', OTHER: '1' })
  })

  test('may be a folder, as of a virtual environment', () => {
    const file = join(folder(), '.env')
    mkdirSync(file)
    expect(readDotenv(file)).toEqual({})
  })

  test('that cannot be reached is named', () => {
    const file = join(folder(), '.env')
    writeFileSync(file, '')
    expect(() => readDotenv(join(file, '.env'))).toThrow(/^The file .*\.env cannot be read: ENOTDIR/)
  })
})

describe('a deprecated name', () => {
  test('works as a flag and as a variable, with a note', () => {
    const byFlag = readSettings(['--ledger', 'a.yaml', '--ledger', 'b.yaml'], {}, {})
    expect(byFlag.settings.baseline).toEqual(['a.yaml', 'b.yaml'])
    expect(byFlag.notes).toEqual(['--ledger is deprecated: use --baseline.'])
    const byVariable = readSettings([], {}, { CONTRACT_LEDGER: 'a.yaml' })
    expect(byVariable.settings.baseline).toEqual(['a.yaml'])
    expect(byVariable.notes).toEqual(['CONTRACT_LEDGER is deprecated: use CONTRACT_BASELINE.'])
    expect(readSettings(['--baseline', 'a.yaml'], {}, {}).notes).toEqual([])
  })

  test('of lower precedence says nothing', () => {
    const { settings, notes } = readSettings(['--baseline', 'a.yaml'], { CONTRACT_LEDGER: 'b.yaml' }, {})
    expect(settings.baseline).toEqual(['a.yaml'])
    expect(notes).toEqual([])
  })

  test('alongside the current one is refused', () => {
    expect(refusal(['--ledger', 'a', '--baseline', 'b'])).toEqual({
      code: 'bad-value',
      message: '--ledger is the deprecated name of --baseline: use --baseline alone.',
    })
    expect(refusal([], { CONTRACT_LEDGER: 'a', CONTRACT_BASELINE: 'b' }).message).toContain(
      'use CONTRACT_BASELINE alone',
    )
  })
})

test('the cache is where the settings say, else in the cache folder of the user', () => {
  const of = (cache: string[], environment: Record<string, string>): string =>
    cacheFolder(readSettings(cache, {}, {}).settings, environment)
  expect(of(['--cache', 'here'], { XDG_CACHE_HOME: '/x' })).toBe(resolve('here'))
  expect(of([], { XDG_CACHE_HOME: '/x' })).toBe('/x/simple-oauth-contract')
  expect(of([], { XDG_CACHE_HOME: '' })).toBe(join(homedir(), '.cache', 'simple-oauth-contract'))
})

test('a user without a home folder has to name the cache', () => {
  const { settings } = readSettings([], {}, {})
  expect(() => cacheFolder(settings, { HOME: '' })).toThrow(
    'You have no home folder (HOME) for the cache. Name a folder with --cache DIR (CONTRACT_CACHE).',
  )
  expect(() => cacheFolder(settings, { HOME: '' })).toThrow(expect.objectContaining({ code: 'cache-unwritable' }))
  expect(cacheFolder(settings, { HOME: '', XDG_CACHE_HOME: '/x' })).toBe('/x/simple-oauth-contract')
})

test('a user whom the system does not know is one without a home folder', () => {
  const unknown = () => {
    throw new Error('ENOENT: no such file or directory, uv_os_homedir')
  }
  expect(() => cacheFolder(readSettings([], {}, {}).settings, {}, unknown)).toThrow(/^You have no home folder/u)
})
