import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { ContainerRuntimeClient, StartedTestContainer } from 'testcontainers'
import { DrushProcess } from '../../drupal/drush.ts'
import { connect } from './connect.ts'
import { databaseImage, installOnDatabase, startDatabase, type Database } from './database.ts'
import { ensureImage, siteFile, type BuildArgs } from './ensure-image.ts'
import { imageFetcher } from './fetch-images.ts'
import { labelsOf, removeRunNow, sweepContainers } from './leftovers.ts'
import { ownContainer } from './reach-site.ts'
import { wantedFrom, wantedOf } from './requirements.ts'
import { readFrom, startSite, type SiteContainer, type SiteOptions } from './start-site.ts'
import { examineUpgrade, moveSite, type ContainerUpgradeTo } from './container-upgrade.ts'
import { siteChanger } from '../install/site-change.ts'
import { isPodman, type Engine } from './engine.ts'
import { endpoints } from '../install/endpoints.ts'
import { askForTokenEndpoints } from '../install/token-endpoints.ts'
import { formatLogTail } from '../install/install-error.ts'
import { waitUntilReady } from '../install/ready.ts'
import { provisionSite, siteInfo, type ProvisionedSite } from '../install/provision-site.ts'
import { TargetError, type Target, type TargetInfo } from '../../model/target.ts'

export interface ContainerTargetOptions {
  readonly engine: Engine
  /** The Drupal project to test; never written to. */
  readonly codebase?: string
  /** A folder with exported configuration to install instead of the minimal profile. */
  readonly config?: string
  /** An image that already contains a site. */
  readonly image?: string
  readonly database: Database
  /** Arguments of docker/Dockerfile. */
  readonly args: BuildArgs
  /** Proxy settings for the build, by their names in the environment. */
  readonly proxy: Readonly<Record<string, string>>
  readonly cacheRoot: string
  readonly fresh: boolean
  /** Maximum number of concurrent requests. */
  readonly workers: number
  /** Milliseconds until the web server answers. */
  readonly startTimeout: number
  /** What the site is upgraded to, if requested. */
  readonly upgradeTo?: ContainerUpgradeTo
}

/** Access to the started site for code that builds upon it. */
export interface ContainerTarget extends Target {
  /** @throws {TargetError} `not-started`. */
  container(): StartedTestContainer
  /** Drush on the site; the caller closes it. @throws {TargetError} `not-started`. */
  drush(): DrushProcess
}

const composerLock = '/opt/contract/code/composer.lock'

/** A Drupal in a container of an engine on this machine, by Testcontainers. */
export function containerTarget(options: ContainerTargetOptions): ContainerTarget {
  const { engine, database, workers, startTimeout } = options
  const run = randomUUID()
  const labels = labelsOf(run)
  let touched = false
  let running = false
  let site: SiteContainer | undefined
  let made: ProvisionedSite | undefined
  let lock: string | undefined
  let upgrade: ((progress: (stage: string) => void) => Promise<TargetInfo>) | undefined

  const stop = () => {
    if (!touched) return
    touched = false
    running = false
    site?.disconnect()
    removeRunNow(engine, run)
  }

  const start = async (progress: (stage: string) => void): Promise<TargetInfo> => {
    const { upgradeTo } = options
    if (upgradeTo) examineUpgrade(options.codebase, upgradeTo)
    touched = true
    const begun = performance.now()
    try {
      await sweepContainers(engine)
      const client = await connect(engine)
      const own = await ownContainer(engine)
      const fetchImage = await imageFetcher(client, progress)
      const databaseName = database === 'sqlite' ? undefined : databaseImage(database, drupalOf(options))
      if (databaseName !== undefined) await fetchImage(databaseName, 'database')
      const image = await chooseImage({ ...options, client, own, labels, progress, fetchImage })
      const beside =
        database === 'sqlite' || databaseName === undefined
          ? undefined
          : await startDatabase(client, database, databaseName, labels)
      const serve = (of: string, more: Pick<SiteOptions, 'archive' | 'addressPort'> = {}): Promise<SiteContainer> =>
        startSite(client, {
          ...{ image: of, labels, engine, own, env: { ...beside?.env, PHP_CLI_SERVER_WORKERS: String(workers) } },
          ...(beside === undefined ? {} : { network: beside.network }),
          ...more,
          gone: (why) => {
            if (running) progress(`the container is gone (${why}): nothing after this is proven, so run it again`)
          },
        })
      const newImage =
        upgradeTo && (await chooseImage(newCodeOf(options, upgradeTo, { client, own, labels, progress, fetchImage })))
      progress('starting the container')
      site = await serve(image)
      if (beside) {
        progress(`installing Drupal on ${database}`)
        await installOnDatabase(site, beside)
      }
      const kept = options.image === undefined && !beside ? await readFrom(site.handle, siteFile) : undefined
      made = kept === undefined ? await provision(site, startTimeout, progress) : (JSON.parse(kept) as ProvisionedSite)
      await waitUntilReady(site, startTimeout)
      lock = await readFrom(site.handle, composerLock)
      running = true
      progress(`ready after ${((performance.now() - begun) / 1000).toFixed(1)} s`)
      if (upgradeTo && newImage !== undefined)
        upgrade = async (report) => {
          if (!site || !made) throw notStarted()
          running = false
          const addressPort = Number(new URL(site.baseUrl).port)
          const start = async (archive: Buffer) => (site = await serve(newImage, { archive, addressPort }))
          const { versions, modules } = await moveSite(site, start, startTimeout, report)
          made = { ...made, versions, ...(modules ? { modules } : {}) }
          lock = await readFrom(site.handle, composerLock)
          running = true
          return await infoOf(
            `${labelOf({ ...options, codebase: upgradeTo.codebase })}, upgraded from ${options.codebase ?? ''}`,
          )
        }
      return await infoOf(labelOf(options))
    } catch (error) {
      const log = site?.errorLog().slice(-20) ?? []
      stop()
      throw startError(error, options, log)
    }
  }

  const notStarted = () => new TargetError('not-started', 'The container has not been started.')
  const infoOf = async (label: string): Promise<TargetInfo> => {
    if (!site || !made) throw notStarted()
    const info: TargetInfo = {
      ...{ label, baseUrl: site.baseUrl, endpoints, workers, demonstration: false },
      versions: { ...made.versions, ...(options.image === undefined ? { webServer: 'php -S' } : {}) },
      ...siteInfo(made),
    }
    return askForTokenEndpoints(info, startTimeout)
  }

  const startedSite = (): SiteContainer => {
    if (!site || !running) throw notStarted()
    return site
  }

  return {
    start,
    stop,
    ...(options.upgradeTo === undefined
      ? {}
      : {
          upgrade: (progress: (stage: string) => void) => {
            if (upgrade) return upgrade(progress)
            throw notStarted()
          },
        }),
    container: () => startedSite().container,
    drush: () => new DrushProcess(startedSite().drush),
    changeSite: siteChanger(
      () => site,
      ({ drush }) => new DrushProcess(drush),
      () => made,
    ),
    errorLog: () => site?.errorLog() ?? [],
    composerLock: () => lock,
  }
}

