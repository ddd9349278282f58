import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { TargetError } from '../../model/target.ts'

/** Where a container engine answers on this machine. Plain JSON. */
export interface Engine {
  /** As DOCKER_HOST words it. */
  readonly uri: string
  readonly connection: { readonly socketPath: string } | { readonly host: string; readonly port: number }
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
 * The engine that answers, sought where Testcontainers seeks it; what keeps one from answering is given back, not thrown, since
 * `auto` goes on without.
 *
 * @param sockets paths to try where the environment names no engine.
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
    const engine = parse(uri)
    const found = engine instanceof TargetError ? engine : await ping(engine)
    if (!(found instanceof TargetError)) return found
    problem ??= found
  }
  return problem ?? new TargetError('no-engine', `No container engine is running on this machine. ${advice}`)
}

const advice =
  'Start Docker, or say with DOCKER_HOST where it listens. Without an engine, --target php tests a codebase with the PHP of this machine.'

/** In the order of Testcontainers. */
function socketsOf(environment: Environment): string[] {
  const runtime = environment['XDG_RUNTIME_DIR']
  return [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
    `/run/user/${userInfo().uid}/docker.sock`,
  ]
}

function parse(uri: string): Engine | TargetError {
  const { protocol, hostname, port, pathname } = URL.canParse(uri) ? new URL(uri) : new URL('none:')
  if (protocol === 'unix:') return { uri, connection: { socketPath: pathname } }
  if (protocol === 'tcp:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)) {
    return { uri, connection: { host: hostname, port: Number(port || 2375) } }
  }
  const message = `The container engine is to be on this machine, since the site listens on 127.0.0.1 only; DOCKER_HOST says "${uri}". ${advice}`
  return new TargetError('engine-elsewhere', message)
}

async function ping(engine: Engine): Promise<Engine | TargetError> {
  try {
    const { status } = await askEngine(engine, 'GET', '/_ping', pingTimeout)
    if (status === 200) return engine
    return new TargetError(
      'engine-silent',
      `What listens at ${engine.uri} is no container engine (${status}). ${advice}`,
    )
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const options = { cause: error }
    if (code === 'EACCES' || code === 'EPERM') {
      const next =
        'Join the group it belongs to (sudo usermod -aG docker $USER, then log in anew), or use a rootless engine.'
      const text = `The container engine at ${engine.uri} does not let this user in (${code}). ${next}`
      return new TargetError('engine-no-rights', text, options)
    }
    const text = `The container engine at ${engine.uri} does not answer (${code ?? message}). ${advice}`
    return new TargetError('engine-silent', text, options)
  }
}

/**
 * One request of the engine's API (https://docs.docker.com/reference/api/engine/).
 * @throws what the connection ends with.
 */
export function askEngine(
  { connection }: Engine,
  method: 'GET' | 'DELETE',
  path: string,
  timeout = requestTimeout,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ ...connection, method, path, signal: AbortSignal.timeout(timeout) }, (response) => {
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
