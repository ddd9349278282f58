import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CheckResult, SideEffects } from '../model/result.ts'
import { TargetError, type SiteChange, type Target } from '../model/target.ts'

/** What the worker asks of the process that owns target and reports. */
export interface Owner extends Pick<Target, 'changeSite' | 'errorLog'> {
  /** This many more checks begin. */
  planned(checks: number): void
  /** A check has its verdict. */
  concluded(conclusion: Conclusion): void
}

export interface Conclusion {
  readonly result: CheckResult
  /** What the run has left on the server so far, counted. */
  readonly sideEffects: SideEffects
}

/** The address at which a vitest worker reaches the process that owns the target. Plain JSON. */
export interface BridgeAddress {
  readonly url: string
  readonly token: string
}

interface Bridge {
  readonly address: BridgeAddress
  readonly close: () => void
}

/** Opens a loopback endpoint with a random token: site changes and verdicts go in, log lines come out. */
export async function openBridge(owner: Owner): Promise<Bridge> {
  const token = randomBytes(32).toString('hex')
  const answers: Readonly<Record<string, (body: unknown) => unknown>> = {
    '/change-site': (body) => owner.changeSite(body as SiteChange),
    '/error-log': () => owner.errorLog(),
    '/planned': (body) => owner.planned(body as number),
    '/concluded': (body) => owner.concluded(body as Conclusion),
  }
  const answer = (path: string, body: unknown): unknown => answers[path]?.(body)
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
  changeSite(request: SiteChange): Promise<unknown>
  errorLog(): Promise<readonly string[]>
  planned(checks: number): Promise<void>
  concluded(conclusion: Conclusion): Promise<void>
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
    changeSite: (request) => call('/change-site', request),
    errorLog: async () => (await call('/error-log', null)) as string[],
    planned: async (checks) => {
      await call('/planned', checks)
    },
    concluded: async (conclusion) => {
      await call('/concluded', conclusion)
    },
  }
}
