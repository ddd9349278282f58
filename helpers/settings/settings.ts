import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse as parseDotenv } from 'dotenv'
import type { Profile } from '../../fixtures/sources.ts'
import { settingRows, variableOf, type SettingName, type SettingRow } from './settings-table.ts'

export interface Settings {
  readonly target: 'auto' | 'site' | 'container' | 'php' | 'reference'
  readonly baseUrl: string | null
  readonly site: string | null
  readonly codebase: string | null
  readonly config: string | null
  readonly php: string
  readonly workers: number
  readonly fresh: boolean
  readonly cache: string | null
  readonly image: string | null
  readonly database: 'sqlite' | 'mariadb' | 'postgres'
  readonly drupal: string | null
  readonly simpleOauth: string | null
  readonly consumers: string | null
  readonly phpVersion: string
  readonly baseImage: string | null
  readonly allowAdvisories: boolean
  readonly drush: string | null
  readonly provision: boolean
  readonly dryRun: boolean
  readonly manifest: string | null
  readonly referenceProfile: 'simple-oauth-6.0' | 'ideal'
  readonly referenceFault: string | null
  readonly only: readonly string[]
  readonly source: readonly string[]
  readonly severity: readonly string[]
  readonly group: readonly string[]
  readonly client: readonly string[]
  readonly contracts: string | null
  readonly profile: Profile
  readonly slow: boolean
  readonly strict: boolean
  readonly baseline: readonly string[]
  readonly report: string
  readonly compareWith: string | null
  readonly accept: string | null
  /** Seconds. */
  readonly requestTimeout: number
  /** Seconds. */
  readonly checkTimeout: number
  /** Seconds. */
  readonly startTimeout: number
  readonly ca: string | null
}

/** Where a value came from: a flag, the environment, `.env`, or the table. */
export type Origin = 'flag' | 'environment' | '.env' | 'default'

export interface ReadSettings {
  readonly settings: Settings
  readonly origins: { readonly [name in SettingName]: Origin }
  /** Words that are no flags: the subcommand. */
  readonly words: readonly string[]
  readonly help: boolean
  readonly version: boolean
  /** `list` for programs. */
  readonly json: boolean
  /** The file that `init` writes. */
  readonly out: string | null
  /** `init` writes over a file that is there. */
  readonly force: boolean
}

/** A setting is unknown or its value cannot be used. Exit code 2; the message says what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly code: 'unknown-setting' | 'bad-value'
  constructor(code: SettingsError['code'], message: string) {
    super(message)
    this.code = code
  }
}

const names = Object.keys(settingRows) as SettingName[]
const rowOf = (name: SettingName): SettingRow => settingRows[name]

/**
 * Flags before the environment before `.env` before the defaults.
 * @throws SettingsError
 */
export function readSettings(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  dotenv: Readonly<Record<string, string>>,
): ReadSettings {
  const { values: flags, positionals } = parse(argv)
  refuseUnknown(environment, 'the environment')
  refuseUnknown(dotenv, '.env')
  const origins: Partial<Record<SettingName, Origin>> = {}
  const settings: Partial<Record<SettingName, unknown>> = {}
  for (const name of names) {
    const row = rowOf(name)
    const candidates = [
      ['flag', flags[row.flag]],
      ['environment', environment[variableOf(row)] || undefined],
      ['.env', dotenv[variableOf(row)] || undefined],
      ['default', row.fallback ?? undefined],
    ] as const
    const [origin, given] = candidates.find(([, value]) => value !== undefined) ?? (['default', undefined] as const)
    origins[name] = origin
    settings[name] = raw(row, given)
  }
  return {
    settings: Object.freeze(checked(settings, origins)),
    origins: origins as Record<SettingName, Origin>,
    words: positionals,
    help: flags['help'] === true,
    version: flags['version'] === true,
    json: flags['json'] === true,
    out: typeof flags['out'] === 'string' ? flags['out'] : null,
    force: flags['force'] === true,
  }
}

