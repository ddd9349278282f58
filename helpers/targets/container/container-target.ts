import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { getContainerRuntimeClient, getReaper, ImageName, type ContainerRuntimeClient } from 'testcontainers'
import { REAPER_IMAGE } from 'testcontainers/build/reaper/reaper.js'
import { capabilities, type Capability } from '../../../fixtures/capabilities.ts'
import { DrushProcess } from '../../drupal/drush.ts'
import { targetRoles } from '../../drupal/provision.ts'
import { databaseImage, installOnDatabase, startDatabase, type Database } from './database.ts'
import { ensureImage, siteFile, type BuildArgs } from './ensure-image.ts'
import { labelsOf, removeRunNow, sweepContainers } from './leftovers.ts'
import { readFrom, startSite, type SiteContainer } from './start-site.ts'
import { siteChanger } from '../install/site-change.ts'
import type { Engine } from './engine.ts'
import { endpoints } from '../install/endpoints.ts'
import { formatLogTail } from '../install/install-error.ts'
import { waitUntilReady } from '../install/ready.ts'
import { provisionSite, type ProvisionedSite } from '../install/provision-site.ts'
import { TargetError, type Target, type TargetInfo } from '../../model/target.ts'

export interface ContainerTargetOptions {
  readonly engine: Engine
  /** The Drupal project to test; never written to. */
  readonly codebase?: string
  /** A folder with exported configuration to install instead of the minimal profile. */
  readonly config?: string
  /** An image that holds a site already. */
  readonly image?: string
  readonly database: Database
  /** Arguments of docker/Dockerfile. */
  readonly args: BuildArgs
  readonly cacheRoot: string
  readonly fresh: boolean
  /** Requests the server answers at the same time. */
  readonly workers: number
  /** Milliseconds until the web server answers. */
  readonly startTimeout: number
}

const composerLock = '/opt/contract/code/composer.lock'

/** A Drupal in a container of an engine on this machine, by Testcontainers. */
export function containerTarget(options: ContainerTargetOptions): Target {
  const { engine, database, workers, startTimeout } = options
  const run = randomUUID()
  const labels = labelsOf(run)
  let touched = false
  let running = false
  let site: SiteContainer | undefined
  let made: ProvisionedSite | undefined
  let lock: string | undefined

  const stop = () => {
    if (!touched) return
    touched = false
    running = false
    removeRunNow(engine, run)
  }

  const start = async (progress: (stage: string) => void): Promise<TargetInfo> => {
    touched = true
    try {
      await sweepContainers(engine)
      const client = await connect(engine)
      const image = await chooseImage(client, options, labels, progress)
      const beside = database === 'sqlite' ? undefined : await startDatabase(client, database, labels)
      progress('starting the container')
      site = await startSite(client, {
        ...{ image, labels, env: { ...beside?.env, PHP_CLI_SERVER_WORKERS: String(workers) } },
        ...(beside === undefined ? {} : { network: beside.network }),
        gone: (why) => {
          if (running) progress(`the container is gone (${why}): nothing after this is proven, so run it again`)
        },
      })
      if (beside) {
        progress(`installing Drupal on ${database}`)
        await installOnDatabase(site)
      }
      const kept = options.image === undefined && !beside ? await readFrom(site.handle, siteFile) : undefined
      made = kept === undefined ? await provision(site, startTimeout, progress) : (JSON.parse(kept) as ProvisionedSite)
      await waitUntilReady(site, startTimeout)
      lock = await readFrom(site.handle, composerLock)
      running = true
      return {
        label: labelOf(options),
        baseUrl: site.baseUrl,
        versions: { ...made.versions, ...(options.image === undefined ? { webServer: 'php -S' } : {}) },
        ...(made.modules ? { modules: made.modules } : {}),
        capabilities: Object.keys(capabilities) as Capability[],
        endpoints,
        ...targetRoles(made.data, made.uids),
        workers,
        demonstration: false,
      }
    } catch (error) {
      const log = site?.errorLog().slice(-20) ?? []
      stop()
      throw startError(error, options, log)
    }
  }

  return {
    start,
    stop,
    changeSite: siteChanger(
      () => site && new DrushProcess(site.drush),
      () => made,
    ),
    errorLog: () => site?.errorLog() ?? [],
    composerLock: () => lock,
  }
}

