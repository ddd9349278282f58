import { execFileSync } from 'node:child_process'
import { createServer as createHttp, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

interface Certificate {
  readonly key: string
  readonly cert: string
}

interface Front {
  readonly certificate?: Certificate
  /** Path below which the site lies, as behind a proxy or with a language prefix: /shop/de */
  readonly path?: string
  /** HTTP authentication that everything asks for. */
  readonly basic?: { readonly user: string; readonly password: string }
  /** Paths that are answered with 301, and where to. */
  readonly moved?: Readonly<Record<string, string>>
  /** Where the authorization endpoint sends visitors without a session: to log in at an identity provider. */
  readonly identityProvider?: string
}

/** What stands before a site: TLS, a sub-path, HTTP authentication. Closed when the test ends. */
export async function front(upstream: string, { certificate, path = '', basic, moved = {}, identityProvider }: Front) {
  const requests: string[] = []
  const due = basic && `Basic ${Buffer.from(`${basic.user}:${basic.password}`).toString('base64')}`
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = request.url ?? ''
    requests.push(`${request.method ?? ''} ${url}`)
    const body = await buffer(request)
    if (due !== undefined && request.headers.authorization !== due)
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="staging"' }).end()
    if (!url.startsWith(`${path}/`) && url !== path) return void response.writeHead(404, { server: 'front' }).end()
    const location = moved[url]
    if (location !== undefined) return void response.writeHead(301, { location }).end()
    if (identityProvider && url.includes('/oauth/authorize') && !request.headers.cookie)
      return void response.writeHead(302, { location: identityProvider }).end()
    // As a proxy does that has taken it for itself.
    const { authorization, ...others } = request.headers
    const headers = { ...others, ...(due !== undefined || authorization === undefined ? {} : { authorization }) }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method: request.method, headers, path: url.slice(path.length) || '/' }
      ask(upstream, options, resolve).on('error', reject).end(body)
    })
    const { host = '' } = request.headers
    const outside = (text: string): string =>
      text
        .replaceAll(`http://${host}`, `${certificate ? 'https' : 'http'}://${host}${path}`)
        .replace(/(action="|href=")\//gu, `$1${path}/`)
    const text = outside((await buffer(answer)).toString())
    const own = answer.rawHeaders.flatMap((name, index, all): [string, string][] =>
      index % 2 === 0 && !/^(content-length|transfer-encoding|connection|keep-alive)$/iu.test(name)
        ? [[name, outside(all[index + 1] ?? '')]]
        : [],
    )
    response.writeHead(answer.statusCode ?? 0, own.flat()).end(text)
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => void serve(request, response)
  const server = certificate ? createHttps(certificate, listener) : createHttp(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { origin: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`, requests }
}

/** A certificate for 127.0.0.1 by an authority of its own, whose PEM file lies in the folder. */
export function ownAuthority(folder: string): { readonly ca: string; readonly certificate: Certificate } {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'authority.pem', '-subj', '/CN=An authority')
  openssl(
    ...['req', '-x509', ...key, '-keyout', 'site.key', '-out', 'site.pem', '-subj', '/CN=site'],
    ...['-CA', 'authority.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  )
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  return { ca: 'authority.pem', certificate: { key: read('site.key'), cert: read('site.pem') } }
}
