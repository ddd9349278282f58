import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContainerRuntimeClient } from 'testcontainers'
import { DrushProcess } from '../../drupal/drush.ts'
import { provisionData } from '../../drupal/provision.ts'
import { findCodebase, listCode } from '../install/codebase.ts'
import { buildImage, dockerFiles, type BuildContext } from './build-image.ts'
import type { Database } from './database.ts'
import type { Engine } from './engine.ts'
import { nobody } from './leftovers.ts'
import { probeBase } from './probe-base.ts'
import { checkRequirements, wantedFrom, wantedOf } from './requirements.ts'
import { startSite } from './start-site.ts'
import { takeLock } from '../install/lock.ts'
import { hashOf } from '../install/code-cache.ts'
import { cacheError, formatLogTail } from '../install/install-error.ts'
import type { CodeFile } from '../install/codebase.ts'
import { waitUntilReady } from '../install/ready.ts'
import { configFiles, installableExtensions, provisionSite, translationOf } from '../install/provision-site.ts'
import { TargetError } from '../../model/target.ts'
import { packageRoot, suite } from '../../model/package.ts'

/** Data of what was provisioned on an image's site; only root in the container can read it. */
export const siteFile = '/opt/contract/provisioned.json'

/** Arguments of docker/Dockerfile: versions as Composer accepts them; the Dockerfile chooses the rest. */
export interface BuildArgs {
  readonly BASE_IMAGE: string
  readonly DRUPAL?: string
  readonly SIMPLE_OAUTH?: string
  readonly CONSUMERS?: string
  readonly DRUSH?: string
  readonly ALLOW_ADVISORIES?: string
}

export interface ImageOptions {
  readonly client: ContainerRuntimeClient
  readonly engine: Engine
  /** Id of the container that the suite runs in. */
  readonly own: string | undefined
  /** The Drupal project for the image; without one, Composer fetches the versions in `args`. */
  readonly codebase?: string
  /** A folder with exported configuration. */
  readonly config?: string
  readonly args: BuildArgs
  /** Predefined arguments that do not become part of the image (https://docs.docker.com/build/building/variables/#pre-defined-build-arguments). */
  readonly proxy: Readonly<Record<string, string>>
  readonly database: Database
  /** Only the code, for a site that was installed elsewhere. */
  readonly codeOnly?: true
  readonly fetchBase: () => Promise<void>
  readonly buildkit: boolean
  readonly cacheRoot: string
  readonly fresh: boolean
  /** Milliseconds until the site answers. */
  readonly startTimeout: number
  /** Labels for what this run removes: the container in which the site is made, and its image. */
  readonly labels: Readonly<Record<string, string>>
  readonly progress: (stage: string) => void
}

const repository = 'simple-oauth-contract'
/** An image replaces others with the same value. */
const imageLabel = 'simple-oauth-contract.image'

/**
 * An image with the site installed and provisioned; built unless there is one for these files, versions, fixtures and this version of the
 * suite. With a database other than SQLite it contains only the code.
 *
 * @returns its name.
 * @throws {TargetError} those of a codebase and of a container that does not start, `requirements-unmet`, `build-failed`, `install-failed`.
 */
export async function ensureImage(options: ImageOptions): Promise<string> {
  const { client, args, codebase, config, database, cacheRoot, fresh, progress } = options
  const code = codebase === undefined ? undefined : findCodebase(codebase)
  const files = code === undefined ? [] : listCode(code)
  const configured = config === undefined ? [] : configFiles(config)
  const own = dockerFiles(packageRoot)
  const provision = readFileSync(join(packageRoot, 'drupal/provision.php'), 'utf8')
  const texts = [...own.values()].map((source) => ('file' in source ? readFileSync(source.file, 'utf8') : ''))
  const fixtures = provisionData({ random: () => '' })
  const installed = database === 'sqlite' && !options.codeOnly
  const parts = [code, files, args, installed, config, configured, texts, provision, fixtures, suite.version]
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
      ...files.map(({ path }) => [`docker/code/${path}`, { file: join(code?.root ?? '', path) }] as const),
      ...configured.map(({ path }) => [`docker/config/${path}`, { file: join(config ?? '', path) }] as const),
      ...translations(config),
      ...extensions(options, files),
    ])
    await prepareBase(options, code?.root)
    const place = code === undefined ? {} : { CODEBASE: '1', DOCROOT: code.docroot, VENDOR: code.vendor }
    progress(code === undefined ? 'building the image' : 'building the image: sending the codebase to the engine')
    const built = installed ? `${name}-built` : name
    const kind = hashOf([code?.root ?? args, config ?? '', installed]).slice(0, 16)
    await buildImage(client.container.dockerode, {
      ...{ context, buildkit: options.buildkit, fresh, progress, tag: built },
      args: { ...args, ...place, ...options.proxy, ...(installed ? {} : { INSTALL_ON: '' }) },
      labels: { ...(installed ? options.labels : {}), [imageLabel]: kind },
    })
    if (installed) await provisionImage(options, built, name)
    await removeOthers(client, kind, name)
    return name
  } finally {
    release()
  }
}

