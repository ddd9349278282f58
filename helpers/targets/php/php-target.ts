import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { killChild } from '../../drupal/child-process.ts'
import { DrushProcess } from '../../drupal/drush.ts'
import { findCodebase, listCode } from '../install/codebase.ts'
import { siteChanger } from '../install/site-change.ts'
import { endpoints } from '../install/endpoints.ts'
import { askForTokenEndpoints } from '../install/token-endpoints.ts'
import { openCache, updateCopy, type CodeCache } from '../install/code-cache.ts'
import { checkPhp } from './check-php.ts'
import { bothErrors, cacheError } from '../install/install-error.ts'
import { passwordHider } from '../install/hide-password.ts'
import { lockCache } from './lock-cache.ts'
import { startPhpServer, type PhpServer } from './php-server.ts'
import { copyNewCode, examineNewCode, updateCopiedSite, type NewCode, type UpgradeTo } from './php-upgrade.ts'
import { routerOf } from '../install/ready.ts'
import { claimDatabase, type DatabaseAccess } from './database.ts'
import {
  copySite,
  drushOptions,
  ensureTemplate,
  installSite,
  newHashSalt,
  placeSettings,
  refuseBusyCopy,
  siteEnvironment,
  type SitePlace,
  type Template,
  type TemplateOptions,
} from './site-template.ts'
import { configFiles, siteInfo } from '../install/provision-site.ts'
import { whole } from '../install/update-site.ts'
import { makeRunFolder, makingName, removeFolder, sweepLeftovers } from '../install/run-folder.ts'
import { TargetError, type Target, type TargetInfo } from '../../model/target.ts'

export interface PhpTargetOptions {
  /** The Drupal project to test; never written to. */
  readonly codebase: string
  /** A folder with exported configuration to install instead of the minimal profile. */
  readonly config?: string
  /** Folder for what is kept between runs: copies of codebases, and sites installed from them. Mode 0700. */
  readonly cacheRoot: string
  /** Copy and install again, whatever the cache contains. */
  readonly fresh: boolean
  /** The PHP to run, a name on PATH or a path. */
  readonly php: string
  /** Maximum number of concurrent requests. */
  readonly workers: number
  /** Milliseconds until the web server has to respond. */
  readonly startTimeout: number
  /** An empty database to install the site in, instead of SQLite; emptied again at the end. */
  readonly database?: DatabaseAccess
  /** What the site is upgraded to, if requested. */
  readonly upgradeTo?: UpgradeTo
}

/** The installed site of one run. */
interface SiteOfRun {
  readonly run: string
  readonly place: SitePlace
  readonly site: Template
}

/**
 * A Drupal codebase on the disk, copied, installed on SQLite or in a given database, and served by `php -S`.
 * @throws {RedactionError} for a database password too short to be kept out of the report.
 */
