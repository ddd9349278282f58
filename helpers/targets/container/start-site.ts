import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { extract } from 'tar-stream'
import {
  GenericContainer,
  StartupCheckStrategy,
  type ContainerRuntimeClient,
  type StartedTestContainer,
} from 'testcontainers'
import type { StartDrush } from '../../drupal/drush.ts'
import { drushIn, outputOf, type Dockerode, type EngineContainer } from './exec-drush.ts'
import { reachSite } from './reach-site.ts'
import type { Engine } from './engine.ts'
import { noise, type Starting } from '../install/ready.ts'
import { TargetError } from '../../model/target.ts'

/** What an image's configuration and labels must state; described in docs/container.md. */
interface Offer {
  /** The port its web server listens on. */
  readonly port: number
  /** The command line of drush, run in its working directory. */
  readonly drush: readonly string[]
  /** The user that the web server runs as; empty for the image's own. */
  readonly user: string
  /** Folder for the key pair. */
  readonly keys: string
}

/** A site in a container that has started but may not respond yet. */
export interface SiteContainer extends Starting {
  readonly offer: Offer
  readonly drush: StartDrush
  readonly container: StartedTestContainer
  readonly handle: EngineContainer
  /** Closes the forwarding of its port, if any. Synchronous. */
  readonly disconnect: () => void
  /** Lines that its web server wrote since the last call. */
  errorLog(): string[]
}

export interface SiteOptions {
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  /** Name of the network to be in. */
  readonly network?: string
  readonly engine: Engine
  /** Id of the container that the suite itself runs in. */
  readonly own: string | undefined
  /** The port of its address, if it replaces another container; any by default. */
  readonly addressPort?: number
  /** A tar archive that is unpacked in `/opt/contract` before the container starts. */
  readonly archive?: Buffer
  /** Called when the container ends for any reason. */
  readonly gone?: (why: string) => void
}

/** @throws {TargetError} `image-missing`, `image-lacks`. */
async function offerOf(docker: Dockerode, image: string): Promise<Offer> {
  const { Config } = await docker
    .getImage(image)
    .inspect()
    .catch((cause: unknown) => {
      throw new TargetError('image-missing', `The image ${image} cannot be inspected: ${String(cause)}.`, { cause })
    })
  const label = (name: string) => (Config.Labels as Record<string, string> | null)?.[`simple-oauth-contract.${name}`]
  const exposed = portsOf(Config)
  const [only, ...others] = exposed.filter((port) => port.endsWith('/tcp')).map((port) => Number.parseInt(port, 10))
  const port = Number(label('port') ?? (others.length === 0 ? only : undefined))
  if (!Number.isInteger(port) || port < 1) {
    const ports = exposed.length === 0 ? 'no port' : `the ports ${exposed.join(', ')}`
    const next = 'Say which one its web server listens on: LABEL simple-oauth-contract.port=N in its Dockerfile.'
    throw new TargetError('image-lacks', `The image ${image} exposes ${ports}. ${next}`)
  }
  // An image made by `docker import` has no environment.
  const keys = (Config.Env as string[] | null | undefined)
    ?.find((line) => line.startsWith('DRUPAL_KEYS='))
    ?.slice('DRUPAL_KEYS='.length)
  return {
    port,
    drush: (label('drush') ?? 'drush').split(' '),
    user: label('user') ?? Config.User,
    keys: keys ?? '/tmp/simple-oauth-contract-keys',
  }
}

class LocalContainer extends GenericContainer {
  constructor(image: string, ports: readonly string[], host: string, hostPorts: Readonly<Record<string, number>>) {
    super(image)
    // No health check: a request during the installation would leave incomplete caches.
    this.createOpts.Healthcheck = { Test: ['NONE'] }
    this.withExposedPorts(...ports.map((port) => port as `${number}/tcp`))
    // Testcontainers would publish them on every network.
    this.hostConfig.PortBindings = Object.fromEntries(
      ports.map((port) => [port, [{ HostIp: host, HostPort: String(hostPorts[port] ?? 0) }]]),
    )
  }
}

/** The suite itself waits, polling more often and for more than an open port. */
class NoWait extends StartupCheckStrategy {
  override checkStartupState() {
    return Promise.resolve('SUCCESS' as const)
  }
}

const portsOf = (config: { readonly ExposedPorts?: object | null }) => Object.keys({ ...config.ExposedPorts })

