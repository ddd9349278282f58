import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { optionalEndpoints } from '../../fixtures/endpoints.ts'

/** It has none of the optional endpoints. */
const isMissing = (path: string): boolean =>
  /^\/(?:\.well-known\/|oauth\/contract-)/u.test(path) || Object.values<string>(optionalEndpoints).includes(path)

/** Answers the first requests of a run as Drupal does, and never any other. */
export async function silentDrupal(tokenError = 'unsupported_grant_type'): Promise<string> {
  const server = createServer((request, response) => {
    response
      .setHeader('x-generator', 'Drupal 10 (https://www.drupal.org)')
      .setHeader('content-type', 'application/json')
    if (request.url === '/oauth/token') {
      response.writeHead(request.method === 'GET' ? 405 : 400).end(JSON.stringify({ error: tokenError }))
    } else if (request.url === '/oauth/jwks') response.end('{"keys":[]}')
    else if (request.url?.startsWith('/oauth/debug')) response.writeHead(403).end('{}')
    else if (isMissing(request.url ?? '')) response.writeHead(404).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
