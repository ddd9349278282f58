import { dirname, resolve } from 'node:path'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { lazy } from '../../model/lazy.ts'
import type { ClientRole, GrantType, ScopeRole, UserRole } from '../../../fixtures/roles.ts'
import type { Profile } from '../../../fixtures/sources.ts'
import type { Guarantees } from '../../model/policy.ts'
import { commandWords } from '../../drupal/site-drush.ts'
import { environmentName, siteSchema } from './site-schema.ts'
import type { Versions } from '../../model/target.ts'
import { readYamlFile, type Path, type YamlFile } from '../../settings/yaml-file.ts'

export interface SiteClient {
  readonly client_id: string
  readonly client_secret?: string
  readonly redirectUris?: readonly string[]
  readonly grantTypes?: readonly GrantType[]
  readonly requests?: readonly string[]
  readonly scopes?: readonly string[]
  /** Seconds. */
  readonly accessTokenLifetime?: number
  /** Seconds. */
  readonly refreshTokenLifetime?: number
}

/** One of `password`, `cookie` and `loginLink`. */
export interface SiteUser {
  readonly name?: string
  readonly password?: string
  /** NAME=VALUE */
  readonly cookie?: string
  readonly loginLink?: true
  readonly uid?: number
}

/** A consumer of which the owner promises something. */
export interface ConsumerPromise {
  /** Its client_id. */
  readonly consumer: string
  readonly client_secret?: string
  readonly redirectUri?: string
  readonly user?: UserRole
  readonly requests?: readonly string[]
  readonly promises: Guarantees
}

/** A site file; its secrets are those of the environment, not the names of variables that stand in the file. */
export interface SiteFile {
  readonly baseUrl?: string
  readonly clients?: Partial<Record<ClientRole, SiteClient>>
  readonly users?: Partial<Record<UserRole, SiteUser>>
  readonly scopes?: Partial<Record<ScopeRole, string>>
  readonly policy?: readonly ConsumerPromise[]
  readonly resource?: string
  readonly login?: string
  readonly versions?: Omit<Versions, 'webServer'>
  readonly profile?: Profile
  /** Reasons by the id of a contract. */
  readonly notApplicable?: Readonly<Record<string, string>>
  readonly stress?: boolean
  readonly httpBasic?: { readonly user: string; readonly password: string }
  /** Absolute. */
  readonly ca?: string
  readonly drush?: string | readonly string[]
  readonly provision?: { readonly allowed: boolean }
}

/** What was read, and the means to say where in the file something is wrong. */
export interface LoadedSiteFile extends Pick<YamlFile<SiteFile>, 'place' | 'fail'> {
  readonly file: string
  readonly content: SiteFile
}

/** A site file cannot be used; the message begins with file:line:column and says what to do. */
export class SiteFileError extends Error {
  override readonly name = 'SiteFileError'
  readonly code = 'malformed-site-file'
}

const validator = lazy(() => {
  const ajv = new Ajv2020({ verbose: true, allowUnionTypes: true })
  // ajv-formats is CommonJS: its default export is the namespace under NodeNext.
  ;(formats as unknown as (instance: Ajv2020) => void)(ajv)
  return ajv.compile<SiteFile>(siteSchema)
})

/**
 * Reads a site file and puts the values of the environment in the place of `${NAME}`.
 * @param environment Variables, those of `.env` included.
 * @throws SiteFileError
 */
export function readSite(file: string, environment: Readonly<Record<string, string | undefined>>): LoadedSiteFile {
  const { value, place, fail } = readYamlFile(file, {
    validate: validator(),
    unreadable:
      'the site file cannot be read. Give the path of a YAML file with --site; the subcommand init writes one.',
    error: SiteFileError,
    empty: {},
    explain,
  })
  for (const [role, user] of Object.entries(value.users ?? {})) checkUser(['users', role], user, value, fail)
  const content = withSecrets(value, environment, fail)
  return {
    file,
    content: { ...content, ...(content.ca === undefined ? {} : { ca: resolve(dirname(file), content.ca) }) },
    place,
    fail,
  }
}

/** What ajv finds wrong, with what to do; never with the value, which may be a secret. */
function explain({ keyword, params, parentSchema, instancePath }: ErrorObject): string | undefined {
  const given = params as { additionalProperty?: string; missingProperty?: string; allowedValues?: readonly string[] }
  const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {}).join(', ')
  if (keyword === 'additionalProperties') {
    const what = `nothing is called ${JSON.stringify(given.additionalProperty)} here`
    return given.additionalProperty === 'client_secret'
      ? `${what}: this role is a public client, which has no secret. Map a consumer that is not confidential.`
      : `${what}. Known are: ${known}.`
  }
  if (keyword === 'required') return `${given.missingProperty ?? ''} is missing. Add it; known are: ${known}.`
  if (keyword === 'type' && (params as { type?: unknown }).type === 'object')
    return `members are needed, indented below. Known are: ${known}.`
  if (keyword === 'type' && (params as { type?: unknown }).type === 'string')
    return 'a text is needed: put it in quotes.'
  if (keyword === 'enum') return `one of these is needed: ${(given.allowedValues ?? []).join(', ')}.`
  if (keyword === 'pattern' && (parentSchema as { pattern?: string } | undefined)?.pattern === environmentName.source)
    return 'a secret stands here in plain text. Write ${NAME} instead, and set NAME in the environment or in .env.'
  if (keyword === 'pattern' && instancePath === '/baseUrl') return 'an address begins with http:// or https://.'
  if (keyword === 'pattern' && /^\/(resource|login)$/u.test(instancePath))
    return 'a path begins with / and stands below the base URL.'
  return undefined
}

const ways = ['password', 'cookie', 'loginLink'] as const

function checkUser(path: Path, user: SiteUser, file: SiteFile, fail: LoadedSiteFile['fail']): void {
  const given = ways.filter((way) => user[way] !== undefined)
  if (given.length !== 1)
    fail(path, `a user logs in by one of ${ways.join(', ')}; here stands ${given.join(' and ') || 'none'}.`, 'key')
  if (user.cookie === undefined && user.name === undefined)
    fail(path, `name is missing: ${given.join('')} needs the name of the user.`, 'key')
  if (user.loginLink && file.drush === undefined)
    fail(
      [...path, 'loginLink'],
      'a login link is made by drush: give its command as drush, e.g. drush: ddev drush.',
      'key',
    )
}

/** All variables that are missing are named at once. */
function withSecrets(
  file: SiteFile,
  environment: Readonly<Record<string, string | undefined>>,
  fail: LoadedSiteFile['fail'],
): SiteFile {
  const missing: { path: Path; name: string }[] = []
  const filled = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => filled(item, [...path, String(index)]))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, [...path, key])]))
    const name = typeof value === 'string' ? environmentName.exec(value)?.[1] : undefined
    if (name === undefined) return value
    if (name.startsWith('CONTRACT_'))
      fail(path, `${name}: variables that begin with CONTRACT_ are settings of the suite. Choose another name.`)
    const found = environment[name]
    if (found === undefined || found === '') missing.push({ path, name })
    return found
  }
  const content = filled(file, []) as SiteFile
  const [first] = missing
  if (first === undefined) return content
  const all = [...new Set(missing.map(({ name }) => name))].join(', ')
  return fail(first.path, `the environment has no ${all}. Set what is missing there or in .env.`)
}

/** The words of the user's drush command. */
export const drushWords = (drush: string | readonly string[]): readonly string[] =>
  typeof drush === 'string' ? commandWords(drush) : drush
