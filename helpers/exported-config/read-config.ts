import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { readYamlFile, type YamlFile } from '../settings/yaml-file.ts'

/** One file of an export: any mapping. */
export type ConfigFile = YamlFile<Readonly<Record<string, unknown>>> & {
  /** "simple_oauth.settings", without the ending. */
  readonly name: string
}

/** An exported configuration cannot be read; the message begins with file:line:column where that is known. */
class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'malformed-config'
}

/** Files about OAuth, or about the roles that may grant codes. */
const read =
  /^(?:simple_oauth(?:_[a-z]+)*\.settings|simple_oauth\.oauth2_scope\..+|user\.role\..+|core\.base_field_override\.consumer\.consumer\..+)$/u

const anything = (() => true) as unknown as ValidateFunction<ConfigFile['value']>

/**
 * Reads the files of an exported configuration (config/sync) that concern Simple OAuth.
 * @throws ConfigError for a folder without an export, and with file:line:column for a syntax error.
 */
export function readConfig(folder: string): readonly ConfigFile[] {
  if (!existsSync(join(folder, 'core.extension.yml')))
    throw new ConfigError(
      `${folder} contains no exported configuration: core.extension.yml is missing. Name the folder that "drush config:export" writes, often config/sync.`,
    )
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .map((file) => file.slice(0, -'.yml'.length))
    .filter((name) => read.test(name))
    .sort()
  return names.map((name) => {
    const file = readYamlFile(join(folder, `${name}.yml`), {
      ...{ validate: anything, error: ConfigError, empty: {} },
      unreadable: 'the file cannot be read. Change its permissions.',
    })
    const { value }: { readonly value: unknown } = file
    if (typeof value !== 'object' || value === null || Array.isArray(value)) file.fail([], 'expected a mapping.')
    return { ...file, name }
  })
}

/** A member by its path; undefined where it is not there. */
export function memberOf({ value }: Pick<ConfigFile, 'value'>, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, name) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, name)
        ? (node as Record<string, unknown>)[name]
        : undefined,
    value,
  )
}

/** A scope as it is exported. */
export interface ExportedScope {
  readonly file: ConfigFile
  readonly id: string
  readonly name: string
  readonly umbrella: boolean
  readonly granularity: string
  /** The permission or role; '' if there is none. */
  readonly opens: string
  /** IDs of the grant types that are enabled. */
  readonly grants: readonly string[]
}

const prefix = 'simple_oauth.oauth2_scope.'

export const scopesOf = (config: readonly ConfigFile[]): readonly ExportedScope[] =>
  config
    .filter(({ name }) => name.startsWith(prefix))
    .map((file) => {
      const text = (...path: string[]): string => {
        const found = memberOf(file, path)
        return typeof found === 'string' ? found : ''
      }
      const granularity = text('granularity_id')
      const grants = memberOf(file, ['grant_types'])
      const all = typeof grants === 'object' && grants !== null ? Object.keys(grants) : []
      return {
        file,
        id: text('id') || file.name.slice(prefix.length),
        name: text('name'),
        umbrella: Boolean(memberOf(file, ['umbrella'])),
        granularity,
        opens: text('granularity_configuration', granularity),
        grants: all.filter((grant) => Boolean(memberOf(file, ['grant_types', grant, 'status']))),
      }
    })
