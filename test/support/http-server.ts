import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface TestServer {
  readonly origin: string
  close(): Promise<void>
}

/** An HTTP server on a free port of 127.0.0.1. */
export async function httpServer(listener: RequestListener): Promise<TestServer> {
  return listen(createHttpServer(listener))
}

/** A server that gets the text of each request's head, and writes any answer. */
export async function rawServer(
  onRequest: (socket: Socket, head: string, connection: number) => void,
): Promise<TestServer> {
  let connections = 0
  return listen(
    createTcpServer((socket) => {
      const connection = ++connections
      let received = ''
      socket.on('error', () => {})
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1')
        for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
          const head = received.slice(0, end)
          received = received.slice(end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0))
          onRequest(socket, head, connection)
        }
      })
    }),
  )
}

async function listen(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
