import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** The answer a healthy server gave. */
export interface Healthy {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: string
}

export interface Asked {
  /** `POST /oauth/token` */
  readonly what: string
  readonly url: string
  readonly body: string
  readonly healthy: Healthy
  /** An origin nobody may ask. */
  readonly other: string
  /** Of the proxy. */
  readonly origin: string
}

/** Bytes for the socket, an answer, or whatever a function does with the connection. */
export type Answer = string | Partial<Healthy> | ((response: ServerResponse, socket: Socket) => void)

/** Null: the healthy answer goes through. */
export type Breaks = (asked: Asked) => Answer | null

export interface HostileServer {
  readonly origin: string
  /** `POST /oauth/token`, in the order received. */
  readonly requests: readonly { readonly what: string; readonly body: string }[]
  /** Connections that reached the other origin. */
  readonly strayed: () => number
  close(): Promise<void>
}

/** A proxy that breaks some answers of a healthy server, so that the rest of a flow stays intact. */
export async function hostileServer(upstream: string, breaks: Breaks): Promise<HostileServer> {
  const requests: { what: string; body: string }[] = []
  let connections = 0
  const other = await listen(
    createTcpServer((socket) => {
      connections++
      socket.on('error', () => undefined).end()
    }),
  )
  const server = createServer((request, response) => {
    response.on('error', () => undefined)
    void serve(request, response)
  })
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await buffer(request)).toString('latin1')
    const url = request.url ?? ''
    const what = `${request.method ?? ''} ${url.replace(/\?.*/su, '')}`
    requests.push({ what, body })
    const healthy = await forward(upstream, request, body)
    const answer = breaks({ what, url, body, healthy, other: other.origin, origin: proxy.origin })
    if (typeof answer === 'function') answer(response, request.socket)
    else if (typeof answer === 'string') request.socket.end(answer, 'latin1')
    else reply(response, { ...healthy, ...answer })
  }
  const proxy = await listen(server)
  return {
    origin: proxy.origin,
    requests,
    strayed: () => connections,
    close: async () => {
      await proxy.close()
      await other.close()
    },
  }
}

/** Content-Length always matches the body. */
function reply(response: ServerResponse, { status, headers, body }: Healthy): void {
  const kept = headers.flatMap((name, index) =>
    index % 2 === 0 && !/^(content-length|transfer-encoding|connection|keep-alive|date)$/iu.test(name)
      ? [name, headers[index + 1] ?? '']
      : [],
  )
  response.writeHead(status, kept).end(body, 'latin1')
}

async function forward(upstream: string, request: IncomingMessage, body: string): Promise<Healthy> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { method, rawHeaders: headers } = request
    ask(upstream, { method, headers, path: request.url ?? '/' }, resolve)
      .on('error', reject)
      .end(body, 'latin1')
  })
  const text = (await buffer(answer)).toString('latin1')
  return { status: answer.statusCode ?? 0, headers: answer.rawHeaders, body: text }
}

async function listen(server: Server): Promise<{ origin: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      }),
  }
}
