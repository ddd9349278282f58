import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReferenceData } from '../../helpers/reference/core/data.ts'
import { startReferenceServer, type ReferenceServer } from '../../helpers/reference/server.ts'

export interface FakeBehaviour {
  /** Its one image: configuration as `docker inspect` shows it; none by default. */
  readonly image?: {
    readonly name: string
    readonly ports?: readonly string[]
    readonly labels?: Record<string, string>
    /** `null` as after `docker import`; none by default. */
    readonly env?: readonly string[] | null
    /** What its PHP says of itself; by default it can run everything. */
    readonly php?: { readonly php?: string; readonly sqlite?: string | null; readonly composer?: boolean }
  }
  /** What its containers do. */
  readonly site?: 'works' | 'ends' | 'error page' | 'no drush' | 'no module'
  /** Lines of the answer to a build, each an object. */
  readonly build?: readonly object[]
  /** Lines of the answer where an image is to be fetched; `never` for a registry that is silent. None by default: 404. */
  readonly pull?: readonly object[] | 'never'
  readonly podman?: boolean
  /** Images that it lists. */
  readonly images?: readonly { readonly Id: string; readonly RepoTags: string[]; readonly Labels: object }[]
  readonly containers?: readonly { readonly Id: string; readonly Labels: Record<string, string> }[]
  /** Status of the ping; `never` to be silent. */
  readonly ping?: number | 'never'
}

export interface FakeEngine {
  /** As DOCKER_HOST words it. */
  readonly uri: string
  readonly socketPath: string
  /** Method and path of each request. */
  readonly asked: string[]
  /** Parameters of each build. */
  readonly builds: URLSearchParams[]
  /** What each container was to be like. */
  readonly created: Readonly<Record<string, unknown>>[]
  /** Containers and networks that were removed. */
  readonly removed: string[]
  /** Ends the container as `docker kill` does. */
  killSite(): void
  /** Ends the engine at once, with all connections. */
  stop(): void
}

/** An engine that does not end with a test by itself. */
export interface OpenEngine extends FakeEngine {
  /** Stops it and removes its socket. */
  close(): void
}

interface FakeSite {
  readonly front: Server
  readonly sockets: Set<Socket>
  reference?: ReferenceServer
  exitCode?: number
  readonly waiting: ServerResponse[]
}