type Choosing = Omit<ImageChoice, keyof ContainerTargetOptions>

/** The image with the new code but without a site, which comes from the previous container. */
function newCodeOf(
  { config: _, ...options }: ContainerTargetOptions,
  { codebase, baseImage }: ContainerUpgradeTo,
  choosing: Choosing,
): ImageChoice {
  return { ...options, ...choosing, codebase, args: { ...options.args, BASE_IMAGE: baseImage }, codeOnly: true }
}

interface ImageChoice extends ContainerTargetOptions {
  readonly client: ContainerRuntimeClient
  readonly own: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly progress: (stage: string) => void
  readonly fetchImage: Awaited<ReturnType<typeof imageFetcher>>
  readonly codeOnly?: true
}

async function chooseImage(choice: ImageChoice): Promise<string> {
  const { image, engine, args, fetchImage } = choice
  if (image === undefined) {
    const buildkit = !(await isPodman(engine))
    return ensureImage({ ...choice, buildkit, fetchBase: () => fetchImage(args.BASE_IMAGE, 'base') })
  }
  await fetchImage(image, 'own')
  return image
}

/** The version or constraint that decides which database image is used. */
const drupalOf = ({ codebase, args }: ContainerTargetOptions): string =>
  (codebase === undefined ? wantedFrom(args) : (wantedOf(codebase) ?? wantedFrom(args))).drupal

async function provision(
  site: SiteContainer,
  timeout: number,
  progress: (stage: string) => void,
): Promise<ProvisionedSite> {
  await waitUntilReady(site, timeout, false)
  progress('making users, scopes, clients and keys')
  return provisionSite(new DrushProcess(site.drush), site.offer.keys, () => waitUntilReady(site, timeout))
}

function labelOf({ image, codebase, config, database, args }: ContainerTargetOptions): string {
  const { drupal, simpleOauth } = wantedFrom(args)
  const what =
    image !== undefined
      ? `the image ${image}`
      : codebase !== undefined
        ? `a copy of ${resolve(codebase)}`
        : `Drupal ${drupal} with Simple OAuth ${simpleOauth} by Composer`
  const configured = config === undefined ? '' : ` with the configuration in ${config}`
  return `container, ${what}${configured}${database === 'sqlite' ? '' : `, ${database}`}`
}

/** Explains what the user's image lacks; the server's last lines are part of every error. */
function startError(error: unknown, { image }: ContainerTargetOptions, log: readonly string[]): unknown {
  if (!(error instanceof TargetError)) return error
  const lacks = image !== undefined && ['not-ready', 'server-ended', 'install-failed'].includes(error.code)
  const next = lacks
    ? `\nThe image ${image} does not offer what a site under test needs; docs/container.md says what that is.`
    : ''
  const code = lacks ? 'image-lacks' : error.code
  return new TargetError(code, `${error.message}${next}${formatLogTail(log)}`, { cause: error.cause })
}
