import { codeFlow, debug, post, type Params } from '../../support/reference-client.ts'
import { cc, facts, refreshing, token, type Facts, type Probe } from './requests.ts'

/** Revocation (RFC 7009) and introspection (RFC 7662), each of tokens of its own. */
export const revocations: Probe = async (server) => {
  const web = { client_id: 'web', client_secret: 'secret-web' }
  const own = async () => (await codeFlow(server, { client: 'web', secret: 'secret-web' })).tokens
  const revoke = (given: string | null, change: Params = {}) =>
    facts(post(server, '/oauth/revoke', { ...web, token: given, ...change }))
  const introspected = async (given: string | null, change: Params = {}) => {
    const response = await post(server, '/oauth/introspect', { ...web, token: given, ...change })
    const body = (await response.json()) as Facts
    return [response.status, body['active'], Object.keys(body), String(body['jti']).startsWith('of-another')]
  }
  const opens = async (given: string) => (await debug(server, given)).status
  const of = async (change: Params, which: 'access_token' | 'refresh_token' = 'access_token') => {
    const tokens = await own()
    const answered = await revoke(tokens[which], change)
    const again = await revoke(tokens[which], change)
    const after = [await introspected(tokens.access_token), await introspected(tokens.refresh_token)]
    const refreshed = (await refreshing(server, tokens.refresh_token, web)).status
    return [answered, again, after, await opens(tokens.access_token), refreshed]
  }
  const live = await own()
  const brief = (await (await token(server, { ...cc, client_id: 'cc-brief' })).json()) as { access_token: string }
  const forged = `${live.access_token.split('.').slice(0, 2).join('.')}.AAAA`
  return {
    access: await of({}),
    refresh: await of({}, 'refresh_token'),
    misled: await of({ token_type_hint: 'refresh_token' }),
    foreign: await of({ client_id: 'web2', client_secret: 'secret-web2' }),
    unproven: await of({ client_secret: null }),
    unknown: await revoke('abc'),
    nothing: await revoke(null),
    introspected: await introspected(live.access_token),
    anybody: await introspected(live.access_token, { client_secret: null }),
    expired: await introspected(brief.access_token),
    forged: await introspected(forged),
    unreadable: await introspected('abc'),
  }
}
