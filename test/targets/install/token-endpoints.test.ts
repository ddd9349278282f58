import { describe, expect, test } from 'vitest'
import { capabilities, type Capability } from '../../../fixtures/capabilities.ts'
import type { HttpClient } from '../../../helpers/http/client.ts'
import type { TargetInfo } from '../../../helpers/model/target.ts'
import { askForTokenEndpoints, withTokenEndpoints } from '../../../helpers/targets/install/token-endpoints.ts'
import { httpServer } from '../../support/http-server.ts'

type Answers = Readonly<Record<string, readonly [status: number, body: string]>>

/** A site that answers so, by path, and 404 with a page anywhere else; and what it was asked. */
function site(answers: Answers, baseUrl = 'https://site.example/en') {
  const asked: string[] = []
  const send: HttpClient['send'] = ({ method, url, headers = [], body = null }) => {
    const path = url.startsWith(baseUrl) ? url.slice(baseUrl.length) : url
    asked.push(`${method} ${path}`)
    const [status, text] = answers[path] ?? [404, '<html>Page not found</html>']
    const request = { method, url, headers, body }
    return Promise.resolve({
      request,
      response: { status, headers: [], body: text, truncated: false },
    } as unknown as Awaited<ReturnType<HttpClient['send']>>)
  }
  const http: HttpClient = { send, close: () => Promise.resolve() }
  const info = {
    baseUrl,
    capabilities: Object.keys(capabilities) as Capability[],
    endpoints: { token: '/oauth/token' },
  } as unknown as TargetInfo
  return { http, info, asked }
}

const found = async (answers: Answers) => {
  const { http, info } = site(answers)
  const { endpoints, capabilities: has } = await withTokenEndpoints(info, http)
  return { ...endpoints, has: has.filter((one) => /^(revocation|introspection|device|registration)/u.test(one)) }
}

const metadata = '/.well-known/oauth-authorization-server'
const unauthorized = [401, '{"error":"invalid_client"}'] as const

test('a site without the endpoints lacks the capabilities', async () => {
  expect(await found({})).toEqual({ token: '/oauth/token', has: [] })
})

test('the usual paths are asked, whatever the metadata says', async () => {
  expect(await found({ '/oauth/revoke': unauthorized, '/oauth/introspect': unauthorized })).toEqual({
    token: '/oauth/token',
    revocation: '/oauth/revoke',
    introspection: '/oauth/introspect',
    has: ['revocation', 'revocation.access-token', 'introspection'],
  })
})

test('an address in the metadata is asked first, and counts for nothing where nobody answers', async () => {
  const promised = JSON.stringify({ revocation_endpoint: 'https://site.example/en/revoke-here' })
  expect(await found({ [metadata]: [200, promised], '/revoke-here': unauthorized })).toMatchObject({
    revocation: '/revoke-here',
    has: ['revocation', 'revocation.access-token'],
  })
  expect(await found({ [metadata]: [200, promised] })).toMatchObject({ has: [] })
})

test('the endpoints of devices and registration have capabilities of their own', async () => {
  const promised = JSON.stringify({ device_authorization_endpoint: 'https://site.example/en/device-here' })
  const wrong = [400, '{"error":"invalid_client_metadata"}'] as const
  expect(
    await found({ [metadata]: [200, promised], '/device-here': unauthorized, '/oauth/register': wrong }),
  ).toMatchObject({
    device: '/device-here',
    registration: '/oauth/register',
    has: ['device', 'registration', 'registration.management'],
  })
})

test('metadata of 10 MB, whose end is not read, count for nothing', async () => {
  const long = JSON.stringify({ padding: 'x'.repeat(10_000_000), revocation_endpoint: 'https://site.example/en/here' })
  const asked: string[] = []
  const server = await httpServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === metadata) response.end(long)
    else response.writeHead(request.url === '/oauth/revoke' ? 401 : 404).end('{"error":"invalid_client"}')
  })
  try {
    const { info } = site({})
    const answered = await askForTokenEndpoints({ ...info, baseUrl: server.origin }, 10_000)
    expect(answered.endpoints).toMatchObject({ revocation: '/oauth/revoke' })
    expect(asked).toContain(metadata)
    expect(asked).not.toContain('/en/here')
  } finally {
    await server.close()
  }
})

test('no address outside the site is ever requested', async () => {
  const elsewhere = {
    revocation_endpoint: 'https://attacker.example/revoke',
    introspection_endpoint: 'https://site.example/en.attacker.example/',
    device_authorization_endpoint: 'https://attacker.example/device',
    registration_endpoint: 'https://attacker.example/register',
  }
  const { http, info, asked } = site({ '/.well-known/openid-configuration': [200, JSON.stringify(elsewhere)] })
  await withTokenEndpoints(info, http)
  expect(asked).toEqual([
    `GET ${metadata}`,
    'GET /.well-known/openid-configuration',
    'POST /oauth/revoke',
    'POST /oauth/introspect',
    'POST /oauth/device_authorization',
    'POST /oauth/register',
  ])
})

describe('is an endpoint', () => {
  test.each<[string, number, string, boolean]>([
    ['an OAuth error', 400, '{"error":"invalid_request"}', true],
    ['a revocation that asks for no client', 200, '', true],
    ['a server error', 500, '<html>The website encountered an unexpected error.</html>', true],
    ['a page', 200, '<!DOCTYPE html>', false],
    ['the page of a firewall', 403, '<html>', false],
    ['another method', 405, '{"message":"Method Not Allowed"}', false],
    ['a redirect', 302, '', false],
  ])('%s', async (_, status, body, is) => {
    expect((await found({ '/oauth/revoke': [status, body] })).has.includes('revocation')).toBe(is)
  })
})
