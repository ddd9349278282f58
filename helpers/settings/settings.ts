import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse as parseDotenv } from 'dotenv'
import type { baseImages } from '../../fixtures/requirements.ts'
import type { Profile } from '../../fixtures/sources.ts'
import { parseFlags, unknownVariable, type FlagValues } from './flags.ts'
import { homeFolder } from './home-folder.ts'
import { SettingsError } from './settings-error.ts'
import { variableFor, type FlagRow, type SettingRow } from './setting-row.ts'
import { rowOf, settingNames, type SettingName } from './settings-table.ts'
import { didYouMean, near } from './suggest.ts'

export { SettingsError } from './settings-error.ts'

export interface Settings {
  readonly target: 'auto' | 'site' | 'container' | 'php' | 'reference'
  readonly baseUrl: string | null
  readonly site: string | null
  readonly codebase: string | null
  readonly config: string | null
  readonly php: string
  /** Contains a password. */
  readonly databaseUrl: string | null
  readonly workers: number | null
  readonly fresh: boolean
  readonly cache: string | null
  readonly image: string | null
  readonly database: 'sqlite' | 'mariadb' | 'postgres'
  readonly drupal: string | null
  readonly simpleOauth: string | null
  readonly consumers: string | null
  readonly phpVersion: keyof typeof baseImages
  readonly baseImage: string | null
  readonly allowAdvisories: boolean
  readonly drush: string | null
  readonly provision: boolean
  readonly stress: boolean
  readonly dryRun: boolean
  readonly manifest: string | null
  readonly referenceProfile: 'simple-oauth-6.0' | 'simple-oauth-21' | 'ideal'
  readonly referenceFault: string | null
  readonly only: readonly string[]
  readonly source: readonly string[]
  readonly severity: readonly string[]
  readonly group: readonly string[]
  readonly client: readonly string[]
  readonly contracts: string | null
  /** `I/N`: part I of N. */
  readonly shard: string | null
  readonly profile: Profile
  readonly slow: boolean
  readonly strict: boolean
  readonly baseline: readonly string[]
  readonly noKnownIssues: boolean
  readonly generateBaseline: string | null
  readonly failOnFixed: boolean
  readonly bail: number | null
  readonly allowSkipped: boolean
  readonly report: string
  /** `NAME` or `NAME=FILE`. */
  readonly reporter: readonly string[]
  readonly compareWith: string | null
  readonly accept: string | null
  readonly quiet: boolean
  readonly verbose: boolean
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
  /** Notes for the user about deprecated names. */
  readonly notes: readonly string[]
}

type Variables = Readonly<Record<string, string | undefined>>

/**
 * The settings of a command line that consists of flags alone; flags before the environment before `.env` before the defaults.
 * @throws SettingsError
 */
export const readSettings = (argv: readonly string[], environment: Variables, dotenv: Variables): ReadSettings =>
  settingsFrom(parseFlags(argv), environment, dotenv)

/**
 * The settings of flags that were parsed already.
 * @throws SettingsError
 */
export function settingsFrom(flags: FlagValues, environment: Variables, dotenv: Variables): ReadSettings {
  refuseUnknown(environment, 'the environment')
  refuseUnknown(dotenv, '.env')
  const origins: Partial<Record<SettingName, Origin>> = {}
  const settings: Partial<Record<SettingName, unknown>> = {}
  const notes: string[] = []
  for (const name of settingNames) {
    const row = rowOf(name)
    const candidates = [
      [
        'flag',
        named(
          row,
          (flag) => flags[flag],
          (flag) => `--${flag}`,
        ),
      ],
      ['environment', named(row, (flag) => environment[variableFor(flag)] || undefined, variableFor)],
      ['.env', named(row, (flag) => dotenv[variableFor(flag)] || undefined, variableFor)],
    ] as const
    const [origin, given] = candidates.find(([, one]) => one !== undefined) ?? (['default', undefined] as const)
    if (given?.note !== undefined) notes.push(given.note)
    origins[name] = origin
    settings[name] = raw(row, given?.value ?? row.fallback ?? undefined)
  }
  return {
    settings: Object.freeze(checked(settings, origins)),
    origins: origins as Record<SettingName, Origin>,
    notes,
  }
}

