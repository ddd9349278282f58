import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContainerRuntimeClient } from 'testcontainers'
import { DrushProcess } from '../../drupal/drush.ts'
import { provisionData } from '../../drupal/provision.ts'
import { findCodebase, listCode } from '../install/codebase.ts'
import { buildImage, dockerFiles, type BuildContext } from './build-image.ts'
import { nobody } from './leftovers.ts'
import { startSite } from './start-site.ts'
import { takeLock } from '../install/lock.ts'
import { hashOf } from '../install/code-cache.ts'
import { cacheError, formatLogTail } from '../install/install-error.ts'
import { waitUntilReady } from '../install/ready.ts'
import { configFiles, provisionSite, translationOf } from '../install/provision-site.ts'
import { TargetError } from '../../model/target.ts'
import { packageRoot, suite } from '../../model/package.ts'

/** What was made on the site of an image, kept in it; only root of the container reads it. */
export const siteFile = '/opt/contract/provisioned.json'

/** Arguments of docker/Dockerfile: versions as Composer takes them; what is left out is the Dockerfile's own choice. */
export interface BuildArgs {
  readonly BASE_IMAGE: string
  readonly DRUPAL?: string
  readonly SIMPLE_OAUTH?: string
  readonly CONSUMERS?: string
  readonly ALLOW_ADVISORIES?: string
}

export interface ImageOptions {
  readonly client: ContainerRuntimeClient
  /** The Drupal project to put in the image; without one Composer fetches what `args` say. */
  readonly codebase?: string
  /** A folder with exported configuration. */
  readonly config?: string
  readonly args: BuildArgs
  readonly fetchBase: () => Promise<void>
  readonly cacheRoot: string
  readonly fresh: boolean
  /** Milliseconds until the site answers. */
  readonly startTimeout: number
  /** For the container in which the site is made. */
  readonly labels: Readonly<Record<string, string>>
  readonly progress: (stage: string) => void
}

const repository = 'simple-oauth-contract'
/** Images with the same value take each other's place. */
const imageLabel = 'simple-oauth-contract.image'

/**
 * An image with the site installed and provisioned, built when there is none for these files, versions, fixtures and suite.
 *
 * @returns its name.
 * @throws {TargetError} those of a codebase, `build-failed`, `install-failed` and what keeps a container from starting.
 */
export async function ensureImage(options: ImageOptions): Promise<string> {
  const { client, args, codebase, config, cacheRoot, fresh, progress } = options
  const code = codebase === undefined ? undefined : findCodebase(codebase)
  const files = code === undefined ? [] : listCode(code)
  const configured = config === undefined ? [] : configFiles(config)
  const own = dockerFiles(packageRoot)
  const provision = readFileSync(join(packageRoot, 'drupal/provision.php'), 'utf8')
  const texts = [...own.values()].map((source) => ('file' in source ? readFileSync(source.file, 'utf8') : ''))
  const parts = [
    code,
    files,
    args,
    config,
    configured,
    texts,
    provision,
    provisionData({ random: () => '' }),
    suite.version,
  ]
  const name = `${repository}:${hashOf(parts).slice(0, 16)}`
  const image = client.container.dockerode.getImage(name)
  const exists = () =>
    image.inspect().then(
      () => true,
      () => false,
    )
  const release = await lock(join(cacheRoot, `container-${hashOf(parts).slice(0, 16)}.lock`), progress)
  try {
    if (!fresh && (await exists())) return name
    const context: BuildContext = new Map([
      ...own,
      ...files.map(({ path }) => [`code/${path}`, { file: join(code?.root ?? '', path) }] as const),
      ...configured.map(({ path }) => [`config/${path}`, { file: join(config ?? '', path) }] as const),
      ...translations(config),
    ])
    await options.fetchBase()
    if (args.ALLOW_ADVISORIES !== undefined) progress('warning: versions with security advisories are let in')
    const place = code === undefined ? {} : { DOCROOT: code.docroot, VENDOR: code.vendor }
    progress(code === undefined ? 'building the image' : 'building the image: sending the codebase to the engine')
    const built = `${name}-built`
    const kind = hashOf([code?.root ?? args, config ?? '']).slice(0, 16)
    await buildImage(client.container.dockerode, {
      ...{ context, target: code === undefined ? 'drupal' : 'codebase', args: { ...args, ...place } },
      ...{ tag: built, labels: { [imageLabel]: kind }, fresh, progress },
    })
    await provisionImage(options, built, name)
    await removeOthers(client, kind, name)
    return name
  } finally {
    release()
  }
}

function* translations(config: string | undefined): Generator<readonly [string, { content: string }]> {
  const translation = config === undefined ? undefined : translationOf(config)
  if (translation) yield [`site/files/translations/${translation.name}`, { content: translation.content }]
}

async function lock(file: string, progress: (stage: string) => void): Promise<() => void> {
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
    return await takeLock(file, (pid) => progress(`waiting for another run (process ${pid}) to build the same image`))
  } catch (error) {
    throw cacheError(error, file)
  }
}

/** Users, clients and keys are made in a container, which then is the image: secrets stand in no build step and no label. */
async function provisionImage(options: ImageOptions, built: string, name: string): Promise<void> {
  const { client, labels, progress, startTimeout } = options
  progress('making users, scopes, clients and keys')
  const site = await startSite(client, { image: built, labels, env: {} })
  try {
    await waitUntilReady(site, startTimeout, false)
    const session = new DrushProcess(site.drush)
    const made = await provisionSite(session, site.offer.keys, () => waitUntilReady(site, startTimeout))
    await site.container.copyContentToContainer([{ content: JSON.stringify(made), target: siteFile, mode: 0o600 }])
    progress('keeping the image')
    const [repo = '', tag = ''] = name.split(':')
    const changes = Object.entries(nobody).map(([label, value]) => `LABEL ${label}="${value}"`)
    await site.container.commit({ repo, tag, deleteOnExit: false, changes })
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    throw new TargetError(error.code, error.message + formatLogTail(site.errorLog().slice(-20)), { cause: error.cause })
  } finally {
    await site.container.stop().catch(() => undefined)
  }
}

/** What an older codebase, suite or set of fixtures left; an image in use stays until its run has ended. */
async function removeOthers(client: ContainerRuntimeClient, kind: string, name: string): Promise<void> {
  const engine = client.container.dockerode
  const images = await engine.listImages({ filters: JSON.stringify({ label: [`${imageLabel}=${kind}`] }) })
  const tags = images.flatMap(({ RepoTags }) => (RepoTags as string[] | null) ?? [])
  for (const tag of tags.filter((one) => one.startsWith(`${repository}:`) && one !== name)) {
    await engine
      .getImage(tag)
      .remove()
      .catch(() => undefined)
  }
}
