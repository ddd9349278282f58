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
import { cacheError } from '../install/install-error.ts'
import { lockCache } from './lock-cache.ts'
import { startPhpServer, type PhpServer } from './php-server.ts'
import { copyNewCode, examineNewCode, updateCopiedSite, type NewCode, type UpgradeTo } from './php-upgrade.ts'
import { routerOf } from '../install/ready.ts'
import { copySite, drushOptions, ensureTemplate, siteEnvironment, type Template } from './site-template.ts'
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
  /** What the site is upgraded to, if requested. */
  readonly upgradeTo?: UpgradeTo
}

/** A Drupal codebase on the disk, copied, installed on SQLite and served by `php -S`. */
export function phpTarget(options: PhpTargetOptions): Target {
  const children = new Set<ChildProcess>()
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
    for (const action of undo.splice(0).reverse()) action()
  }

  const start = async (progress: (stage: string) => void): Promise<TargetInfo> => {
    const cacheRoot = resolve(options.cacheRoot)
    sweepLeftovers(cacheRoot)
    const php = await checkPhp(options.php)
    const codebase = findCodebase(options.codebase)
    const config = options.config === undefined ? undefined : resolve(options.config)
    if (config !== undefined) configFiles(config)
    const files = listCode(codebase)
    const newCode = options.upgradeTo && (await examineNewCode(codebase, options.upgradeTo))
    const cache = openCache(cacheRoot, codebase)
    const release = await lockCache(cache.lock, progress)
    undo.push(release, () => {
      removeFolder(join(cache.folder, makingName()))
    })
    try {
      progress('copying the code')
      const { fresh, startTimeout } = options
      await updateCopy(cache, codebase, files, fresh)
      const made = await ensureTemplate({
        ...{ cache, codebase, files, php, fresh, startTimeout, progress, started },
        ...(config === undefined ? {} : { config }),
      })
      template = made.template
      const run = makeRunFolder(cache.code)
      undo.push(() => {
        removeFolder(run)
      })
      const place = { folder: join(run, 'site'), temp: join(run, 'temp'), hashSalt: made.template.hashSalt }
      mkdirSync(place.folder)
      await copySite(made.folder, place.folder)
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
      const configured = config === undefined ? '' : ` with the configuration in ${config}`
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
          },
          startTimeout,
        )
      if (newCode) {
        const newCache = await copyNewCode(newCode, { cacheRoot, fresh, progress, undo: (action) => undo.push(action) })
        upgrade = async (report) => {
          killAll()
          changer = newChanger()
          const port = Number(new URL(server?.baseUrl ?? '').port)
          const site = { ...made.template, ...(await updateCopiedSite(newCode, newCache, place, report, started)) }
          template = site
          const label = `php, a copy of ${newCode.codebase.root}${configured}, upgraded from ${codebase.root}`
          return await infoOf(label, await whole(() => serveCode(newCode, newCache, port)), site)
        }
      }
      const baseUrl = await serveCode({ php, codebase }, cache)
      return await infoOf(`php, a copy of ${codebase.root}${configured}`, baseUrl, made.template)
    } catch (error) {
      stop()
      throw cacheError(error, cacheRoot)
    }
  }

  const newChanger = () =>
    siteChanger(
      () => openDrush?.(),
      () => template,
    )
  let changer = newChanger()

  return {
    start,
    stop,
    changeSite: (request) => changer(request),
    errorLog: () => server?.errorLog() ?? [],
    ...(options.upgradeTo === undefined
      ? {}
      : {
          upgrade: (progress) => {
            if (upgrade) return upgrade(progress)
            throw new TargetError('not-started', 'The target has not been started.')
          },
        }),
  }
}
