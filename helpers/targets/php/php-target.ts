import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { killChild } from '../../drupal/child-process.ts'
import { DrushProcess } from '../../drupal/drush.ts'
import { findCodebase, listCode } from '../install/codebase.ts'
import { siteChanger } from '../install/site-change.ts'
import { endpoints } from '../install/endpoints.ts'
import { takeLock } from '../install/lock.ts'
import { openCache, updateCopy } from '../install/code-cache.ts'
import { checkPhp } from './check-php.ts'
import { cacheError } from '../install/install-error.ts'
import { startPhpServer, type PhpServer } from './php-server.ts'
import { routerOf } from '../install/ready.ts'
import { copySite, drushOptions, ensureTemplate, siteEnvironment, type Template } from './site-template.ts'
import { configFiles, siteInfo } from '../install/provision-site.ts'
import { makeRunFolder, makingName, removeFolder, sweepLeftovers } from '../install/run-folder.ts'
import type { Target, TargetInfo } from '../../model/target.ts'

export { sweepLeftovers }

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
}

/** A Drupal codebase on the disk, copied, installed on SQLite and served by `php -S`. */
export function phpTarget(options: PhpTargetOptions): Target {
  const children = new Set<ChildProcess>()
  const undo: (() => void)[] = []
  let server: PhpServer | undefined
  let openDrush: (() => DrushProcess) | undefined
  let template: Template | undefined

  const started = (child: ChildProcess) => {
    children.add(child)
    child.on('exit', () => children.delete(child))
  }

  const stop = () => {
    for (const child of children) killChild(child)
    children.clear()
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
      openDrush = () => new DrushProcess(drushOptions(cache, codebase, php.command, place), started)
      progress('starting php -S')
      const docroot = join(cache.code, codebase.docroot)
      const { workers } = options
      const logFile = join(run, 'error.log')
      server = await startPhpServer(
        {
          php: php.command,
          docroot,
          router: routerOf(docroot),
          env: siteEnvironment(place),
          logFile,
          workers,
          startTimeout,
        },
        started,
      )
      const configured = config === undefined ? '' : ` with the configuration in ${config}`
      return {
        label: `php, a copy of ${codebase.root}${configured}`,
        baseUrl: server.baseUrl,
        versions: { ...made.template.versions, webServer: 'php -S' },
        ...siteInfo(made.template),
        endpoints,
        workers,
        demonstration: false,
      }
    } catch (error) {
      stop()
      throw cacheError(error, cacheRoot)
    }
  }

  const changeSite = siteChanger(
    () => openDrush?.(),
    () => template,
  )

  return { start, stop, changeSite, errorLog: () => server?.errorLog() ?? [] }
}

async function lockCache(file: string, progress: (stage: string) => void): Promise<() => void> {
  try {
    return await takeLock(file, (pid) => {
      progress(`waiting for another run (process ${pid}) to prepare the same code`)
    })
  } catch (error) {
    throw cacheError(error, file)
  }
}
