import { dirname, resolve } from 'node:path'
import type { ErrorObject } from 'ajv/dist/2020.js'
import { newAjv } from '../../model/ajv.ts'
import { lazy } from '../../model/lazy.ts'
import { clients, type ClientRole, type ScopeRole, type UserRole } from '../../../fixtures/roles.ts'
import type { Profile } from '../../../fixtures/sources.ts'
import type { Guarantees } from '../../model/policy.ts'
import { commandWords } from '../../drupal/site-drush.ts'
import { didYouMean, near } from '../../settings/suggest.ts'
import { checkPromises, requestProblem } from './check-promises.ts'
import { environmentName } from './schema-parts.ts'
import { siteSchema } from './site-schema.ts'
import type { ClientInfo, Versions } from '../../model/target.ts'
import { readYamlFile, type Path, type YamlFile } from '../../settings/yaml-file.ts'

/** A client of the site; whatever its owner leaves out is as in the role's fixture. */
export type SiteClient = Pick<ClientInfo, 'client_id' | 'client_secret'> &
  Partial<Omit<ClientInfo, 'role' | 'client_id' | 'client_secret' | 'confidential' | 'pkce'>>

/** One of `password`, `cookie` and `loginLink`. */
export interface SiteUser {
  readonly name?: string
  readonly password?: string
  /** NAME=VALUE */
  readonly cookie?: string
  readonly loginLink?: true
  readonly uid?: number
}

/** A consumer with guarantees by the site owner. */
export interface ConsumerPromise {
  /** Its client_id. */
  readonly consumer: string
  readonly client_secret?: string
  readonly redirectUri?: string
  readonly user?: UserRole
  readonly requests?: readonly string[]
  readonly promises: Guarantees
}

/** A site file, with its secrets taken from the environment. */
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

/** The content of a site file, and functions to report a problem with its place in the file. */
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
  const ajv = newAjv({ verbose: true, allowUnionTypes: true })
  return ajv.compile<SiteFile>(siteSchema)
})

/**
 * Reads a site file and replaces each `${NAME}` with the value of the environment variable.
 * @param environment The variables, including those from `.env`.
 * @throws SiteFileError
 */
export function readSite(file: string, environment: Readonly<Record<string, string | undefined>>): LoadedSiteFile {
  const { value, place, fail } = readWithoutSecrets(file)
  const content = withSecrets(value, environment, fail)
  return {
    file,
    content: { ...content, ...(content.ca === undefined ? {} : { ca: resolve(dirname(file), content.ca) }) },
    place,
    fail,
  }
}

/**
 * The base URL of a site file, or null; needs no secrets.
 * @throws SiteFileError
 */
export const addressIn = (file: string): string | null => readWithoutSecrets(file).value.baseUrl ?? null

function readWithoutSecrets(file: string): YamlFile<SiteFile> {
  const yaml = readYamlFile(file, {
    validate: validator(),
    unreadable:
      'the site file cannot be read. Pass the path of a YAML file with --site; the subcommand init writes one.',
    error: SiteFileError,
    empty: {},
    explain,
  })
  const { value, fail } = yaml
  for (const [role, user] of Object.entries(value.users ?? {})) checkUser(['users', role], user, value, fail)
  checkPromises(value, fail)
  return yaml
}

