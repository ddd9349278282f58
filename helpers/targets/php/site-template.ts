import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DrushProcess, runDrush, type DrushOptions } from '../../drupal/drush.ts'
import { provisionData } from '../../drupal/provision.ts'
import { asRoles, ownLifetimes } from '../../drupal/roles-as-scopes.ts'
import { packageRoot, suite } from '../../model/package.ts'
import { TargetError } from '../../model/target.ts'
import { copyAll, hashOf, type CodeCache } from '../install/code-cache.ts'
import { listFiles, type Codebase, type CodeFile } from '../install/codebase.ts'
import { cacheError, installError } from '../install/install-error.ts'
import {
  configFiles,
  installTimeout,
  type ProvisionedSite,
  installableExtensions,
  provisionSite,
  translationOf,
} from '../install/provision-site.ts'
import { routerOf } from '../install/ready.ts'
import { makingName, removeFolder, runsOn } from '../install/run-folder.ts'
import type { PhpInfo } from './check-php.ts'
import { databaseEnvironment, type DatabaseAccess } from './database.ts'
import { startPhpServer } from './php-server.ts'

const settingsFile = join(packageRoot, 'drupal/settings.php')
const provisionFile = join(packageRoot, 'drupal/provision.php')

/** What is known about an installed site; stored in its folder. */
export interface Template extends ProvisionedSite {
  readonly hashSalt: string
}

/** One site's own folders; the code is shared. */
export interface SitePlace {
  readonly folder: string
  readonly hashSalt: string
  readonly temp: string
  /** Instead of a SQLite file in the folder. */
  readonly database?: DatabaseAccess
}

export interface TemplateOptions {
  readonly cache: CodeCache
  readonly codebase: Codebase
  readonly files: readonly CodeFile[]
  readonly php: PhpInfo
  /** A folder with exported configuration. */
  readonly config?: string
  readonly fresh: boolean
  readonly startTimeout: number
  readonly progress: (stage: string) => void
  /** Receives every started process, so that it can be killed from elsewhere. */
  readonly started: (child: ChildProcess) => void
}

/** The environment that `drupal/settings.php` reads. */
export function siteEnvironment({ folder, hashSalt, temp, database }: SitePlace): Record<string, string> {
  return {
    ...(database ? databaseEnvironment(database) : {}),
    DRUPAL_SQLITE: join(folder, 'db/site.sqlite'),
    DRUPAL_FILES: join(folder, 'files'),
    DRUPAL_KEYS: join(folder, 'keys'),
    DRUPAL_TEMP: temp,
    DRUPAL_HASH_SALT: hashSalt,
    TMPDIR: temp,
    // The user's own drush settings are not part of the codebase.
    HOME: temp,
  }
}

export function drushOptions(cache: CodeCache, codebase: Codebase, php: string, place: SitePlace): DrushOptions {
  // The path of the log also identifies the process as part of this run.
  const command = [php, '-d', `error_log=${join(place.temp, 'drush-error.log')}`, join(cache.code, codebase.drush)]
  return {
    command: [...command, '--uri=http://127.0.0.1', `--root=${join(cache.code, codebase.docroot)}`, '--no-ansi', '-y'],
    cwd: cache.code,
    env: siteEnvironment(place),
    // Drush finds the usual one itself.
    ...(php === 'php' ? {} : { programs: programsOf(php, place) }),
  }
}

/** A folder whose `php` is the site's PHP, for the PATH of drush, which starts further drush processes. */
function programsOf(php: string, { temp }: SitePlace): string {
  const folder = join(temp, `programs-${hashOf(php).slice(0, 8)}`)
  if (existsSync(folder)) return folder
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'php'), `#!/bin/sh\nexec '${php.replaceAll("'", "'\\''")}' "$@"\n`, { mode: 0o700 })
  return folder
}

/**
 * Finds or installs the site for this code, PHP, configuration, fixtures and version of the suite. The caller holds the lock.
 *
 * @returns the folder from which each run copies its site.
 * @throws {TargetError} `codebase-busy`, `config-missing`, `install-failed`, `disk-full`, `cache-unwritable` and those of the server.
 */
export async function ensureTemplate(options: TemplateOptions): Promise<{ folder: string; template: Template }> {
  const { cache, config } = options
  placeSettings(cache, options.codebase)
  const variant = `template-${hashOf(config ?? '').slice(0, 8)}-`
  const folder = join(cache.folder, variant + fingerprint(options))
  if (options.fresh || !existsSync(folder)) {
    refuseBusyCopy(options)
    for (const name of readdirSync(cache.folder)) {
      if (name.startsWith(variant) || name.startsWith('making-')) removeFolder(join(cache.folder, name))
    }
    await makeTemplate(options, folder)
  }
  return { folder, template: JSON.parse(readFileSync(join(folder, 'template.json'), 'utf8')) as Template }
}

function fingerprint({ codebase, files, php, config }: TemplateOptions): string {
  const own = [settingsFile, provisionFile].map((file) => readFileSync(file, 'utf8'))
  const entities = provisionData({ random: () => '' })
  const fixtures = [entities, asRoles(entities, ownLifetimes)]
  const parts = [codebase, files, php, config === undefined ? [] : configFiles(config), own, fixtures, suite.version]
  return hashOf(parts).slice(0, 16)
}

