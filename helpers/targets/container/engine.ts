import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { request as requestTls } from 'node:https'
import { BlockList, isIP } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { TargetError } from '../../model/target.ts'

/** Where a container engine answers on this machine. Plain JSON. */
export interface Engine {
  /** In the form of DOCKER_HOST. */
  readonly uri: string
  readonly connection:
    | { readonly socketPath: string }
    /** `certificates`: a folder with ca.pem, cert.pem and key.pem, for TLS. */
    | { readonly host: string; readonly port: number; readonly certificates?: string }
  /** The host on which published ports are reachable, unless it is this machine. */
  readonly siteHost?: string
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

type Environment = Readonly<Record<string, string | undefined>>

/** Milliseconds; an engine of this machine answers a ping in a few. */
const pingTimeout = 2_000
/** Milliseconds; ending a container takes the engine a moment. */
const requestTimeout = 15_000

/**
 * Finds the engine that answers, where Testcontainers looks for it. An error is returned, not thrown, because `auto` continues without an
 * engine.
 *
 * @param sockets paths to try if the environment names no engine.
 * @returns TargetError `no-engine`, `engine-elsewhere`, `engine-no-rights` or `engine-silent`.
 */
export async function findEngine(
  environment: Environment,
  sockets: readonly string[] = socketsOf(environment),
): Promise<Engine | TargetError> {
  const named = environment['DOCKER_HOST']
  const uris = named ? [named] : sockets.filter((path) => existsSync(path)).map((path) => `unix://${path}`)
  let problem: TargetError | undefined
  for (const uri of uris) {
    const engine = await parse(uri, environment)
    const found = engine instanceof TargetError ? engine : await ping(engine)
    if (!(found instanceof TargetError)) return found
    problem ??= found
  }
  return problem ?? new TargetError('no-engine', `No container engine is running on this machine. ${advice}`)
}

const advice =
  'Start Docker, or say with DOCKER_HOST where it listens. Without an engine, --target php tests a codebase with the PHP of this machine.'

/** Sockets in the order of Testcontainers, then those of Podman. */
function socketsOf(environment: Environment): string[] {
  const runtime = environment['XDG_RUNTIME_DIR']
  const home = environment['HOME']
  return [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    ...(home ? [join(home, '.docker/run/docker.sock'), join(home, '.docker/desktop/docker.sock')] : []),
    ...userSocket(),
    ...(runtime ? [join(runtime, 'podman/podman.sock')] : []),
    '/run/podman/podman.sock',
  ]
}

/** Node throws for a user id without an entry in the password file. */
function userSocket(): string[] {
  try {
    return [`/run/user/${userInfo().uid}/docker.sock`]
  } catch {
    return []
  }
}

async function parse(uri: string, environment: Environment): Promise<Engine | TargetError> {
  const { protocol, hostname, port, pathname } = URL.canParse(uri) ? new URL(uri) : new URL('none:')
  if (protocol === 'unix:') return { uri, connection: { socketPath: pathname } }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol === 'tcp:' && (local || (await isService(hostname)))) {
    const tls = (environment['DOCKER_TLS_VERIFY'] ?? '') !== ''
    const certificates = environment['DOCKER_CERT_PATH'] ?? join(environment['HOME'] ?? '', '.docker')
    const connection = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (tls ? 2376 : 2375)) }
    return {
      ...{ uri, connection: tls ? { ...connection, certificates } : connection },
      ...(local ? {} : { siteHost: hostname }),
    }
  }
  const message = `The container engine has to be on this machine, or be a service of the pipeline's own network such as tcp://docker:2375, since nobody else may reach the site; DOCKER_HOST is "${uri}". ${advice}`
  return new TargetError('engine-elsewhere', message)
}

/** Addresses that are not routed on the Internet (RFC 1918 §3, RFC 4193 §3.1). */
const privateAddresses = new BlockList()
privateAddresses.addSubnet('10.0.0.0', 8)
privateAddresses.addSubnet('172.16.0.0', 12)
privateAddresses.addSubnet('192.168.0.0', 16)
privateAddresses.addSubnet('fc00::', 7, 'ipv6')

/** Whether a host is a container next to ours, by its alias: unlike a company's network, such a network is private. */
async function isService(host: string): Promise<boolean> {
  if (host.includes('.') || host.includes(':') || isIP(host) !== 0) return false
  const found = await lookup(host, { all: true }).catch(() => [])
  return (
    found.length > 0 &&
    found.every(({ address, family }) => privateAddresses.check(address, family === 6 ? 'ipv6' : 'ipv4'))
  )
}

/** Podman speaks Docker's API, without BuildKit. */
export async function isPodman(engine: Engine): Promise<boolean> {
  const { body } = await askEngine(engine, 'GET', '/version')
  const { Components = [] } = body as { readonly Components?: readonly { readonly Name?: string }[] }
  return Components.some(({ Name = '' }) => /podman/i.test(Name))
}

async function ping(engine: Engine): Promise<Engine | TargetError> {
  try {
    const { status } = await askEngine(engine, 'GET', '/_ping', pingTimeout)
    if (status === 200) return engine
    return new TargetError(
      'engine-silent',
      `What listens at ${engine.uri} is not a container engine (${status}). ${advice}`,
    )
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const options = { cause: error }
    if (code === 'EACCES' || code === 'EPERM') {
      const next =
        'Join the group it belongs to (sudo usermod -aG docker $USER, then log in again), or use a rootless engine.'
      const text = `The container engine at ${engine.uri} refuses this user (${code}). ${next}`
      return new TargetError('engine-no-rights', text, options)
    }
    const text = `The container engine at ${engine.uri} does not answer (${code ?? message}). ${advice}`
    return new TargetError('engine-silent', text, options)
  }
}

/** One request to the engine's API (https://docs.docker.com/reference/api/engine/). @throws the error of the connection. */
export function askEngine(
  engine: Engine,
  method: 'GET' | 'DELETE',
  path: string,
  timeout = requestTimeout,
): Promise<Answer> {
  const { connection } = engine
  return new Promise((resolve, reject) => {
    const options = { ...connection, method, path, signal: AbortSignal.timeout(timeout) }
    const asked = sender(engine)(options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        const isJson = response.headers['content-type']?.startsWith('application/json') ?? false
        resolve({ status: response.statusCode ?? 0, body: isJson && text !== '' ? JSON.parse(text) : text })
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

function sender({ connection }: Engine): typeof request {
  if (!('certificates' in connection)) return request
  const { certificates } = connection
  const read = (name: string) => readFileSync(join(certificates, name))
  const tls = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
  return ((options: object, answered: (response: IncomingMessage) => void) =>
    requestTls({ ...options, ...tls }, answered)) as typeof request
}
