import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { settingRows, variableOf } from '../../helpers/settings/settings-table.ts'
import { cacheFolder, readDotenv, readSettings, SettingsError } from '../../helpers/settings/settings.ts'

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
    ['an empty variable is none', [], { CONTRACT_PROFILE: '' }, dotenv, 'rfc9068', '.env'],
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
      workers: 4,
      fresh: false,
      cache: null,
      image: null,
      database: 'sqlite',
      drupal: null,
      simpleOauth: null,
      consumers: null,
      phpVersion: '8.3',
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
      profile: 'default',
      strict: false,
      baseline: [],
      report: 'results',
      compareWith: null,
      accept: null,
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
      const value = 'values' in row ? row.values[1] : sample[row.kind]
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

  test('words without dashes are the subcommand; --help, -h and --version are none of the settings', () => {
    expect(readSettings(['list', '--only', 'a'], {}, {}).words).toEqual(['list'])
    expect(readSettings(['-h'], {}, {})).toMatchObject({ help: true, version: false })
    expect(readSettings(['--help', '--version'], {}, {})).toMatchObject({ help: true, version: true })
  })

  test.each([
    [['--target', 'docker'], '--target is one of auto, site, container, php, reference, not "docker".'],
    [['--target', ''], '--target is one of auto, site, container, php, reference, not "".'],
    [['--profile', 'oauth3'], '--profile is one of default, oauth21, rfc9068, oidc, not "oauth3".'],
    [['--codebase', ''], '--codebase is a text that is not empty, not "".'],
    [['--report', ''], '--report is a text that is not empty, not "".'],
    [['--workers', '0'], '--workers is a whole number from 1 to 64, not "0".'],
    [['--workers', '65'], '--workers is a whole number from 1 to 64, not "65".'],
    [['--workers', '1.5'], '--workers is a whole number from 1 to 64, not "1.5".'],
    [['--workers', 'many'], '--workers is a whole number from 1 to 64, not "many".'],
    [['--check-timeout', '0'], '--check-timeout is a number of seconds from 0.1 to 86400, not "0".'],
    [['--check-timeout', '2m'], '--check-timeout is a number of seconds from 0.1 to 86400, not "2m".'],
    [['--only', ''], '--only is one text or several with commas between them, not "".'],
    [['--only', ' , '], '--only is one text or several with commas between them, not "".'],
  ])('%j is refused', (argv, message) => {
    expect(refusal(argv)).toEqual({ code: 'bad-value', message })
  })

  test('a bad one is called as it was given', () => {
    const message = 'CONTRACT_STRICT is true or false, not "maybe".'
    expect(refusal([], { CONTRACT_STRICT: 'maybe' })).toEqual({ code: 'bad-value', message })
    expect(refusal([], {}, { CONTRACT_STRICT: 'maybe' })).toEqual({ code: 'bad-value', message })
  })
})

describe('an unknown setting is refused', () => {
  test.each([
    ['a flag', ['--colour'], {}, {}, "Unknown option '--colour'. See --help for all settings."],
    ['a value for a flag that takes none', ['--strict=yes'], {}, {}, "Option '--strict' does not take an argument"],
    ['no value for one that needs it', ['--target'], {}, {}, "Option '--target <value>' argument missing"],
    ['a variable', [], { CONTRACT_TARGETS: 'php' }, {}, 'Unknown setting CONTRACT_TARGETS in the environment. Known'],
    ['an empty variable', [], { CONTRACT_TARGETS: '' }, {}, 'Unknown setting CONTRACT_TARGETS in the environment.'],
    ['a line of .env', [], {}, { CONTRACT_ONLY_: 'x' }, 'Unknown setting CONTRACT_ONLY_ in .env. Known are: '],
  ])('%s', (_, argv, environment, dotenv, message) => {
    const refused = refusal(argv, environment, dotenv)
    expect(refused.code).toBe('unknown-setting')
    expect(refused.message).toContain(message)
  })

  test('its message names all known ones', () => {
    const { message } = refusal([], { CONTRACT_X: '1' })
    for (const row of Object.values(settingRows)) expect(message).toContain(variableOf(row))
  })

  test('variables of others are no business of ours', () => {
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

test('the cache is where the settings say, else in the cache folder of the user', () => {
  const of = (cache: string[], environment: Record<string, string>): string =>
    cacheFolder(readSettings(cache, {}, {}).settings, environment)
  expect(of(['--cache', 'here'], { XDG_CACHE_HOME: '/x' })).toBe(resolve('here'))
  expect(of([], { XDG_CACHE_HOME: '/x' })).toBe('/x/simple-oauth-contract')
  expect(of([], { XDG_CACHE_HOME: '' })).toBe(join(homedir(), '.cache', 'simple-oauth-contract'))
})
