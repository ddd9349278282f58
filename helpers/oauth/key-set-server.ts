import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { forgedCertificate, forgedKeys } from './forged-key.ts'

/** A server of this run on the loopback address, to which `jku` and `x5u` of forged tokens point (RFC 7515 §4.1.2, §4.1.5). */
export interface KeySetServer {
  readonly url: string
  /** Whether a request arrives when `fetch` makes the server under test send one. */
  reachedBy(fetch: (url: string) => Promise<void>): Promise<boolean>
  close(): void
}

/** The address of the key set, with its key under this `kid`. */
export const keySetAddress = (url: string, kid: string): string => `${url}/keys?kid=${encodeURIComponent(kid)}`
/** The address of the key's certificate. */
export const certificateAddress = (url: string): string => `${url}/certificate`

export async function startKeySetServer(): Promise<KeySetServer> {
  const probes = new Set<string>()
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (pathname === '/keys') {
      const kid = searchParams.get('kid') ?? ''
      const jwk = { ...forgedKeys().publicKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }
      response.setHeader('content-type', 'application/jwk-set+json')
      response.end(JSON.stringify({ keys: [kid === '' ? jwk : { ...jwk, kid }] }))
    } else if (pathname === '/certificate') {
      response.setHeader('content-type', 'application/pem-certificate-chain')
      response.end(forgedCertificate())
    } else {
      probes.add(pathname)
      response.end('reached')
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // It must not keep the run from ending.
  server.unref()
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  return {
    url,
    async reachedBy(fetch) {
      const path = `/${randomBytes(16).toString('hex')}`
      // A target that cannot fetch throws; only an arriving request counts.
      await fetch(url + path).catch(() => undefined)
      return probes.has(path)
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
