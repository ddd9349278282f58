import { once } from 'node:events'
import { request } from 'node:http'
import { authorizePath, get, login, type Tokens } from '../../support/reference-client.ts'
import { pkce, cc, token, decode, type Probe } from './requests.ts'

/** Effects of a forged Host header or proxy header. */
export const addresses: Probe = async (server) => {
  const cookie = await login(server)
  const forged: Record<string, string>[] = [
    { 'x-forwarded-host': 'evil.test' },
    { forwarded: 'for=1.2.3.4;host=evil.test' },
    { 'x-forwarded-port': '443' },
    { 'x-forwarded-prefix': '//evil.test' },
  ]
  // The port of the server is never so low.
  const isForged = (address: string) => /evil\.test|:443\b/.test(address)
  const issuers = await Promise.all(
    forged.map(async (headers) => {
      const { access_token = '' } = (await (await token(server, cc, headers)).json()) as Partial<Tokens>
      return isForged(String(decode(access_token)[1]?.['iss']))
    }),
  )
  const forms = await Promise.all(
    forged.map(async (headers) => {
      const shown = await (await get(server, authorizePath(pkce), { cookie, ...headers })).text()
      return isForged(shown)
    }),
  )
  const logins = await Promise.all(
    forged.map(async (headers) =>
      isForged((await get(server, authorizePath(pkce), headers)).headers.get('location') ?? ''),
    ),
  )
  const named = await get(server, authorizePath({ ...pkce, destination: 'https://evil.test/' }))
  // The client of these tests sets Host itself.
  const asked = request(`${server.url}/oauth/jwks`, { headers: { host: 'evil.test' } }).end()
  const [{ statusCode }] = (await once(asked, 'response')) as [{ statusCode?: number }]
  return {
    issuers,
    forms,
    logins,
    named: isForged(new URL(named.headers.get('location') ?? '', server.url).host),
    statusCode,
  }
}