/** Finds problems before a long build that they would end. */
async function prepareBase(options: ImageOptions, root: string | undefined): Promise<void> {
  const { client, args, database, labels, progress } = options
  const image = args.BASE_IMAGE
  if (root === undefined) progress(announcement(image))
  await options.fetchBase()
  const facts = await probeBase(client.container.dockerode, image, labels)
  if (root === undefined && !facts.composer) {
    const message = `The image ${image} has no Composer, which fetches Drupal: name another with --base-image, or give a codebase.`
    throw new TargetError('image-lacks', message)
  }
  const wanted = root === undefined ? wantedFrom(args) : wantedOf(root)
  if (wanted !== undefined) checkRequirements(wanted, facts, database, image)
  if (args.ALLOW_ADVISORIES !== undefined) progress('warning: versions with security advisories are let in')
}

const announcement = (image: string) =>
  `the first run downloads the image ${image} (about 250 MB, unless it is here already) and about 100 MB of packages by Composer, and takes 2 to 5 minutes; later runs start in a few seconds`

/** Replaces extensions as the php target does. */
function* extensions(
  { codebase, config, progress }: ImageOptions,
  files: readonly CodeFile[],
): Generator<readonly [string, { content: string }]> {
  if (config === undefined || codebase === undefined) return
  const content = installableExtensions(config, findCodebase(codebase).root, files)
  if (content === undefined) return
  progress('the profile has a hook_install(): its configuration is installed with the profile minimal')
  yield ['docker/config/core.extension.yml', { content }]
}

function* translations(config: string | undefined): Generator<readonly [string, { content: string }]> {
  const translation = config === undefined ? undefined : translationOf(config)
  if (translation) yield [`docker/site/files/translations/${translation.name}`, { content: translation.content }]
}

async function lock(file: string, progress: (stage: string) => void): Promise<() => void> {
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
    return await takeLock(file, (pid) => progress(`waiting for another run (process ${pid}) to build the same image`))
  } catch (error) {
    throw cacheError(error, file)
  }
}

/** Users, clients and keys are made in a container that is then committed as the image, so no build step or label contains secrets. */
async function provisionImage(options: ImageOptions, built: string, name: string): Promise<void> {
  const { client, engine, own, labels, progress, startTimeout } = options
  progress('making users, scopes, clients and keys')
  const site = await startSite(client, { image: built, labels, env: {}, engine, own })
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
    site.disconnect()
    await site.container.stop().catch(() => undefined)
  }
}

/** Removes images of older codebases, fixtures and versions of the suite; an image in use stays until its run has ended. */
async function removeOthers(client: ContainerRuntimeClient, kind: string, name: string): Promise<void> {
  const engine = client.container.dockerode
  const images = await engine.listImages({ filters: JSON.stringify({ label: [`${imageLabel}=${kind}`] }) })
  for (const { Id, RepoTags } of images) {
    const tags = ((RepoTags as string[] | null) ?? []).filter((tag) => !tag.startsWith('<none>'))
    // Podman's names begin with a registry.
    const others = tags.filter((tag) => tag.includes(`${repository}:`) && !tag.endsWith(name))
    for (const one of tags.length === 0 ? [Id] : others) {
      await engine
        .getImage(one)
        .remove()
        .catch(() => undefined)
    }
  }
}