/**
 * Labelled, and without waiting. All its ports are published, on 127.0.0.1 only: for an exposed port that is not published, Podman shows an
 * empty binding, for which Testcontainers would wait.
 */
export async function newContainer(
  docker: Dockerode,
  image: string,
  labels: Readonly<Record<string, string>>,
  {
    host = '127.0.0.1',
    port,
    hostPort,
  }: { readonly host?: string; readonly port?: number; readonly hostPort?: number } = {},
): Promise<LocalContainer> {
  const exposed = portsOf((await docker.getImage(image).inspect()).Config)
  const ports = new Set([...exposed, ...(port === undefined ? [] : [`${port}/tcp`])])
  const hostPorts = port === undefined || hostPort === undefined ? {} : { [`${port}/tcp`]: hostPort }
  return new LocalContainer(image, [...ports], host, hostPorts).withLabels(labels).withWaitStrategy(new NoWait())
}

/** @throws {TargetError} `container-failed`, `engine-elsewhere` and those of `offerOf`. */
export async function startSite(client: ContainerRuntimeClient, options: SiteOptions): Promise<SiteContainer> {
  const { engine, own } = options
  const docker = client.container.dockerode
  const offer = await offerOf(docker, options.image)
  // A remote engine belongs to the pipeline's own network: nobody could reach the site on that engine's 127.0.0.1.
  const host = engine.siteHost === undefined ? '127.0.0.1' : '0.0.0.0'
  const direct = engine.siteHost === undefined && own === undefined
  const published = await newContainer(docker, options.image, options.labels, {
    ...{ host, port: offer.port },
    ...(direct && options.addressPort !== undefined ? { hostPort: options.addressPort } : {}),
  })
  const wanted = published.withEnvironment(options.env)
  if (options.network !== undefined) wanted.withNetworkMode(options.network)
  if (options.archive)
    wanted.withCopyArchivesToContainer([{ tar: Readable.from(options.archive), target: '/opt/contract' }])
  const container = await started(wanted)
  const site = { id: container.getId(), port: offer.port, published: container.getMappedPort(offer.port) }
  const { baseUrl, close } = await reachSite(docker, site, engine, own, options.addressPort)
  const handle = docker.getContainer(container.getId())
  const lines = followLog(await handle.logs({ follow: true, stdout: true, stderr: true }), handle)
  let ended: string | undefined
  const end = (why: string) => {
    ended = why
    options.gone?.(why)
  }
  handle.wait().then(
    ({ StatusCode }: { StatusCode: number }) => end(`exit code ${StatusCode}`),
    (error: unknown) => end(`the engine does not answer: ${error instanceof Error ? error.message : String(error)}`),
  )
  return {
    name: 'The container',
    baseUrl,
    disconnect: close,
    offer,
    drush: drushIn(handle, offer.drush, offer.user),
    container,
    handle,
    ended: () => ended,
    errorLog: () => lines.splice(0),
  }
}

/** @throws {TargetError} `container-failed`. */
export async function started(container: GenericContainer): Promise<StartedTestContainer> {
  try {
    return await container.start()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const next = 'See whether the engine still runs and has room ("docker info", "docker system df"), and try again.'
    throw new TargetError('container-failed', `A container could not be started: ${why}. ${next}`, { cause })
  }
}

function followLog(stream: NodeJS.ReadableStream, handle: EngineContainer): string[] {
  const lines: string[] = []
  createInterface({ input: outputOf(handle, stream) }).on('line', (line) => {
    if (line !== '' && !noise.test(line)) lines.push(line)
  })
  return lines
}

/** Lines that a container has written so far. */
export async function logOf(handle: EngineContainer): Promise<string[]> {
  const frames = await handle.logs({ stdout: true, stderr: true })
  let text = ''
  // Each frame begins with eight bytes, of which the last four are its length
  // (https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach).
  for (let at = 0; at + 8 <= frames.length;) {
    const end = at + 8 + frames.readUInt32BE(at + 4)
    text += frames.toString('utf8', at + 8, end)
    at = end
  }
  return text.trimEnd().split('\n')
}

/** A file of a container; undefined if it does not exist. */
export async function readFrom(handle: EngineContainer, path: string): Promise<string | undefined> {
  const archive = await handle.getArchive({ path }).catch((error: unknown) => {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined
    throw error
  })
  if (archive === undefined) return undefined
  const parts: Buffer[] = []
  for await (const entry of archive.pipe(extract())) {
    for await (const part of entry) parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString()
}