/** Speaks as much of the engine's API, on a socket of its own, as the suite and Testcontainers ask for; its site is the reference server. */
export async function openEngine(behaviour: FakeBehaviour): Promise<OpenEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'contract-engine-'))
  const socketPath = join(folder, 'docker.sock')
  const asked: string[] = []
  const builds: URLSearchParams[] = []
  const created: Readonly<Record<string, unknown>>[] = []
  const removed: string[] = []
  const execs: string[][] = []
  const listed = [...(behaviour.containers ?? [])]
  let site: FakeSite | undefined

  const killSite = () => {
    if (site?.exitCode !== undefined || !site) return
    site.exitCode = 137
    site.front.close()
    for (const socket of site.sockets) socket.destroy()
    site.reference?.closeNow()
    for (const response of site.waiting) json(response, 200, { StatusCode: site.exitCode })
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request
    const [path = ''] = url.split('?')
    asked.push(`${method} ${path}`)
    const body = await text(request)
    const does = `${method} ${path.replace(/^\/(containers|exec|networks|images)\/(?!create|json)[^/]+/, '/$1/ID')}`
    const image = behaviour.image
    switch (does) {
      case 'GET /_ping':
        if (behaviour.ping !== 'never') response.writeHead(behaviour.ping ?? 200).end('OK')
        return
      case 'GET /version': {
        json(response, 200, { Components: [{ Name: behaviour.podman ? 'Podman Engine' : 'Engine' }] })
        return
      }
      case 'POST /images/create':
        if (behaviour.pull === undefined) break
        if (behaviour.pull !== 'never') response.end(behaviour.pull.map((line) => `${JSON.stringify(line)}\n`).join(''))
        return
      case 'GET /images/json': {
        json(response, 200, behaviour.images ?? [])
        return
      }
      case 'GET /info': {
        json(response, 200, { OperatingSystem: 'Fake', ServerVersion: '0', OSType: 'linux' })
        return
      }
      case 'DELETE /images/ID':
        removed.push(decodeURIComponent(path.split('/')[2] ?? ''))
        {
          json(response, 200, [])
          return
        }
      case 'GET /containers/json': {
        json(response, 200, url.includes('all=1') ? listed : [])
        return
      }
      case 'GET /networks': {
        json(response, 200, [])
        return
      }
      case 'POST /build':
        builds.push(new URLSearchParams(url.split('?')[1]))
        response.end((behaviour.build ?? []).map((line) => `${JSON.stringify(line)}\n`).join(''))
        return
      case 'POST /containers/create':
        if ((JSON.parse(body) as { Entrypoint?: string[] }).Entrypoint?.[0] === 'php') {
          json(response, 201, { Id: 'probe', Warnings: [] })
          return
        }
        site = await openSite(behaviour)
        created.push(JSON.parse(body) as Record<string, unknown>)
        listed.push({ Id: 'fake', Labels: (JSON.parse(body) as { Labels: Record<string, string> }).Labels })
        {
          json(response, 201, { Id: 'fake', Warnings: [] })
          return
        }
      case 'POST /containers/ID/start':
        response.writeHead(204).end()
        if (behaviour.site === 'ends') killSite()
        return
      case 'GET /containers/ID/json': {
        const HostPort = String((site?.front.address() as AddressInfo | null)?.port ?? 1)
        const Ports = { '80/tcp': [{ HostIp: '127.0.0.1', HostPort }] }
        json(response, 200, {
          ...{
            Id: 'fake',
            Name: '/fake',
            Config: { Hostname: 'fake', Labels: {} },
            HostConfig: { PortBindings: Ports },
          },
          ...{ State: { Status: 'running', Running: true, StartedAt: '', FinishedAt: '' } },
          NetworkSettings: { Ports, Networks: {} },
        })
        return
      }
      case 'POST /containers/ID/attach':
        response.end(frame(JSON.stringify({ php: '8.4.1', sqlite: '3.46.1', composer: true, ...image?.php })))
        return
      case 'GET /containers/ID/logs':
        response.write(frame('PHP Fatal error: fake\n', 2))
        return
      case 'POST /containers/ID/wait':
        if (site?.exitCode !== undefined) json(response, 200, { StatusCode: site.exitCode })
        else site?.waiting.push(response)
        return
      case 'POST /containers/ID/exec':
        execs.push((JSON.parse(body) as { Cmd: string[] }).Cmd)
        {
          json(response, 201, { Id: String(execs.length) })
          return
        }
      case 'GET /exec/ID/json': {
        json(response, 200, { ExitCode: 127 })
        return
      }
      case 'DELETE /containers/ID':
        removed.push(decodeURI(path.split('/')[2] ?? ''))
        forget(listed, removed.at(-1))
        killSite()
        response.writeHead(204).end()
        return
    }
    if (image && path === `/images/${image.name}/json`) {
      const ExposedPorts = Object.fromEntries((image.ports ?? ['80/tcp']).map((port) => [port, {}]))
      json(response, 200, {
        Config: { ExposedPorts, Labels: image.labels ?? null, Env: image.env === undefined ? [] : image.env, User: '' },
      })
      return
    }
    json(response, 404, { message: `No such image: ${path}` })
  }

  const server = createServer((request, response) => void answer(request, response))
  server.on('upgrade', (request, socket: Socket) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    socket.write(
      'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
    )
    socket.on('error', () => undefined)
    if (behaviour.site === 'no drush')
      return void socket.end(frame('exec: "drush": executable file not found in $PATH\n', 2))
    else if (site) serveDrush(socket, site)
  })
  server.listen(socketPath)
  await once(server, 'listening')
  const stop = () => {
    killSite()
    server.close()
    server.closeAllConnections()
  }
  const close = () => {
    stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { uri: `unix://${socketPath}`, socketPath, asked, builds, created, removed, killSite, stop, close }
}

function forget(listed: { readonly Id: string }[], id: string | undefined): void {
  const index = listed.findIndex((one) => one.Id === id)
  if (index >= 0) listed.splice(index, 1)
}

/** Answers as drupal/provision.php does. */
function serveDrush(socket: Socket, site: FakeSite): void {
  const say = (value: object) => socket.write(frame(`\n@simple-oauth-contract ${JSON.stringify(value)}\n`))
  const lines = createInterface({ input: socket })
  let first = true
  const handle = async (line: string) => {
    if (first) {
      first = false
      return say({ id: 0, ok: true })
    }
    const { id, op, data } = JSON.parse(line) as { id: number; op: string; data: ReferenceData }
    if (op === 'provision') site.reference = await startReferenceServer({ profile: 'ideal', data })
    return say({ id, ok: true, uids: site.reference?.uids, versions: { simple_oauth: '6.0.9' } })
  }
  lines.on('line', (line) => void handle(line))
  lines.on('close', () => socket.end())
}

/** A port that shows a login page until the site is provisioned, and then is the reference server. */
async function openSite({ site }: FakeBehaviour): Promise<FakeSite> {
  const sockets = new Set<Socket>()
  const front = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const { reference } = made
    if (reference && site !== 'no module') {
      const inner = connect(Number(new URL(reference.url).port), '127.0.0.1')
      inner.on('error', () => socket.destroy())
      socket.pipe(inner).pipe(socket)
    } else socket.once('data', () => socket.end(page(site === 'error page' ? 500 : 200)))
  })
  const made: FakeSite = { front, sockets, waiting: [] }
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  return made
}

const page = (status: number) => `HTTP/1.1 ${status} Fake\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`

/** Standard output (1) and error (2) share a stream, in frames. */
function frame(content: string, stream = 1): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt8(stream, 0)
  head.writeUInt32BE(Buffer.byteLength(content), 4)
  return Buffer.concat([head, Buffer.from(content)])
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
