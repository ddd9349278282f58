import { authorizePath, codeFlow, consent, debug, get, login, post } from '../../support/reference-client.ts'
import { cc, facts, pkce, refreshing, type Probe } from './requests.ts'

/** Equivalent forms of one request: another order, media type or header. */
export const habits: Probe = async (server) => {
  const cookie = await login(server)
  const { tokens } = await codeFlow(server)
  const state = 's'.repeat(600)
  const [path = '', query = ''] = authorizePath({ ...pkce, state }).split('?')
  const answered = await consent(server, cookie, { ...pkce, state })
  return {
    order: await facts(get(server, `${path}?${query.split('&').reverse().join('&')}`, { cookie })),
    state: answered.searchParams.get('state')?.length,
    tokenOrder: await facts(
      post(server, '/oauth/token', {
        client_id: cc.client_id,
        client_secret: cc.client_secret,
        grant_type: cc.grant_type,
      }),
    ),
    charset: await facts(
      post(server, '/oauth/token', cc, { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }),
    ),
    accept: await facts(post(server, '/oauth/token', cc, { accept: 'application/json, text/plain, */*' })),
    media: await facts(
      get(server, '/oauth/debug?_format=json', {
        authorization: `Bearer ${tokens.access_token}`,
        'content-type': 'application/json',
      }),
    ),
    opened: await facts(debug(server, tokens.access_token)),
    refreshed: await facts(refreshing(server, tokens.refresh_token, { scope: 'debug content:read' })),
  }
}