type Given = string | boolean | readonly (string | boolean)[] | undefined

function parse(argv: readonly string[]): { values: Record<string, Given>; positionals: string[] } {
  const options = Object.fromEntries(
    names.map((name) => {
      const { flag, kind } = rowOf(name)
      return [
        flag,
        kind === 'flag' ? { type: 'boolean' as const } : { type: 'string' as const, multiple: kind === 'list' },
      ]
    }),
  )
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...options,
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
        json: { type: 'boolean' },
        out: { type: 'string' },
        force: { type: 'boolean' },
      },
      allowPositionals: true,
    })
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split('. To specify')[0] ?? ''
    throw new SettingsError('unknown-setting', `${message}. See --help for all settings.`)
  }
}

function refuseUnknown(variables: Readonly<Record<string, string | undefined>>, where: string): void {
  const known = names.map((name) => variableOf(rowOf(name)))
  const unknown = Object.keys(variables).find((key) => key.startsWith('CONTRACT_') && !known.includes(key))
  if (unknown === undefined) return
  throw new SettingsError('unknown-setting', `Unknown setting ${unknown} in ${where}. Known are: ${known.join(', ')}.`)
}

/** Lists may be given with commas; all else is converted and checked by the schema, which refuses a given list of nothing. */
function raw(row: SettingRow, given: Given): unknown {
  if (row.kind !== 'list') return given ?? null
  if (given === undefined) return []
  const texts = [given]
    .flat()
    .flatMap((text) => String(text).split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')
  return texts.length > 0 ? texts : ['']
}

const wording: Record<SettingRow['kind'], string> = {
  text: 'is a text that is not empty',
  list: 'is one text or several with commas between them',
  flag: 'is true or false',
  count: 'is a whole number from 1 to 64',
  seconds: 'is a number of seconds from 0.1 to 86400',
}

function schemaOf(row: SettingRow): object {
  switch (row.kind) {
    case 'text':
      return {
        type: row.fallback === null ? ['string', 'null'] : 'string',
        minLength: 1,
        ...(row.values ? { enum: row.values } : {}),
      }
    case 'list':
      return { type: 'array', items: { type: 'string', minLength: 1 } }
    case 'flag':
      return { type: 'boolean' }
    case 'count':
      return { type: 'integer', minimum: 1, maximum: 64 }
    case 'seconds':
      return { type: 'number', minimum: 0.1, maximum: 86_400 }
  }
}

const validate = new Ajv2020({ coerceTypes: true, allowUnionTypes: true }).compile<Settings>({
  type: 'object',
  additionalProperties: false,
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, schemaOf(rowOf(name))])),
})

function checked(settings: unknown, origins: Readonly<Partial<Record<SettingName, Origin>>>): Settings {
  const before = structuredClone(settings) as Record<string, unknown>
  if (validate(settings)) return settings
  const name = validate.errors?.[0]?.instancePath.split('/')[1] as SettingName
  const row = rowOf(name)
  const called = origins[name] === 'flag' ? `--${row.flag}` : variableOf(row)
  const expected = row.values ? `is one of ${row.values.join(', ')}` : wording[row.kind]
  throw new SettingsError('bad-value', `${called} ${expected}, not "${String(before[name])}".`)
}

/**
 * The variables of a `.env` file; none where there is no such file (a folder of that name is a virtual environment of Python).
 * @throws SettingsError
 */
export function readDotenv(file: string): Record<string, string> {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ? parseDotenv(readFileSync(file)) : {}
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new SettingsError('bad-value', `The file ${file} cannot be read: ${why}. Make it readable, or move it away.`)
  }
}

/** Where copies and installations are kept between runs. */
export function cacheFolder(settings: Settings, environment: Readonly<Record<string, string | undefined>>): string {
  if (settings.cache !== null) return resolve(settings.cache)
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'simple-oauth-contract')
}