export function phpTarget(options: PhpTargetOptions): Target {
  const { database } = options
  const children = new Set<ChildProcess>()
  const hide = passwordHider(database?.password ?? '')
  const undo: (() => void)[] = []
  let server: PhpServer | undefined
  let openDrush: (() => DrushProcess) | undefined
  let template: Template | undefined
  let upgrade: ((progress: (stage: string) => void) => Promise<TargetInfo>) | undefined

  const started = (child: ChildProcess) => {
    children.add(child)
    child.on('exit', () => children.delete(child))
  }

  const killAll = () => {
    for (const child of children) killChild(child)
    children.clear()
  }

  const stop = () => {
    killAll()
    let left: unknown
    for (const action of undo.splice(0).reverse()) {
      try {
        action()
      } catch (error) {
        left ??= error
      }
    }
    if (left !== undefined) throw hide(left)
  }

  const start = async (progress: (stage: string) => void): Promise<TargetInfo> => {
    const cacheRoot = resolve(options.cacheRoot)
    sweepLeftovers(cacheRoot)
    const php = await checkPhp(options.php, database?.driver)
    const codebase = findCodebase(options.codebase)
    const config = options.config === undefined ? undefined : resolve(options.config)
    if (config !== undefined) configFiles(config)
    const files = listCode(codebase)
    const newCode = options.upgradeTo && (await examineNewCode(codebase, options.upgradeTo, database?.driver))
    const cache = openCache(cacheRoot, codebase)
    const release = await lockCache(cache.lock, progress)
    undo.push(release, () => {
      removeFolder(join(cache.folder, makingName()))
    })
    try {
      progress('copying the code')
      const { fresh, startTimeout } = options
      await updateCopy(cache, codebase, files, fresh)
      const making = {
        ...{ cache, codebase, files, php, fresh, startTimeout, progress, started },
        ...(config === undefined ? {} : { config }),
      }
      const makeRun = () => {
        const folder = makeRunFolder(cache.code)
        undo.push(() => {
          removeFolder(folder)
        })
        return folder
      }
      const {
        run,
        place,
        site: installed,
      } = await (database ? ownSite(making, database, makeRun) : copiedSite(making, makeRun))
      template = installed
      release()
      const { workers } = options
      const serveCode = async (of: Pick<NewCode, 'php' | 'codebase'>, from: CodeCache, port?: number) => {
        const docroot = join(from.code, of.codebase.docroot)
        openDrush = () => new DrushProcess(drushOptions(from, of.codebase, of.php.command, place), started)
        progress('starting php -S')
        server = await startPhpServer(
          {
            ...{ php: of.php.command, docroot, router: routerOf(docroot), env: siteEnvironment(place) },
            ...{ logFile: join(run, 'error.log'), workers, startTimeout, ...(port === undefined ? {} : { port }) },
          },
          started,
        )
        return server.baseUrl
      }
      const configured =
        (config === undefined ? '' : ` with the configuration in ${config}`) + (database ? `, ${database.driver}` : '')
      const infoOf = (label: string, baseUrl: string, site: Template): Promise<TargetInfo> =>
        askForTokenEndpoints(
          {
            label,
            baseUrl,
            versions: { ...site.versions, webServer: 'php -S' },
            ...siteInfo(site),
            endpoints,
            workers,
            demonstration: false,
            ...(database && database.password !== '' ? { databasePassword: database.password } : {}),
          },
          startTimeout,
        )
      if (newCode) {
        const newCache = await copyNewCode(newCode, { cacheRoot, fresh, progress, undo: (action) => undo.push(action) })
        upgrade = async (report) => {
          killAll()
          const port = Number(new URL(server?.baseUrl ?? '').port)
          const site = { ...installed, ...(await updateCopiedSite(newCode, newCache, place, report, started)) }
          template = site
          const label = `php, a copy of ${newCode.codebase.root}${configured}, upgraded from ${codebase.root}`
          return await infoOf(label, await whole(() => serveCode(newCode, newCache, port)), site)
        }
      }
      const baseUrl = await serveCode({ php, codebase }, cache)
      return await infoOf(`php, a copy of ${codebase.root}${configured}`, baseUrl, installed)
    } catch (error) {
      const failure = hide(cacheError(error, cacheRoot))
      try {
        stop()
      } catch (left) {
        throw bothErrors(failure, left)
      }
      throw failure
    }
  }

  /** A copy of the site that is kept in the cache. */
  const copiedSite = async (making: TemplateOptions, makeRun: () => string): Promise<SiteOfRun> => {
    const { folder, template: site } = await ensureTemplate(making)
    const run = makeRun()
    const place = { folder: join(run, 'site'), temp: join(run, 'temp'), hashSalt: site.hashSalt }
    mkdirSync(place.folder)
    await copySite(folder, place.folder)
    return { run, place, site }
  }

  /** A site of this run alone, because what a database contains cannot be copied like a file. */
  const ownSite = async (
    making: TemplateOptions,
    database: DatabaseAccess,
    makeRun: () => string,
  ): Promise<SiteOfRun> => {
    refuseBusyCopy(making)
    const ownSettings = () => {
      placeSettings(making.cache, making.codebase)
    }
    ownSettings()
    // An installation that ends early leaves what site:install wrote into it: the password.
    undo.push(ownSettings)
    const run = makeRun()
    undo.push(await claimDatabase(making.php.command, database))
    const place = { folder: join(run, 'site'), temp: join(run, 'temp'), hashSalt: newHashSalt(), database }
    return { run, place, site: await installSite(making, place) }
  }

  return {
    start,
    stop,
    changeSite: siteChanger(
      () => openDrush,
      (open) => open(),
      () => template,
    ),
    errorLog: () => server?.errorLog() ?? [],
    ...(options.upgradeTo === undefined
      ? {}
      : {
          upgrade: (progress) => {
            if (upgrade)
              return upgrade(progress).catch((error: unknown) => {
                throw hide(error)
              })
            throw new TargetError('not-started', 'The target has not been started.')
          },
        }),
  }
}
