import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { clients, scopes, users, type ClientFixture, type UserRole } from '../../fixtures/roles.ts'
import { createHttpClient } from '../http/client.ts'
import { SettingsError, type Settings } from '../settings/settings.ts'
import {
  baseUrlOf,
  defaultLogin,
  defaultResource,
  probeSite,
  unreachable,
  type SiteFacts,
} from '../targets/site/probe-site.ts'
import { asksForConsent } from '../targets/site/site-schema.ts'
import { transportWarnings } from '../targets/site/transport-warnings.ts'
import { consumerSettings, hasSecret, scopeWords } from '../targets/site/describe-role.ts'
import { TargetError } from '../model/target.ts'
import { packageRoot, suite } from '../model/package.ts'
import { readAuthority } from '../plan/plan.ts'
import { proposedLines } from '../exported-config/propose-site.ts'
import { readDrushFacts, type DrushFacts } from '../drupal/drush-facts.ts'
import { commandWords } from '../drupal/site-drush.ts'
import { proposedConsumers, type ProposedConsumers } from './propose-consumers.ts'
import { readConfig } from '../exported-config/read-config.ts'
import { shellQuote } from '../report/escape.ts'

export interface InitOptions {
  /** The file to write. */
  readonly out: string
  /** Overwrite a file that exists. */
  readonly force: boolean
  /** How the user calls the command. */
  readonly command: string
  /** Whether Node accepts every certificate (NODE_TLS_REJECT_UNAUTHORIZED=0). */
  readonly uncheckedTls: boolean
  /** For what is to be known before the first request. */
  readonly say: (line: string) => void
}

/**
 * Asks a site what it is, and writes a site file for it, to be completed.
 * @returns What to tell the user.
 * @throws TargetError where the site cannot be tested, SettingsError where the file cannot be written.
 */
export async function init(
  settings: Settings,
  { out: file, force, command, uncheckedTls, say }: InitOptions,
): Promise<string> {
  if (settings.baseUrl === null && settings.config === null && settings.drush === null)
    throw new SettingsError('bad-value', '"init" requires the address of the site: --base-url URL.')
  if (existsSync(file) && !force)
    throw new SettingsError(
      'bad-value',
      `${file} already exists. Name another file with --out, or overwrite it with --force.`,
    )
  const exported = settings.config === null ? null : proposedLines(readConfig(settings.config))
  const read = settings.drush === null ? null : proposedConsumers(await drushFacts(settings.drush, say))
  const proposed = read ?? exported
  const baseUrl = settings.baseUrl === null ? null : baseUrlOf(settings.baseUrl)
  if (baseUrl !== null) for (const warning of transportWarnings(baseUrl, uncheckedTls)) say(`warning: ${warning}`)
  const facts = baseUrl === null ? null : await factsOf(baseUrl, settings)
  try {
    writeFileSync(
      file,
      siteFileText(baseUrl, facts, {
        ...{ schema: schemaFrom(file), ca: settings.ca && from(file, settings.ca), proposed },
        ...(read === null ? {} : { versions: read.versions, drush: settings.drush }),
      }),
    )
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SettingsError('bad-value', `${file} cannot be written: ${why}. Name another file with --out.`)
  }
  return [
    ...(baseUrl === null ? [] : seen(baseUrl, facts)),
    ...(read === null ? [] : proposedText(read)),
    `Created ${file}. Complete it, put the secrets into the environment or .env, and run`,
    `  ${command} --site ${shellQuote(file)}`,
  ].join('\n')
}

/** Reads only; the command is run without a shell. */
function drushFacts(command: string, say: (line: string) => void): Promise<DrushFacts> {
  say('· reading consumers and scopes with drush')
  return readDrushFacts({ command: commandWords(command), timeout: 120_000, redact: (text) => text }, [])
}

function proposedText({ policy, secrets }: ProposedConsumers): string[] {
  const count = policy.filter((line) => line.startsWith('  - consumer:')).length
  return [
    `Proposed a policy for ${String(count)} consumer${count === 1 ? '' : 's'}, as they are set now: keep what you guarantee.`,
    ...(secrets.length > 0 ? [`Secrets that the file names: ${secrets.join(', ')}.`] : []),
  ]
}

