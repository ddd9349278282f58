import { clients, scopes, users, type ClientFixture, type UserRole } from '../../fixtures/roles.ts'
import type { proposedLines } from '../exported-config/propose-site.ts'
import { suite } from '../model/package.ts'
import { consumerSettings, hasSecret, scopeWords } from '../targets/site/describe-role.ts'
import { defaultLogin, defaultResource, type SiteFacts } from '../targets/site/probe-site.ts'
import { asksForConsent } from '../targets/site/site-schema.ts'

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
