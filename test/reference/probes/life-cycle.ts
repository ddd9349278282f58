import type { ReferenceServer } from '../../../helpers/reference/server.ts'
import { authorizePath, callback, codeFlow, consent, debug, get, login } from '../../support/reference-client.ts'
import { cc, decode, exchanging, facts, pkce, refreshing, token, type Facts, type Probe } from './requests.ts'

const web = { client_id: 'web', client_secret: 'secret-web' }

type Change = Parameters<ReferenceServer['control']>[0]

/** A change of a consumer on the small site, whose names differ from the fixtures'. */
export const ofConsumer = (client: string, change: unknown): Change =>
  ({ op: 'consumer.change', client, change, secret: 'another' }) as unknown as Change

/** Whether a token, code, session and approval still work after a change. */
async function afterwards(server: ReferenceServer, change: Change): Promise<Facts> {
  const cookie = await login(server)
  const { tokens } = await codeFlow(server, { client: 'web', secret: 'secret-web' })
  const code = (await consent(server, cookie, { ...pkce, client_id: 'web' })).searchParams.get('code') ?? ''
  await debug(server, tokens.access_token)
  await server.control(change)
  return {
    opens: await facts(debug(server, tokens.access_token)),
    refreshed: await facts(refreshing(server, tokens.refresh_token, web)),
    redeemed: await facts(exchanging(server, code, 'v'.repeat(43), web)),
    session: await facts(get(server, authorizePath({ ...pkce, client_id: 'web' }), { cookie })),
    approved: await facts(get(server, authorizePath({ ...pkce, client_id: 'memory' }), { cookie })),
  }
}

/** Changes of users, and what they can still do. */
export const accounts: Probe = async (server) => {
  const seen: Facts = {}
  await consent(server, await login(server), { ...pkce, client_id: 'memory' })
  // A user who was deleted is another one afterwards, without the approval.
  for (const change of ['save', 'block', 'roles', 'permissions', 'delete']) {
    seen[change] = await afterwards(server, { op: 'user.change', user: 'editor', change } as Change)
    await server.control({ op: 'user.change', user: 'editor', change: 'restore' })
  }
  const reader = { ...cc, client_id: 'cc-reader', client_secret: 'secret-reader' }
  const { access_token } = (await (await token(server, reader)).json()) as { access_token: string }
  await server.control({ op: 'user.change', user: 'otherEditor', change: 'block' })
  const machine = await facts(get(server, '/jsonapi/node/note', { authorization: `Bearer ${access_token}` }))
  return { ...seen, machine, newToken: await facts(token(server, reader)) }
}

/** Changes of consumers, and what they can still get. */
export const consumers: Probe = async (server) => {
  const change = (client: string, wanted: unknown) => server.control(ofConsumer(client, wanted))
  const cookie = await login(server)
  await consent(server, cookie, { ...pkce, client_id: 'memory' })
  const seen: Facts = {}
  for (const name of ['save', 'secret', 'delete']) {
    seen[name] = await afterwards(server, ofConsumer('web', name))
    await change('web', 'restore')
  }
  await change('two', { redirectUris: [callback] })
  const gone = authorizePath({ ...pkce, client_id: 'two', redirect_uri: `${callback}2` })
  const removed = await facts(get(server, gone, { cookie }))
  const scopeOf = async (): Promise<unknown> => {
    const { access_token = '' } = (await (await token(server, cc)).json()) as { access_token?: string }
    return decode(access_token)[1]?.['scope']
  }
  await change('cc', { scopes: ['content:read'] })
  const narrowed = await scopeOf()
  await change('cc', { grantTypes: ['authorization_code'] })
  return { ...seen, removed, narrowed, ungranted: await facts(token(server, cc)) }
}

/** Effects of cron and time on tokens and keys. */
export const moments: Probe = async (server) => {
  const { tokens } = await codeFlow(server, { client: 'web', secret: 'secret-web', scope: 'debug' })
  await server.control(ofConsumer('web', { scopes: ['content:read'] }))
  const later = (await (await refreshing(server, tokens.refresh_token, web)).json()) as typeof tokens
  const scope = decode(later.access_token)[1]?.['scope']
  const brief = (await codeFlow(server, { client: 'brief' })).tokens
  const spent = async () => facts(refreshing(server, brief.refresh_token, { client_id: 'brief' }))
  const twice = [await spent(), await spent()]
  await token(server, { ...cc, client_id: 'cc-past', client_secret: 'secret-past' })
  await consent(server, await login(server), pkce)
  // How many live tokens are left depends on how fast the machine is.
  const { 'cron.expired': expired } = (await server.control({ op: 'cron' })) as Facts
  const opens = await facts(debug(server, later.access_token))
  const removed = await facts(refreshing(server, 'a'.repeat(724)))
  const keys = async () => (await get(server, '/oauth/jwks')).text()
  const before = await keys()
  await server.control({ op: 'keys.replace' })
  return { scope, twice, expired, opens, removed, replaced: (await keys()) !== before }
}

/** A page with a token, without one, and beside a browser session. */
export const besides: Probe = async (server) => {
  const { access_token } = (await codeFlow(server)).tokens
  const narrow = (await codeFlow(server, { scope: 'content:read' })).tokens
  const cookie = await login(server)
  const page = '/oauth/debug?own=1'
  const beside = (bearer: string) => facts(get(server, '/reporters', { cookie, authorization: `Bearer ${bearer}` }))
  return {
    withToken: await facts(get(server, page, { authorization: `Bearer ${access_token}` })),
    without: await facts(get(server, page)),
    beside: [await beside(narrow.access_token), await beside('abc')],
  }
}