/** Null if the site requires HTTP authentication first; the file has a place for it. */
async function factsOf(baseUrl: string, settings: Settings): Promise<SiteFacts | null> {
  const ca = readAuthority(settings)
  const http = createHttpClient({
    ...{ origin: new URL(baseUrl).origin, timeout: settings.requestTimeout * 1000, bodyLimit: 1024 * 1024 },
    ...{ connections: 1, ...(ca === null ? {} : { ca }) },
  })
  try {
    return await probeSite(http, { baseUrl, resource: defaultResource, httpBasic: false })
  } catch (error) {
    if (error instanceof TargetError && error.code === 'http-basic-needed') return null
    throw unreachable(baseUrl, error)
  } finally {
    await http.close()
  }
}

function seen(baseUrl: string, facts: SiteFacts | null): string[] {
  if (facts === null) return [`${baseUrl} requires HTTP authentication: fill in httpBasic.`]
  const version = facts.drupal === null ? 'Drupal' : `Drupal ${facts.drupal}`
  const keys = facts.jwks ? 'its public keys are at /oauth/jwks' : 'it publishes no keys at /oauth/jwks'
  const resource = facts.resource ? `${defaultResource} exists` : `${defaultResource} does not exist: name a resource`
  return [`${baseUrl} is a ${version} site with Simple OAuth; ${keys}; ${resource}.`]
}

/** A path relative to the folder of the file. */
const from = (file: string, path: string): string =>
  relative(dirname(resolve(file)), resolve(path)).replaceAll('\\', '/')

/** The path at which an editor finds the schema. */
const schemaFrom = (file: string): string => from(file, join(packageRoot, 'fixtures', 'schemas', 'site.schema.json'))