/* eslint-disable no-restricted-properties -- Testcontainers is told by the environment alone what engine to use, and whether its reaper */
async function connect({ uri }: Engine): Promise<ContainerRuntimeClient> {
  process.env['DOCKER_HOST'] = uri
  // In a container itself it would look for the engine's host elsewhere.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1'
  try {
    return await getContainerRuntimeClient()
  } catch (cause) {
    const message = `Testcontainers cannot use the container engine at ${uri}; DEBUG=testcontainers* shows why.`
    throw new TargetError('engine-failed', message, { cause })
  }
}

/**
 * Testcontainers' reaper removes what a killed run leaves, and is an image of its own: without it the next start and the
 * subcommand cleanup do so.
 */
function withoutReaper(): void {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'
}

async function withReaper(client: ContainerRuntimeClient, wanted: boolean): Promise<void> {
  if (!wanted) return
  delete process.env['TESTCONTAINERS_RYUK_DISABLED']
  await getReaper(client).catch(withoutReaper)
}

const reaperWanted = () => process.env['TESTCONTAINERS_RYUK_DISABLED'] !== 'true'
/* eslint-enable no-restricted-properties */

async function chooseImage(
  client: ContainerRuntimeClient,
  options: ContainerTargetOptions,
  labels: Readonly<Record<string, string>>,
  progress: (stage: string) => void,
): Promise<string> {
  const { image, database, args } = options
  const wanted = reaperWanted()
  if (await client.image.exists(ImageName.fromString(REAPER_IMAGE))) await withReaper(client, wanted)
  else withoutReaper()
  const fetch = async (name: string) => {
    // Where a registry gives one image it gives the reaper's as well.
    if (await fetchImage(client, name, progress)) await withReaper(client, wanted)
  }
  if (database !== 'sqlite') await fetch(databaseImage(database))
  if (image === undefined)
    return ensureImage({ ...options, client, labels, progress, fetchBase: () => fetch(args.BASE_IMAGE) })
  await fetch(image)
  return image
}

/** @returns whether a registry gave it. */
async function fetchImage(
  client: ContainerRuntimeClient,
  name: string,
  progress: (stage: string) => void,
): Promise<boolean> {
  const image = ImageName.fromString(name)
  try {
    if (await client.image.exists(image)) return false
    progress(`fetching the image ${name}`)
    await client.image.pull(image)
    if (await client.image.exists(image)) return true
    throw new Error('its registry did not give it')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `The image ${name} is not on this machine and cannot be fetched: ${why}. Check its name, or build or load it first.`
    throw new TargetError('image-missing', message, { cause })
  }
}

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
  const { DRUPAL = '11', SIMPLE_OAUTH = '6' } = args
  const what =
    image !== undefined
      ? `the image ${image}`
      : codebase !== undefined
        ? `a copy of ${resolve(codebase)}`
        : `Drupal ${DRUPAL} with Simple OAuth ${SIMPLE_OAUTH} by Composer`
  const configured = config === undefined ? '' : ` with the configuration in ${config}`
  return `container, ${what}${configured}${database === 'sqlite' ? '' : `, ${database}`}`
}

/** What an image of the user's lacks is told as such; the server's last lines come with every error. */
function startError(error: unknown, { image }: ContainerTargetOptions, log: readonly string[]): unknown {
  if (!(error instanceof TargetError)) return error
  const lacks = image !== undefined && ['not-ready', 'server-ended', 'install-failed'].includes(error.code)
  const next = lacks
    ? `\nThe image ${image} does not offer what a site under test needs; README says what that is.`
    : ''
  const code = lacks ? 'image-lacks' : error.code
  return new TargetError(code, `${error.message}${next}${formatLogTail(log)}`, { cause: error.cause })
}
