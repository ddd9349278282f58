import { profiles } from '../../fixtures/sources.ts'

/** One setting; the table makes the flags, the environment variables, `--help`, `.env.example` and the README's table. */
export interface SettingRow {
  /** Flag without the dashes; the variable is CONTRACT_ with this name in capitals. */
  readonly flag: string
  readonly kind: 'text' | 'flag' | 'seconds' | 'count' | 'list'
  readonly values?: readonly string[]
  /** Shown; `null` where a setting has no value by default. */
  readonly fallback: string | null
  /** Placeholder in `--help`. */
  readonly shown?: string
  readonly help: string
}

export const settingRows = {
  target: {
    flag: 'target',
    kind: 'text',
    values: ['auto', 'site', 'container', 'php', 'reference'],
    fallback: 'auto',
    help: 'The server under test. auto: site when a base URL or a site file is given; container where a container engine answers; else php when a codebase is given, else the reference server, which is no Drupal.',
  },
  baseUrl: {
    flag: 'base-url',
    kind: 'text',
    fallback: null,
    shown: 'URL',
    help: 'The address of a site that runs already; with a sub-path or a language prefix if it has one.',
  },
  site: {
    flag: 'site',
    kind: 'text',
    fallback: null,
    shown: 'FILE',
    help: "Site file (YAML): which of the site's own consumers, users and scopes the contract may use. The subcommand init writes one.",
  },
  codebase: {
    flag: 'codebase',
    kind: 'text',
    fallback: null,
    shown: 'DIR',
    help: 'A Composer-built Drupal with Simple OAuth and drush. Never written to: a copy is tested.',
  },
  config: {
    flag: 'config',
    kind: 'text',
    fallback: null,
    shown: 'DIR',
    help: 'Your exported configuration: the site is installed from it instead of the minimal profile.',
  },
  php: { flag: 'php', kind: 'text', fallback: 'php', shown: 'FILE', help: 'The PHP command of the php target.' },
  workers: {
    flag: 'workers',
    kind: 'count',
    fallback: '4',
    help: 'Requests at the same time: those that the server of php and container answers, those that a site is sent.',
  },
  fresh: { flag: 'fresh', kind: 'flag', fallback: 'false', help: 'Make the cached copy, image and installation anew.' },
  cache: {
    flag: 'cache',
    kind: 'text',
    fallback: null,
    shown: 'DIR',
    help: 'Where copies and installations are kept. Default: simple-oauth-contract in the cache folder of your user.',
  },
  image: {
    flag: 'image',
    kind: 'text',
    fallback: null,
    shown: 'NAME',
    help: 'An image with a Drupal site of yours, for the container target; the README says what it has to offer.',
  },
  database: {
    flag: 'database',
    kind: 'text',
    values: ['sqlite', 'mariadb', 'postgres'],
    fallback: 'sqlite',
    help: 'The database of the container target: SQLite in its image, or another in a container beside it.',
  },
  drupal: {
    flag: 'drupal',
    kind: 'text',
    fallback: null,
    shown: 'VERSION',
    help: 'The Drupal that Composer puts in the image, as a constraint (10.5.5, ^11). Default: the newest 11.',
  },
  simpleOauth: {
    flag: 'simple-oauth',
    kind: 'text',
    fallback: null,
    shown: 'VERSION',
    help: 'The Simple OAuth that Composer puts in the image (6.0.9, ~6.1.0). Default: the newest 6.',
  },
  consumers: {
    flag: 'consumers',
    kind: 'text',
    fallback: null,
    shown: 'VERSION',
    help: 'The Consumers module that Composer puts in the image. Default: what Simple OAuth asks for.',
  },
  phpVersion: {
    flag: 'php-version',
    kind: 'text',
    fallback: '8.3',
    shown: 'VERSION',
    help: 'The PHP of the image, where --base-image names no other.',
  },
  baseImage: {
    flag: 'base-image',
    kind: 'text',
    fallback: null,
    shown: 'NAME',
    help: 'The image to build on: PHP and, unless a codebase is given, Composer. Default: the official image drupal:11-phpVERSION-apache-bookworm.',
  },
  allowAdvisories: {
    flag: 'allow-advisories',
    kind: 'flag',
    fallback: 'false',
    help: 'Let Composer take versions with security advisories, to test an old one.',
  },
  drush: {
    flag: 'drush',
    kind: 'text',
    fallback: null,
    shown: 'COMMAND',
    help: 'The drush of the site: "ddev drush", "ssh HOST drush". Split at spaces, quotes keep a word together; no shell.',
  },
  provision: {
    flag: 'provision',
    kind: 'flag',
    fallback: 'false',
    help: 'Make own users, roles, scopes and clients on the site by drush, and remove them again.',
  },
  dryRun: {
    flag: 'dry-run',
    kind: 'flag',
    fallback: 'false',
    help: 'With --provision: list what would be made, make nothing, run nothing.',
  },
  manifest: {
    flag: 'manifest',
    kind: 'text',
    fallback: null,
    shown: 'FILE',
    help: 'The list of what --provision makes, for cleanup; kept where it is named. Default: a file in the cache folder while it is needed.',
  },
  referenceProfile: {
    flag: 'reference-profile',
    kind: 'text',
    values: ['simple-oauth-6.0', 'ideal'],
    fallback: 'simple-oauth-6.0',
    help: 'How the reference server behaves.',
  },
  referenceFault: {
    flag: 'reference-fault',
    kind: 'text',
    fallback: null,
    shown: 'NAME',
    help: 'A weakness to give the reference server, to see what the contract makes of it.',
  },
  only: {
    flag: 'only',
    kind: 'list',
    fallback: null,
    shown: 'ID',
    help: 'Run these contracts only: ids or globs (pkce.*), repeatable or with commas.',
  },
  source: {
    flag: 'source',
    kind: 'list',
    fallback: null,
    shown: 'DOCUMENT[/SECTION]',
    help: 'Only contracts that rest on this document, or section with those below it (rfc7636/4). Repeatable or with commas.',
  },
  severity: {
    flag: 'severity',
    kind: 'list',
    fallback: null,
    shown: 'LEVEL',
    help: 'Only contracts of these severities (critical,low), or of one and all above it (high+).',
  },
  group: {
    flag: 'group',
    kind: 'list',
    fallback: null,
    shown: 'NAME',
    help: 'Only contracts of these groups: a folder of specs (token), a file in it (pkce), both (token/pkce), or own.',
  },
  client: {
    flag: 'client',
    kind: 'list',
    fallback: null,
    shown: 'ROLE',
    help: 'Only contracts in which these clients act, by role (publicPkce). Repeatable or with commas.',
  },
  contracts: {
    flag: 'contracts',
    kind: 'text',
    fallback: null,
    shown: 'DIR',
    help: 'A folder of your own contracts (*.spec.ts, ids x-…), which run with the ones of the suite.',
  },
  profile: {
    flag: 'profile',
    kind: 'text',
    values: Object.keys(profiles),
    fallback: 'default',
    help: 'Which documents bind: outside the profile a requirement is at most a warning.',
  },
  slow: {
    flag: 'slow',
    kind: 'flag',
    fallback: 'false',
    help: 'Wait as long as it takes to prove the lifetimes a site file promises; without it they are at best not refuted.',
  },
  strict: { flag: 'strict', kind: 'flag', fallback: 'false', help: 'Count warnings as failed.' },
  baseline: {
    flag: 'baseline',
    kind: 'list',
    fallback: null,
    shown: 'FILE',
    help: 'Your own known issues (YAML), in addition to those of released versions. Repeatable or with commas.',
  },
  report: {
    flag: 'report',
    kind: 'text',
    fallback: 'results',
    shown: 'DIR',
    help: 'Folder of report.json and evidence. Where it is not named, each run has a folder of its own in results, and results/latest is a link to the newest.',
  },
  compareWith: {
    flag: 'compare-with',
    kind: 'text',
    fallback: null,
    shown: 'REPORT',
    help: 'An earlier report.json, or its folder: what changed since then is printed, and written beside the report.',
  },
  accept: {
    flag: 'accept',
    kind: 'text',
    fallback: null,
    shown: 'FILE',
    help: 'With --compare-with: changes that are accepted (YAML). The subcommand compare writes one with --write-accept.',
  },
  requestTimeout: { flag: 'request-timeout', kind: 'seconds', fallback: '30', help: 'Longest time for one request.' },
  checkTimeout: {
    flag: 'check-timeout',
    kind: 'seconds',
    fallback: '120',
    help: 'Longest time for one check, its waiting for an expiry included.',
  },
  startTimeout: { flag: 'start-timeout', kind: 'seconds', fallback: '300', help: 'Longest time to install and start.' },
  ca: {
    flag: 'ca',
    kind: 'text',
    fallback: null,
    shown: 'FILE',
    help: 'PEM file of a certificate authority to trust beside the well-known ones.',
  },
} as const satisfies Record<string, SettingRow>

export type SettingName = keyof typeof settingRows

/** CONTRACT_REFERENCE_PROFILE for `reference-profile`. */
export const variableOf = (row: SettingRow): string => `CONTRACT_${row.flag.replaceAll('-', '_').toUpperCase()}`
