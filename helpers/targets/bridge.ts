import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TargetError, type SiteChange, type Target } from '../model/target.ts'

/** Where a vitest worker reaches the process that owns the target. Plain JSON. */
export interface BridgeAddress {
  readonly url: string
  readonly token: string
}

interface Bridge {
  readonly address: BridgeAddress
  readonly close: () => void
}

/** Opens an endpoint on 127.0.0.1, protected by a random token, for site changes and error log lines. */
export async function openBridge(target: Pick<Target, 'changeSite' | 'errorLog'>): Promise<Bridge> {
  const token = randomBytes(32).toString('hex')
  const answer = (path: string, body: unknown): unknown =>
    path === '/error-log' ? target.errorLog() : target.changeSite(body as SiteChange)
  const server = createServer((request, response) => {
    void (async () => {
      const received = Buffer.from(request.headers.authorization ?? '')
      const expected = Buffer.from(`Bearer ${token}`)
      if (received.length !== expected.length || !timingSafeEqual(received, expected))
        return response.writeHead(403).end()
      try {
        const value = (await answer(request.url ?? '', JSON.parse(await text(request)))) ?? null
        return response.writeHead(200).end(JSON.stringify(value))
      } catch (error) {
        return response.writeHead(500).end(JSON.stringify(problemOf(error)))
      }
    })()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    address: { url: `http://127.0.0.1:${String(port)}`, token },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

interface Problem {
  readonly code: string
  readonly message: string
}

function problemOf(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error)
  return { code: error instanceof TargetError ? error.code : 'bridge-failed', message }
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

/** The client in the worker. Its calls reject with the TargetError of the process that owns the target. */
export function connectBridge(address: BridgeAddress): {
  changeSite(request: SiteChange): Promise<void>
  errorLog(): Promise<readonly string[]>
} {
  const call = async (path: string, body: unknown): Promise<unknown> => {
    const response = await fetch(address.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${address.token}` },
      body: JSON.stringify(body),
    })
    const answer: unknown = await response.json()
    if (response.ok) return answer
    const { code, message } = answer as Problem
    throw new TargetError(code, message)
  }
  return {
    changeSite: async (request) => {
      await call('/change-site', request)
    },
    errorLog: async () => (await call('/error-log', null)) as string[],
  }
}
