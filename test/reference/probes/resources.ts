import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, sign, type JsonWebKey } from 'node:crypto'
import { CompactSign, compactVerify } from 'jose'
import { forgedKeys } from '../../../helpers/oauth/forged-key.ts'
import { certificateAddress, keySetAddress, startKeySetServer } from '../../../helpers/oauth/key-set-server.ts'
import { codeFlow, debug, get, post, type Tokens } from '../../support/reference-client.ts'
import { cc, token, refreshing, facts, decode, type Facts, type Probe } from './requests.ts'

const own = generateKeyPairSync('rsa', { modulusLength: 2048 })

async function resign(jwt: string, change: Facts, header: Facts, sign: (input: string) => string): Promise<string> {
  const [oldHeader, claims] = decode(jwt)
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${base64({ ...oldHeader, ...header })}.${base64({ ...claims, ...change })}`
  return Promise.resolve(`${input}.${sign(input)}`)
}

const keySets = startKeySetServer()

/** Tokens that say where their own key is. */
async function pointing(jwt: string): Promise<Readonly<Record<string, string>>> {
  const { url } = await keySets
  const signed = (header: Facts) =>
    resign(jwt, {}, { alg: 'RS256', ...header }, (input) =>
      sign('sha256', Buffer.from(input), forgedKeys().privateKey).toString('base64url'),
    )
  return {
    jku: await signed({ jku: keySetAddress(url, 'forged'), kid: 'forged' }),
    x5u: await signed({ x5u: certificateAddress(url) }),
  }
}

export const resources: Probe = async (server) => {
  const good = (await codeFlow(server)).tokens
  const jwks = (await (await get(server, '/oauth/jwks')).json()) as { keys: (JsonWebKey & { kid: string })[] }
  const pem = createPublicKey({ key: { ...jwks.keys[0] }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString()
  const body = new TextEncoder().encode(JSON.stringify(decode(good.access_token)[1]))
  const embedded = await new CompactSign(body)
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', jwk: own.publicKey.export({ format: 'jwk' }) })
    .sign(own.privateKey)
  const forged = {
    random: await resign(good.access_token, {}, {}, () => randomBytes(256).toString('base64url')),
    none: await resign(good.access_token, {}, { alg: 'none' }, () => ''),
    secret: await resign(good.access_token, {}, { alg: 'HS256' }, (input) =>
      createHmac('sha256', pem).update(input).digest('base64url'),
    ),
    embedded,
    emptySecret: await resign(good.access_token, {}, { alg: 'HS256' }, (input) =>
      createHmac('sha256', '').update(input).digest('base64url'),
    ),
    path: await resign(good.access_token, {}, { alg: 'HS256', kid: '../../dev/null' }, (input) =>
      createHmac('sha256', '').update(input).digest('base64url'),
    ),
    ...(await pointing(good.access_token)),
  }
  const refused: Facts = {}
  for (const [name, jwt] of Object.entries(forged)) refused[name] = await facts(debug(server, jwt))
  const content = (await codeFlow(server, { scope: 'content:read' })).tokens
  const admin = (await codeFlow(server, { scope: 'admin debug' })).tokens
  const brief = (await (await token(server, { ...cc, client_id: 'cc-brief' })).json()) as Tokens
  const replaced = (await codeFlow(server)).tokens
  await refreshing(server, replaced.refresh_token)
  const list = (await (await debug(server, admin.access_token)).json()) as { permissions?: Facts }
  const before = {
    refused,
    opens: await facts(debug(server, good.access_token)),
    nothing: await facts(get(server, '/oauth/debug')),
    query: await facts(get(server, `/oauth/debug?access_token=${good.access_token}`)),
    several: await Promise.all(
      [good.access_token, 'abc'].map((token) =>
        facts(get(server, `/oauth/debug?access_token=${good.access_token}`, { authorization: `Bearer ${token}` })),
      ),
    ),
    scope: await facts(debug(server, content.access_token)),
    beyond: list.permissions?.['administer nodes'],
    expired: await facts(debug(server, brief.access_token)),
    revoked: await facts(debug(server, replaced.access_token)),
    userinfo: [
      await facts(get(server, '/oauth/userinfo', { authorization: `Bearer ${good.access_token}` })),
      await facts(post(server, '/oauth/userinfo', '', { authorization: `Bearer ${good.access_token}` })),
    ],
  }
  const schemes = await Promise.all(
    ['bearer', 'Token'].map((scheme) =>
      facts(get(server, '/oauth/debug', { authorization: `${scheme} ${good.access_token}` })),
    ),
  )
  const unsigned = await facts(debug(server, `${good.access_token.split('.').slice(0, 2).join('.')}.`))
  const noneInCapitals = await facts(debug(server, await resign(good.access_token, {}, { alg: 'NONE' }, () => '')))
  const opening = async (scope: string) => {
    const { access_token } = (await codeFlow(server, { scope })).tokens
    return ((await (await debug(server, access_token)).json()) as { permissions?: Facts }).permissions
  }
  const robot = (await (
    await token(server, { ...cc, client_id: 'cc-open', client_secret: 'secret-open', scope: 'reporter' })
  ).json()) as Tokens
  const reporter = (await codeFlow(server, { scope: 'reporter' })).tokens
  const reports = await Promise.all(
    [robot, reporter].map((of) => facts(get(server, '/admin/reports', { authorization: `Bearer ${of.access_token}` }))),
  )
  const rights = [await opening('debug suite'), await opening('suite:debug'), reports]
  const connected = (await codeFlow(server, { scope: 'openid debug', authorize: { nonce: 'n-1' } })).tokens
  const idTokens = [connected.id_token, (await codeFlow(server)).tokens.id_token].map((jwt) =>
    jwt === undefined ? null : decode(jwt)[1],
  )
  const idToken = [
    idTokens.map((one) => [one?.['aud'], one?.['nonce'], Object.keys(one ?? {})]),
    connected.id_token && (await facts(debug(server, connected.id_token))),
  ]
  const isVerified = async (jwt = '') =>
    compactVerify(jwt, createPublicKey(pem)).then(
      () => true,
      () => false,
    )
  const refreshedId = ((await (await refreshing(server, connected.refresh_token)).json()) as Tokens).id_token
  const verified = [await isVerified(connected.id_token), await isVerified(refreshedId)]
  const sameId = ['iss', 'sub'].map((name) => refreshedId && decode(refreshedId)[1]?.[name] === idTokens[0]?.[name])
  const bearerOf = (tokens: Tokens) => ({ authorization: `Bearer ${tokens.access_token}` })
  const fresh = (await codeFlow(server, { scope: 'openid debug' })).tokens
  const userinfo = await get(server, '/oauth/userinfo', bearerOf(fresh))
  const claims = (await userinfo.json()) as Facts
  const about = [claims['sub'], Object.keys(claims), userinfo.headers.get('cache-control')]
  const narrow = (await codeFlow(server, { scope: 'openid email content:read' })).tokens
  const told = Object.values((await (await get(server, '/oauth/userinfo', bearerOf(narrow))).json()) as Facts)
  const typesTold = told.map((value) => typeof value)
  const inQuery = await facts(get(server, `/oauth/userinfo?access_token=${narrow.access_token}`))
  const openidOpens = await facts(debug(server, narrow.access_token))
  const openid = {
    schemes,
    unsigned,
    noneInCapitals,
    rights,
    idToken,
    verified,
    refreshed: [typeof refreshedId, sameId],
    about,
    typesTold,
    inQuery,
    openidOpens,
    keyEncoding: jwks.keys.map(({ n = '' }) => /^[\w-]+$/.test(n)),
  }
  await server.control({ op: 'keys.replace' })
  const retired = await facts(debug(server, good.access_token))
  await server.control({ op: 'keys.restore' })
  await server.control({ op: 'user.change', user: 'editor', change: 'block' })
  return { ...before, ...openid, retired, blocked: await facts(debug(server, good.access_token)) }
}
