import type { JsonWebKey } from 'node:crypto'
import { codeFlow, debug, get, type Tokens } from '../../support/reference-client.ts'
import { cc, token, refreshing, facts, decode, type Facts, type Probe } from './requests.ts'

export const tokens: Probe = async (server) => {
  const [one, two] = [(await codeFlow(server)).tokens, (await codeFlow(server)).tokens]
  const { response } = await codeFlow(server)
  const [header, claims] = decode(one.access_token)
  const again = decode(two.access_token)[1]
  const claimsOf = async (answered: Promise<Response>) =>
    decode(((await (await answered).json()) as Tokens).access_token)[1]
  const ofMachine = await claimsOf(token(server, cc))
  const ofRefresh = await claimsOf(refreshing(server, one.refresh_token))
  const jwks = (await (await get(server, '/oauth/jwks')).json()) as { keys: JsonWebKey[] }
  const typed = Object.entries(claims ?? {}).map(([name, value]) => [name, typeof value])
  return {
    header: Object.keys(header ?? {}),
    alg: header?.['alg'],
    typed,
    lifetime: Number(claims?.['exp']) - Number(claims?.['iat']),
    // The address of the site has another port each time.
    stable: ['aud', 'sub', 'scope'].map((name) => String(claims?.[name]).replace(/:\d+$/u, '')),
    returned: one.scope,
    unique: claims?.['jti'] !== again?.['jti'],
    size: String(claims?.['jti']).length,
    keys: jwks.keys.map((key) => Object.keys(key).sort()),
    alias: (await get(server, '/.well-known/jwks.json')).status,
    machine: ofMachine?.['sub'],
    otherGrants: [ofMachine, ofRefresh].map((of) => [Object.keys(of ?? {}), of?.['iss'] === claims?.['iss']]),
    opens: (await debug(server, two.access_token)).status,
    response: await facts(response),
  }
}

/** Tokens of several users in turn, and what each of them opens. */
export const isolation: Probe = async (server) => {
  const carol = ['carol', 'pw-carol'] as const
  const ofUser = async (scope: string, user?: readonly [string, string]) =>
    (await codeFlow(server, { scope, ...(user ? { user } : {}) })).tokens.access_token
  const ofClient = async (scope: string, name = 'open') => {
    const client = { client_id: `cc-${name}`, client_secret: `secret-${name}` }
    return ((await (await token(server, { ...cc, ...client, scope })).json()) as Tokens).access_token
  }
  const open = async (path: string, tokens: readonly string[]): Promise<number[]> => {
    const statuses: number[] = []
    for (const one of tokens) statuses.push((await get(server, path, { authorization: `Bearer ${one}` })).status)
    return statuses
  }
  const subject = async (bearer: string) => {
    const claims = await get(server, '/oauth/userinfo', { authorization: `Bearer ${bearer}` })
    return ((await claims.json()) as Facts)['sub'] ?? claims.status
  }
  const page = '/oauth/debug'
  return {
    users: await open(page, [await ofUser('debug'), await ofUser('debug', carol)]),
    machineFirst: await open(page, [await ofClient('debug content:read'), await ofUser('debug content:read', carol)]),
    machineLast: await open(page, [await ofUser('suite:debug', carol), await ofClient('suite:debug')]),
    scopes: await open(page, [await ofUser('debug reporter'), await ofUser('content:read reporter')]),
    admin: await open(page, [
      await ofUser('content:read', ['root', 'pw-root']),
      await ofClient('content:read', 'root'),
    ]),
    content: await open('/jsonapi/node/note', [await ofUser('content:read'), await ofUser('debug')]),
    roles: await open('/reporters', [await ofUser('reporter'), await ofUser('content:read')]),
    userinfo: [await subject(await ofUser('openid debug')), await subject(await ofUser('openid', carol))],
  }
}
