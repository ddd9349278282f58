import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { clients, scopes, users, type UserRole } from '../../fixtures/roles.ts'
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
import { consumerSettings, scopeWords } from '../targets/site/describe-role.ts'
import { TargetError } from '../model/target.ts'
import { packageRoot, suite } from '../model/package.ts'
import { readAuthority } from '../plan/plan.ts'

/** What `init` is given beside the settings. */
export interface InitOptions {
  /** The file to write; null for site.yaml. */
  readonly out: string | null
  /** Write over a file that is there. */
  readonly force: boolean
}

/**
 * Asks a site what it is, and writes a site file for it, to be filled in.
 * @returns what to tell the user.
 * @throws TargetError where no site can be tested, SettingsError where the file cannot be written.
 */
export async function init(settings: Settings, { out, force }: InitOptions): Promise<string> {
  const file = out ?? 'site.yaml'
  if (settings.baseUrl === null)
    throw new SettingsError('bad-value', `Which site? ${suite.name} init --base-url URL [--out FILE]`)
  if (existsSync(file) && !force)
    throw new SettingsError('bad-value', `${file} exists. Name another file with --out, or write over it with --force.`)
  const baseUrl = baseUrlOf(settings.baseUrl)
  const facts = await factsOf(baseUrl, settings)
  try {
    writeFileSync(
      file,
      siteFileText(baseUrl, facts, { schema: schemaFrom(file), ca: settings.ca && from(file, settings.ca) }),
    )
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SettingsError('bad-value', `${file} cannot be written (${why}). Name another file with --out.`)
  }
  return [
    ...seen(baseUrl, facts),
    `Written: ${file}. Now map what the site has, put the secrets into the environment or .env, and run`,
    `  ${suite.name} --site ${file}`,
  ].join('\n')
}

/** Null where the site shows nothing before HTTP authentication: the file has a place for it. */
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
  if (facts === null) return [`${baseUrl} asks for HTTP authentication before anything is seen: fill in httpBasic.`]
  const version = facts.drupal === null ? 'a Drupal' : `Drupal ${facts.drupal}`
  const keys = facts.jwks ? 'its public keys are at /oauth/jwks' : 'it publishes no keys at /oauth/jwks'
  const resource = facts.resource ? `${defaultResource} is there` : `${defaultResource} is not there: name a resource`
  return [`${baseUrl} is ${version} with Simple OAuth; ${keys}; ${resource}.`]
}

/** A path as it has to stand in the file. */
const from = (file: string, path: string): string =>
  relative(dirname(resolve(file)), resolve(path)).replaceAll('\\', '/')

/** Where an editor finds the schema. */
const schemaFrom = (file: string): string => from(file, join(packageRoot, 'fixtures', 'schemas', 'site.schema.json'))