/** site:install writes its database into the settings.php of the copy, and a site that is served from it would answer from there. */
export function refuseBusyCopy({ cache, codebase }: Pick<TemplateOptions, 'cache' | 'codebase'>): void {
  const [busy] = runsOn(cache.code)
  if (busy === undefined) return
  throw new TargetError(
    'codebase-busy',
    `Another run (process ${String(busy)}) is testing a copy of ${codebase.root}, on which a new site has to be installed. Wait for that run to end, or give this one a cache of its own with --cache DIR.`,
  )
}

async function makeTemplate(options: TemplateOptions, folder: string): Promise<void> {
  const making = join(options.cache.folder, makingName())
  const place = { folder: making, temp: join(making, 'temp'), hashSalt: newHashSalt() }
  try {
    const template = await installSite(options, place)
    writeFileSync(join(making, 'template.json'), JSON.stringify(template), { mode: 0o600 })
    renameSync(making, folder)
  } catch (error) {
    removeFolder(making)
    throw cacheError(error, dirname(folder))
  }
}

export const newHashSalt = (): string => randomBytes(32).toString('base64url')

/**
 * Installs and provisions a site in an empty place. The caller holds the lock of the copy, which no run may be serving.
 * @throws {TargetError} `install-failed`, `disk-full` and those of the server.
 */
export async function installSite(options: TemplateOptions, place: SitePlace): Promise<Template> {
  const { cache, codebase, config } = options
  for (const name of ['db', 'files', 'temp']) mkdirSync(join(place.folder, name), { recursive: true, mode: 0o700 })
  if (config !== undefined) await copyConfig(options, config, place.folder)
  await install(options, place)
  // site:install rewrites a settings.php that it can write to.
  placeSettings(cache, codebase)
  return await provision(options, place)
}

async function copyConfig({ codebase, files, progress }: TemplateOptions, config: string, to: string): Promise<void> {
  await copyAll(config, join(to, 'config'), configFiles(config))
  const extensions = installableExtensions(config, codebase.root, files)
  if (extensions !== undefined) {
    progress('the profile has a hook_install(): its configuration is installed with the profile minimal')
    writeFileSync(join(to, 'config/core.extension.yml'), extensions)
  }
  const translation = translationOf(config)
  if (translation) {
    const folder = join(to, 'files/translations')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(join(folder, translation.name), translation.content)
  }
}

/** Puts the suite's settings.php into a copy of code. */
export function placeSettings(cache: CodeCache, codebase: Codebase): void {
  const settings = join(cache.code, codebase.docroot, 'sites/default/settings.php')
  if (existsSync(settings) && readFileSync(settings).equals(readFileSync(settingsFile))) return
  mkdirSync(dirname(settings), { recursive: true })
  // Another run may be serving this copy: without the file, its site answers everything with 404.
  copyFileSync(settingsFile, `${settings}.new`)
  renameSync(`${settings}.new`, settings)
}

async function install(options: TemplateOptions, place: SitePlace): Promise<void> {
  const { cache, codebase, php, config, progress, started } = options
  progress(config === undefined ? 'installing Drupal' : 'installing Drupal with the exported configuration')
  const drush = drushOptions(cache, codebase, php.command, place)
  const env = config === undefined ? drush.env : { ...drush.env, DRUPAL_CONFIG_SYNC: join(place.folder, 'config') }
  const what = config === undefined ? ['minimal', '--site-name=Contract'] : ['--existing-config']
  // NULL: the module that checks drupal.org for updates stays disabled.
  const form = config === undefined ? ['install_configure_form.enable_update_status_module=NULL'] : []
  try {
    await runDrush({ ...drush, env }, ['site:install', ...what, ...form], installTimeout, started)
  } catch (error) {
    throw installError(error, 'Installing Drupal')
  }
}

async function provision(options: TemplateOptions, place: SitePlace): Promise<Template> {
  const { cache, codebase, php, progress, started, startTimeout } = options
  progress('creating users, scopes, clients and keys')
  const drush = new DrushProcess(drushOptions(cache, codebase, php.command, place), started)
  const site = await provisionSite(drush, join(place.folder, 'keys'), async () => {
    const docroot = join(cache.code, codebase.docroot)
    const logFile = join(place.temp, 'server-error.log')
    const env = siteEnvironment(place)
    const server = await startPhpServer(
      { php: php.command, docroot, router: routerOf(docroot), env, logFile, workers: 1, startTimeout },
      started,
    )
    server.stop()
  })
  return { ...site, hashSalt: place.hashSalt }
}

/** Copies an installed site for one run: database, files and keys. */
export async function copySite(template: string, to: string): Promise<void> {
  const parts = ['db', 'files', 'keys']
  const files = listFiles(
    template,
    (path) => parts.includes(path.split('/')[0] ?? '') && !basename(path).endsWith('-shm'),
  )
  await copyAll(template, to, files)
}
