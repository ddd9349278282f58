import { readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Dockerode } from './exec-drush.ts'
import { askEngine, type Engine } from './engine.ts'
import { TargetError } from '../../model/target.ts'

/** An address of the site for this process. */
export interface SiteAddress {
  readonly baseUrl: string
  readonly close: () => void
}

/**
 * Id of the container in which the suite runs with the engine's socket mounted; undefined outside of one, or if it shares the host's
 * network, where published ports are reachable.
 *
 * @param mounts as in /proc/self/mountinfo (proc_pid_mountinfo(5)).
 */
export async function ownContainer(engine: Engine, mounts = ownMounts()): Promise<string | undefined> {
  // Engines mount a file there from the container's own folder, whose name contains its id.
  const mount = mounts.split('\n').find((line) => line.split(' ')[4] === '/etc/hostname')
  const id = mount === undefined ? undefined : /\/([0-9a-f]{64})\//.exec(mount)?.[1]
  if (id === undefined) return undefined
  const { status, body } = await askEngine(engine, 'GET', `/containers/${id}/json`)
  const { HostConfig } = body as { HostConfig?: { NetworkMode?: string } }
  return status === 200 && HostConfig?.NetworkMode !== 'host' ? id : undefined
}

function ownMounts(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return ''
  }
}

/**
 * Forwards the site's port to this process if it cannot reach the engine's published ports.
 *
 * @param own id of the container that the suite runs in.
 * @param port the local port, if the site's port is forwarded; any by default.
 * @throws {TargetError} `engine-elsewhere`.
 */
export async function reachSite(
  docker: Dockerode,
  site: { readonly id: string; readonly port: number; readonly published: number },
  { siteHost }: Pick<Engine, 'siteHost'>,
  own: string | undefined,
  port = 0,
): Promise<SiteAddress> {
  if (own !== undefined) return forward(await addressBeside(docker, site.id, own), site.port, port)
  if (siteHost !== undefined) return forward(siteHost, site.published, port)
  return { baseUrl: `http://127.0.0.1:${site.published}`, close: () => undefined }
}

/** Connects the site to a network of the suite's container, unless they share one. */
async function addressBeside(docker: Dockerode, site: string, own: string): Promise<string> {
  const networksOf = async (id: string) => (await docker.getContainer(id).inspect()).NetworkSettings.Networks
  const [name] = Object.keys(await networksOf(own))
  if (name === undefined || name === 'none') {
    const message =
      'The suite runs in a container without a network of its own and cannot reach the ports that the engine publishes: run that container with --network host.'
    throw new TargetError('engine-elsewhere', message)
  }
  if ((await networksOf(site))[name] === undefined) await docker.getNetwork(name).connect({ Container: site })
  const address = (await networksOf(site))[name]?.IPAddress ?? ''
  if (address !== '') return address
  const message = `The engine gave the site no address in the network ${name}, which the suite's own container is in: run that container with --network host.`
  throw new TargetError('engine-elsewhere', message)
}

/** Opens a port on 127.0.0.1, the only host that the site trusts, and forwards it. */
async function forward(host: string, port: number, here: number): Promise<SiteAddress> {
  const sockets = new Set<Socket>()
  const server = createServer((inner) => {
    const outer = connect(port, host)
    for (const [socket, other] of [[inner, outer] as const, [outer, inner] as const]) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(here, '127.0.0.1', resolve))
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}
