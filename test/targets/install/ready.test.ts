import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { waitUntilReady } from '../../../helpers/targets/install/ready.ts'

/** A site whose login page is served, and that answers an unknown client so. */
async function site(status: number, body: string): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.method === 'POST' ? status : 200).end(request.method === 'POST' ? body : '<form>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

const ready = async (status: number, body: string): Promise<string> =>
  waitUntilReady({ name: 'The server', baseUrl: await site(status, body), ended: () => undefined }, 5_000).then(
    () => 'ready',
    (error: unknown) => (error as Error).message,
  )
const oauth = (error: string): string => JSON.stringify({ error })

test.each([
  ['an unknown client', 401, oauth('invalid_client')],
  ['an unknown client, as other servers do', 400, oauth('invalid_client')],
  ['the default consumer, which an unknown client is taken for', 400, oauth('unsupported_grant_type')],
  ['the default consumer without its grant', 400, oauth('unauthorized_client')],
])('Simple OAuth works where it rejects %s', async (_, status, body) => {
  expect(await ready(status, body)).toBe('ready')
})

test.each([
  ['no module', 404, '<html>'],
  ['JSON of something else', 404, JSON.stringify({ message: 'No route found' })],
  ['a broken module', 500, oauth('server_error')],
  ['a page', 200, '<html>'],
  ['a token for nobody', 200, JSON.stringify({ access_token: 'a' })],
])('and not where it answers as %s', async (_, status, body) => {
  expect(await ready(status, body)).toBe(
    `Expected an OAuth error from /oauth/token for an unknown client, got ${String(status)}: Simple OAuth does not work.`,
  )
})