/** The text of a site file with an example of every member; lines that begin with # and no space are YAML to uncomment. */
export function siteFileText(
  baseUrl: string | null,
  facts: SiteFacts | null,
  {
    schema,
    ca,
    proposed = null,
    versions = [],
    drush = null,
  }: {
    readonly schema: string
    readonly ca: string | null
    readonly proposed?: ReturnType<typeof proposedLines> | null
    /** As drush reads them. */
    readonly versions?: readonly string[]
    readonly drush?: string | null
  },
): string {
  return [
    `# yaml-language-server: $schema=${schema}`,
    `# Site file of ${suite.name}: which consumers, users and scopes of the site to use, by role.`,
    '#',
    '# Uncomment what your site has. Contracts that need a missing role are skipped and listed. Secrets belong in the environment',
    '# or in .env, and are written here as ${NAME}; a secret itself is rejected. Tokens and codes are issued to the consumers, and',
    '# the users log in once per run: create some for this purpose alone.',
    '',
    baseUrl === null ? '#baseUrl: https://staging.example.org' : `baseUrl: ${JSON.stringify(baseUrl)}`,
    '',
    ...(facts === null && baseUrl !== null ? httpBasic.map((line) => line.replace(/^#(?! \S)/u, '')) : httpBasic),
    '',
    '# Installed versions (drush pm:list, composer show). They are not detected; known issues and the record of a release depend on them.',
    ...(versions.length > 0
      ? ['versions:', ...versions]
      : [
          '#versions:',
          `#  drupal: "${facts?.drupal ?? '10'}.0.0"`,
          '#  simple_oauth: "6.0.9"',
          '#  league: "9.2.0"',
          '#  consumers: "1.21.0"',
          '#  database: "SQLite"',
        ]),
    '',
    '# Scopes by role, with their names on the site. Most contracts need debug and content.',
    ...(proposed !== null && proposed.scopes.length > 0
      ? proposed.scopes
      : [
          '#scopes:',
          ...Object.entries(scopes).flatMap(([role, scope]) => [
            `#  # ${scopeWords(scope)}`,
            `#  ${role}: ${role.toLowerCase()}`,
          ]),
        ]),
    '',
    '# Users by role. Most contracts need editor. A user logs in by one of',
    '# - password: ${NAME}',
    '# - cookie: ${NAME}, the session cookie of a browser as NAME=VALUE: for single sign-on, second factors and captchas',
    '# - loginLink: true, a one-time login link from the Drush command below',
    '#users:',
    ...Object.entries(users)
      .filter(([role, { admin }]) => !unused.has(role) && admin === undefined)
      .flatMap(([role, { permissions }]) => [
        `#  # permissions: ${permissions.join(', ')}`,
        `#  ${role}:`,
        `#    name: ${role.toLowerCase()}`,
        `#    password: \${${variable(role)}_PASSWORD}`,
      ]),
    '',
    '# Consumers by role (/admin/config/services/consumer). Most contracts need publicPkce, the others machine.',
    '#clients:',
    ...Object.entries(clients)
      .filter(actsAsNoAdmin)
      .flatMap(([role, client]) => [
        `#  # ${client.what}`,
        `#  # ${consumerSettings(client).join('; ')}`,
        `#  ${role}:`,
        `#    client_id: ${role.toLowerCase()}`,
        ...(hasSecret(client) ? [`#    client_secret: \${${variable(role)}_SECRET}`] : []),
        ...(client.grantTypes.includes('authorization_code')
          ? [`#    redirectUris: [${client.redirectUris.map((uri) => JSON.stringify(uri)).join(', ')}]`]
          : []),
        ...(asksForConsent(client) ? ['#    remembers: false'] : []),
        `#    accessTokenLifetime: ${client.accessTokenLifetime}`,
        `#    refreshTokenLifetime: ${client.refreshTokenLifetime}`,
      ]),
    '',
    '# Path of a JSON resource that requires the scope debug, and path of the login form.',
    `#resource: ${JSON.stringify(defaultResource)}`,
    `#login: ${JSON.stringify(defaultLogin)}`,
    '',
    '# What you guarantee about consumers: each guarantee is proven or refuted.',
    ...(proposed !== null && proposed.policy.length > 0 ? proposed.policy : examplePolicy),
    '',
    '# Which standards are mandatory; violations of others are warnings.',
    '#profile: default',
    '',
    '# Why a contract does not apply here, so that the run is complete without it. It still runs if it can.',
    '#notApplicable:',
    '#  login.wrong-password: "Failed logins are not allowed on this site."',
    '',
    '# Allow requests that may disturb a live site: bursts, failed and repeated logins, malformed input, forged hosts.',
    '#stress: true',
    '',
    '# PEM file of your own certificate authority, relative to the folder of this file.',
    ca === null ? '#ca: authority.pem' : `ca: ${JSON.stringify(ca)}`,
    '',
    '# The command that runs Drush for this site: for login links, and for runs with --provision, which create users, scopes and',
    '# consumers instead of using those above, and remove them afterwards. That needs your permission.',
    drush === null ? '#drush: ddev drush' : `drush: ${JSON.stringify(drush)}`,
    '#provision: { allowed: true }',
    '',
  ].join('\n')
}

/** Roles that are only used if the suite may change the site, or that never log in. */
const unused: ReadonlySet<string> = new Set<UserRole>(['blocked', 'changing', 'service'])

const examplePolicy = [
  '#policy:',
  '#  - consumer: my-app',
  '#    redirectUri: https://app.example.org/callback',
  '#    promises: { pkce: required, grants: [authorization_code, refresh_token], accessTokenLifetime: 300 }',
]

const httpBasic = [
  '# HTTP authentication in front of the site, common on staging sites.',
  '#httpBasic:',
  '#  user: staging',
  '#  password: ${STAGING_PASSWORD}',
]

/** OTHER_EDITOR for the role otherEditor. */
const variable = (role: string): string => role.replace(/[A-Z]/gu, (letter) => `_${letter}`).toUpperCase()

/** Nobody should map accounts with every permission without thinking of it. */
const actsAsNoAdmin = ([, { user }]: [string, ClientFixture]): boolean =>
  user === undefined || users[user].admin === undefined