type Given = FlagValues[string] | undefined

/** A value under its current or its deprecated name; never both. */
function named(
  row: SettingRow,
  valueOf: (flag: string) => Given,
  nameOf: (flag: string) => string,
): { value: NonNullable<Given>; note?: string } | undefined {
  const value = valueOf(row.flag)
  const old = row.alias === undefined ? undefined : valueOf(row.alias)
  if (row.alias === undefined || old === undefined) return value === undefined ? undefined : { value }
  const [current, deprecated] = [row.flag, row.alias].map(nameOf)
  if (value === undefined) return { value: old, note: `${deprecated} is deprecated: use ${current}.` }
  throw new SettingsError('bad-value', `${deprecated} is the deprecated name of ${current}: use ${current} alone.`)
}

function refuseUnknown(variables: Variables, where: string): void {
  const known = settingNames.map(rowOf).flatMap(({ flag, alias }) => [flag, alias ?? []].flat().map(variableFor))
  const unknown = Object.keys(variables).find((key) => key.startsWith(variableFor('')) && !known.includes(key))
  if (unknown !== undefined) throw unknownVariable(unknown, where)
}

/** Splits lists at commas; the schema converts and checks everything else, and refuses an empty list. */
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
  text: 'must not be empty',
  list: 'must be one value, or several separated by commas',
  flag: 'must be true or false',
  count: 'must be a whole number from 1 to 64',
  seconds: 'must be a number of seconds from 0.1 to 86400',
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
      // A type of null would make an empty value mean the default.
      return { if: { const: null }, else: { type: 'integer', minimum: 1, maximum: 64 } }
    case 'seconds':
      return { type: 'number', minimum: 0.1, maximum: 86_400 }
  }
}

// Its schema is not checked by JSON Schema's own, whose compilation would be most of the start of the command.
const validate = new Ajv2020({ coerceTypes: true, allowUnionTypes: true, validateSchema: false }).compile<Settings>({
  type: 'object',
  additionalProperties: false,
  required: settingNames,
  properties: Object.fromEntries(settingNames.map((name) => [name, schemaOf(rowOf(name))])),
})

function checked(settings: unknown, origins: Readonly<Partial<Record<SettingName, Origin>>>): Settings {
  const before = structuredClone(settings) as Record<string, unknown>
  if (validate(settings)) return settings
  const name = validate.errors?.[0]?.instancePath.split('/')[1] as SettingName
  throw badValue(rowOf(name), origins[name] !== 'flag', String(before[name]))
}

/** The error for an invalid value of a flag or variable. */
export function badValue(row: FlagRow, isVariable: boolean, value: string): SettingsError {
  const called = isVariable ? variableFor(row.flag) : `--${row.flag}`
  const { values } = row
  const message = values
    ? `${called} does not accept "${value}".${didYouMean(near(value, values))} Valid values: ${values.join(', ')}.`
    : `${called} ${wording[row.kind]}, got "${value}".`
  return new SettingsError('bad-value', message)
}

/**
 * The variables of a `.env` file; none if it does not exist (a folder of that name is a Python virtual environment).
 * @throws SettingsError
 */
export function readDotenv(file: string): Record<string, string> {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ? parseDotenv(readFileSync(file)) : {}
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new SettingsError('bad-value', `The file ${file} cannot be read: ${why}. Make it readable, or move it.`)
  }
}

/**
 * The folder for copies and installations kept between runs.
 * @param home returns the user's home folder according to the operating system; throws for an unknown user.
 * @throws SettingsError for a user without a home folder.
 */
export function cacheFolder(settings: Settings, environment: Variables, home = homedir): string {
  if (settings.cache !== null) return resolve(settings.cache)
  return join(environment['XDG_CACHE_HOME'] || join(homeFolder(environment, home), '.cache'), 'simple-oauth-contract')
}
