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
  ]
  const issuers = await Promise.all(
    forged.map(async (headers) => {
      const { access_token = '' } = (await (await token(server, cc, headers)).json()) as Partial<Tokens>
      return String(decode(access_token)[1]?.['iss']).includes('evil.test')
    }),
  )
  const forms = await Promise.all(
    forged.map(async (headers) => {
      const shown = await (await get(server, authorizePath(pkce), { cookie, ...headers })).text()
      return shown.includes('evil.test')
    }),
  )
  const logins = await Promise.all(
    forged.map(async (headers) =>
      (await get(server, authorizePath(pkce), headers)).headers.get('location')?.includes('evil.test'),
    ),
  )
  // The client of these tests sets Host itself.
  const asked = request(`${server.url}/oauth/jwks`, { headers: { host: 'evil.test' } }).end()
  const [{ statusCode }] = (await once(asked, 'response')) as [{ statusCode?: number }]
  return { issuers, forms, logins, statusCode }
}