/** Lines that begin with # and no space are YAML to be used: an example of every member. */
export function siteFileText(
  baseUrl: string,
  facts: SiteFacts | null,
  { schema, ca }: { readonly schema: string; readonly ca: string | null },
): string {
  return [
    `# yaml-language-server: $schema=${schema}`,
    `# Site file of ${suite.name}: which consumers, users and scopes of a site the contract may use, by role.`,
    '#',
    '# Take away the # before what the site has. Whatever a role that is left out is needed for is skipped by name, and the',
    '# summary of a run says so. Secrets stand in the environment or in .env, here as ${NAME}; a secret itself is refused.',
    '# The consumers get tokens and codes, and the users log in once a run: give the contract some of their own.',
    '',
    `baseUrl: ${JSON.stringify(baseUrl)}`,
    '',
    ...(facts === null ? httpBasic.map((line) => line.replace(/^#(?! \S)/u, '')) : httpBasic),
    '',
    '# What runs there: stated, not seen. Known differences of released versions are excused by it (drush pm:list, composer show).',
    '#versions:',
    `#  drupal: "${facts?.drupal ?? '10'}.0.0"`,
    '#  simple_oauth: "6.0.9"',
    '#  league: "9.2.0"',
    '',
    '# Scopes by role, by their own names. Nearly everything needs debug and content.',
    '#scopes:',
    ...Object.entries(scopes).flatMap(([role, scope]) => [
      `#  # ${scopeWords(scope)}`,
      `#  ${role}: ${role.toLowerCase()}`,
    ]),
    '',
    '# Users by role. Nearly everything needs editor. A user logs in by one of',
    '# - password: ${NAME}',
    '# - cookie: ${NAME}, the session of a browser as NAME=VALUE: for single sign-on, second factors and captchas',
    '# - loginLink: true, a one-time link that the drush command below makes',
    '#users:',
    ...Object.entries(users)
      .filter(([role]) => !unused.has(role))
      .flatMap(([role, { permissions }]) => [
        `#  # may: ${permissions.join(', ')}`,
        `#  ${role}:`,
        `#    name: ${role.toLowerCase()}`,
        `#    password: \${${variable(role)}_PASSWORD}`,
      ]),
    '',
    '# Consumers by role (/admin/config/services/consumer). Nearly everything needs publicPkce, and the rest machine.',
    '#clients:',
    ...Object.entries(clients).flatMap(([role, client]) => [
      `#  # ${client.what}`,
      `#  # ${consumerSettings(client).join('; ')}`,
      `#  ${role}:`,
      `#    client_id: ${role.toLowerCase()}`,
      ...(client.confidential ? [`#    client_secret: \${${variable(role)}_SECRET}`] : []),
      ...(client.grantTypes.includes('authorization_code')
        ? [`#    redirectUris: [${client.redirectUris.map((uri) => JSON.stringify(uri)).join(', ')}]`]
        : []),
      `#    accessTokenLifetime: ${client.accessTokenLifetime}`,
      `#    refreshTokenLifetime: ${client.refreshTokenLifetime}`,
    ]),
    '',
    '# A JSON object below the base URL that opens to the scope debug and not without; the login form, if it stands elsewhere.',
    `#resource: ${JSON.stringify(defaultResource)}`,
    `#login: ${JSON.stringify(defaultLogin)}`,
    '',
    '# What you promise of consumers: each promise is proven or refuted (README).',
    '#policy:',
    '#  - consumer: my-app',
    '#    redirectUri: https://app.example.org/callback',
    '#    promises: { pkce: required, grants: [authorization_code, refresh_token], accessTokenLifetime: 300 }',
    '',
    '# Which documents bind: a requirement of another one is at most a warning.',
    '#profile: default',
    '',
    '# Why a contract does not apply here: skipping it is then no gap. It runs wherever it can.',
    '#notApplicable:',
    '#  login.wrong-password: "Failed logins are not allowed on this site."',
    '',
    '# Allow what could trouble a live site: bursts, failed and repeated logins, oversized input, forged hosts.',
    '#stress: true',
    '',
    '# A certificate authority of your own: its PEM file, seen from the folder of this one.',
    ca === null ? '#ca: authority.pem' : `ca: ${JSON.stringify(ca)}`,
    '',
    '# How drush is called for this site: for login links, and for a run with --provision, which makes users, scopes and consumers',
    '# of its own instead of those above and removes them again. It needs your permission.',
    '#drush: ddev drush',
    '#provision: { allowed: true }',
    '',
  ].join('\n')
}

/** Roles that act only where the suite may change the site, or never log in. */
const unused: ReadonlySet<string> = new Set<UserRole>(['blocked', 'changing', 'service'])

const httpBasic = [
  '# HTTP authentication in front of the site, as staging sites have it.',
  '#httpBasic:',
  '#  user: staging',
  '#  password: ${STAGING_PASSWORD}',
]

/** OTHER_EDITOR for otherEditor. */
const variable = (role: string): string => role.replace(/[A-Z]/gu, (letter) => `_${letter}`).toUpperCase()
