import { authorizePath, codeFlow, consent, get, login, type Params } from '../../support/reference-client.ts'
import { pkce, decode, facts, type Probe } from './requests.ts'

/** Requests and ID tokens of OpenID Connect. */
export const connections: Probe = async (server) => {
  const cookie = await login(server)
  const asked = (change: Params, headers: Record<string, string> = { cookie }) =>
    facts(get(server, authorizePath({ ...pkce, scope: 'openid debug', ...change }), headers))
  const idToken = async () => (await codeFlow(server, { scope: 'openid debug' })).tokens.id_token
  const hint = (await codeFlow(server, { scope: 'openid', user: ['carol', 'pw-carol'] })).tokens.id_token ?? ''
  const [, claims] = decode((await idToken()) ?? '')
  const metadata = await (await get(server, '/.well-known/openid-configuration')).text()
  const issuer = (await consent(server, cookie, pkce)).searchParams.get('iss')
  const seen = {
    silent: [await asked({ prompt: 'none' }, {}), await asked({ prompt: 'none', client_id: 'auto' })],
    again: [await asked({ prompt: 'login' }), await asked({ max_age: '0' })],
    hinted: await asked({ id_token_hint: hint }),
    object: [await asked({ request: 'a.b.c' }), await asked({ request_uri: 'https://app.example.test/request' })],
    display: await asked({ display: 'page', ui_locales: 'en' }),
    claims: [Object.keys(claims ?? {}), claims?.['iss'] === server.url],
    metadata: metadata.replaceAll(server.url, ''),
    issuer: issuer?.replace(server.url, 'site'),
  }
  await server.control({ op: 'openid.disable' })
  return { ...seen, switchedOff: typeof (await idToken()) }
}