/** Explains a schema error and what to do; never quotes the value, which may be a secret. */
function explain({ keyword, params, parentSchema, instancePath, data }: ErrorObject): string | undefined {
  const details = params as { additionalProperty?: string; missingProperty?: string; allowedValues?: readonly string[] }
  const properties = (parentSchema as { properties?: object } | undefined)?.properties ?? {}
  const valid = Object.keys(properties).join(', ')
  if (keyword === 'additionalProperties') {
    const what = `${JSON.stringify(details.additionalProperty)} is not a valid member here`
    const meant = near(details.additionalProperty ?? '', Object.keys(properties)).slice(0, 3)
    return details.additionalProperty === 'client_secret'
      ? `${what}: ${withoutSecretIn(instancePath)}`
      : `${what}.${didYouMean(meant) || ` Valid members: ${valid}.`}`
  }
  if (keyword === 'required') return `${details.missingProperty ?? ''} is missing. Add it; valid members: ${valid}.`
  if (keyword === 'type' && (params as { type?: unknown }).type === 'object')
    return `expected an object with indented members. Valid members: ${valid}.`
  if (keyword === 'type' && (params as { type?: unknown }).type === 'string')
    return 'expected a string: put the value in quotes.'
  if (keyword === 'enum') return `expected one of: ${(details.allowedValues ?? []).join(', ')}.`
  if (keyword === 'pattern') return patternProblem(instancePath, parentSchema, data)
  return undefined
}

function withoutSecretIn(place: string): string {
  const role = place.split('/').at(-1) as ClientRole
  return clients[role].confidential
    ? 'this role is a client for which no secret is stored.'
    : 'this role is a public client, which has no secret. Map a consumer with "Is Confidential?" switched off.'
}

/** The required form of a string, by its place. */
function patternProblem(place: string, schema: ErrorObject['parentSchema'], data: unknown): string | undefined {
  if ((schema as { pattern?: string } | undefined)?.pattern === environmentName.source)
    return 'this is a secret in plain text. Write ${NAME} instead, and set NAME in the environment or in .env.'
  if (/\/promises\/(?:opens|staysClosed)\//u.test(place)) return requestProblem(String(data))
  if (place.includes('/browserOrigins/'))
    return 'expected an origin: scheme, host and port alone, for example https://app.example.org.'
  if (place.includes('/keyThumbprint'))
    return 'expected a thumbprint of 43 characters, as the report of a run lists it under "keys".'
  if (place === '/baseUrl') return 'expected a URL that begins with http:// or https://.'
  if (/^\/(resource|login)$/u.test(place)) return 'expected a path below the base URL that begins with /.'
  return undefined
}

const loginMethods = ['password', 'cookie', 'loginLink'] as const

function checkUser(path: Path, user: SiteUser, file: SiteFile, fail: LoadedSiteFile['fail']): void {
  const used = loginMethods.filter((method) => user[method] !== undefined)
  if (used.length !== 1)
    fail(path, `expected exactly one of ${loginMethods.join(', ')}, got ${used.join(' and ') || 'none'}.`, 'key')
  if (user.cookie === undefined && user.name === undefined)
    fail(path, `name is missing: ${used.join('')} requires the name of the user.`, 'key')
  if (user.loginLink && file.drush === undefined)
    fail(
      [...path, 'loginLink'],
      'drush creates the login link: add its command as drush, for example drush: ddev drush.',
      'key',
    )
}

/** Reports all missing variables at once. */
function withSecrets(
  file: SiteFile,
  environment: Readonly<Record<string, string | undefined>>,
  fail: LoadedSiteFile['fail'],
): SiteFile {
  const missing: { path: Path; name: string }[] = []
  const substitute = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => substitute(item, [...path, String(index)]))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, [...path, key])]))
    const name = typeof value === 'string' ? environmentName.exec(value)?.[1] : undefined
    if (name === undefined) return value
    if (name.startsWith('CONTRACT_'))
      fail(
        path,
        `${name}: variables that begin with CONTRACT_ are reserved for settings of the suite. Choose another name.`,
      )
    const found = environment[name]
    if (found === undefined || found === '') missing.push({ path, name })
    return found
  }
  const content = substitute(file, []) as SiteFile
  const [first] = missing
  if (first === undefined) return content
  const all = [...new Set(missing.map(({ name }) => name))].join(', ')
  return fail(first.path, `not set in the environment: ${all}. Set it there or in .env.`)
}

/** The user's drush command, as a list of words. */
export const drushWords = (drush: string | readonly string[]): readonly string[] =>
  typeof drush === 'string' ? commandWords(drush) : drush
