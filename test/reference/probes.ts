import { once } from 'node:events'
import { request } from 'node:http'
import { createHmac, createPublicKey, generateKeyPairSync, randomBytes, sign, type JsonWebKey } from 'node:crypto'
import { CompactSign, compactVerify } from 'jose'
import { forgedKeys } from '../../helpers/oauth/forged-key.ts'
import { certificateAddress, keySetAddress, startKeySetServer } from '../../helpers/oauth/key-set-server.ts'
import type { ReferenceServer } from '../../helpers/reference/server.ts'
import {
  authorizePath,
  callback,
  challengeOf,
  codeFlow,
  consent,
  debug,
  form,
  get,
  login,
  newVerifier,
  post,
  readForm,
  type Params,
  type Tokens,
} from '../support/reference-client.ts'

// Requests that a weakness should answer differently. Facts of two runs of the same server are equal.

export type Facts = Record<string, unknown>
type Probe = (server: ReferenceServer) => Promise<Facts>

const pkce = { code_challenge: challengeOf('v'.repeat(43)), code_challenge_method: 'S256' }
const cc = { grant_type: 'client_credentials', client_id: 'cc', client_secret: 'secret-cc' }
const token = (server: ReferenceServer, body: Params, headers: Record<string, string> = {}) =>
  post(server, '/oauth/token', body, headers)
const refreshing = (server: ReferenceServer, refresh_token: string, extra: Params = {}) =>
  token(server, { grant_type: 'refresh_token', client_id: 'spa', refresh_token, ...extra })
const exchanging = (server: ReferenceServer, code: string, code_verifier: string, extra: Params = {}) =>
  token(server, {
    grant_type: 'authorization_code',
    client_id: 'spa',
    redirect_uri: callback,
    code,
    code_verifier,
    ...extra,
  })

/** Everything about an answer that is the same in every run. */
async function facts(response: Response | Promise<Response>): Promise<Facts> {
  const { status, headers, text } = { ...plain(await response), text: await (await response).text() }
  const location = headers.get('location')
  const target = location === null ? null : new URL(location, 'http://server')
  const params = target && [...target.searchParams, ...new URLSearchParams(target.hash.slice(1))]
  return {
    status,
    target: target && target.host + target.pathname,
    params: params?.map(([name, value]) => (['state', 'error'].includes(name) ? `${name}=${value}` : name)),
    body: shape(text),
    headers: [
      'content-type',
      'cache-control',
      'pragma',
      'www-authenticate',
      'x-frame-options',
      'content-security-policy',
      'access-control-allow-origin',
    ].map((name) => headers.get(name)),
  }
}
const plain = ({ status, headers }: Response) => ({ status, headers })

function shape(text: string): unknown {
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    return Object.entries(value).map(([name, member]) => [
      name,
      typeof member,
      name === 'error' || name === 'expires_in' ? member : '',
    ])
  } catch {
    return text.includes('simple-oauth-authorize-form')
      ? 'consent'
      : text.includes('user-login-form')
        ? 'login'
        : 'page'
  }
}

async function press(server: ReferenceServer, cookie: string, change: Params, op: 'allow' | 'deny' = 'allow') {
  const { action, fields, buttons } = readForm(
    await (await get(server, authorizePath(pkce), { cookie })).text(),
    'simple-oauth-authorize-form',
  )
  return facts(post(server, action, { ...fields, op: buttons[op === 'allow' ? 0 : 1] ?? '', ...change }, { cookie }))
}

const redirects: Probe = async (server) => {
  const cookie = await login(server)
  const uris = [
    'https://app.example.test/other',
    `${callback}more`,
    'https://app.example.test.evil.test/back',
    'https://evil-app.example.test/back',
    `${callback}?x=1`,
    'http://app.example.test/back',
    'https://app.example.test:443/back',
    'https://app.example.test/%62ack',
    'https://app.example.test/Back',
    `${callback}/`,
    `${callback} https://evil.test/`,
    'https://evil.test/',
  ]
  const looked = await Promise.all(
    uris.map((redirect_uri) => facts(get(server, authorizePath({ ...pkce, redirect_uri }), { cookie }))),
  )
  const scopes = await facts(get(server, authorizePath({ ...pkce, scope: 'debug nope' }), { cookie }))
  const both = await facts(get(server, authorizePath({ client_id: 'auto', ...pkce, scope: 'debug nope' }), { cookie }))
  const types = await Promise.all(
    ['token', 'code token', 'x'].map((response_type) =>
      facts(get(server, authorizePath({ ...pkce, client_id: 'auto', response_type }), { cookie })),
    ),
  )
  const state = await facts(get(server, authorizePath({ ...pkce, client_id: 'auto', state: 'a b&é' }), { cookie }))
  const others = await Promise.all(
    [
      { client_id: 'two', redirect_uri: null },
      { redirect_uri: null },
      { client_id: 'native', redirect_uri: 'http://127.0.0.1:51004/callback' },
      { client_id: 'native', redirect_uri: 'http://127.0.0.1:51004/other' },
      { client_id: 'custom', redirect_uri: 'com.example.app:/other' },
      { client_id: 'nobody' },
      { unknown: 'x' },
      { redirect_uri: '' },
      { 'scope[]': 'debug' },
      { scope: null },
    ].map((change: Params) => facts(get(server, authorizePath({ ...pkce, ...change }), { cookie }))),
  )
  const posted = await facts(post(server, '/oauth/authorize', authorizePath(pkce).split('?')[1] ?? '', { cookie }))
  return { looked, scopes, both, types, state, others, posted }
}

const consents: Probe = async (server) => {
  const cookie = await login(server)
  const bob = await login(server, 'bob', 'pw-bob')
  const anonymous = await facts(get(server, authorizePath(pkce)))
  const detour = (await get(server, authorizePath(pkce))).headers.get('location')
  const shown = await (await get(server, authorizePath(pkce), { cookie })).text()
  const told = [shown.match(/<li>/g)?.length, shown.split('<b>app</b>').length, shown.includes('<img')]
  const bobs = readForm(
    await (await get(server, authorizePath(pkce), { cookie: bob })).text(),
    'simple-oauth-authorize-form',
  ).fields['form_token']
  const foreign = await press(server, cookie, { form_token: bobs ?? '' })
  const changed = await press(server, cookie, { state: 'of the form' })
  const automatic = await facts(get(server, authorizePath({ ...pkce, client_id: 'auto' }), { cookie }))
  const denying = authorizePath({ ...pkce, client_id: 'memory2', scope: 'debug' })
  const denied = readForm(await (await get(server, denying, { cookie })).text(), 'simple-oauth-authorize-form')
  await post(server, denied.action, { ...denied.fields, op: denied.buttons[1] ?? '' }, { cookie })
  const again = await facts(get(server, denying, { cookie }))
  const allowed = await press(server, cookie, {})
  const tokens = await Promise.all(
    [{ form_token: null }, { form_token: '' }, { form_token: 'x' }].map((change) => press(server, cookie, change)),
  )
  const buttons = [
    await press(server, cookie, {}, 'deny'),
    await press(server, cookie, { op: 'neither' }),
    await press(server, bob, {}),
  ]
  await consent(server, cookie, { client_id: 'memory', scope: 'debug', ...pkce })
  const more = await facts(get(server, authorizePath({ client_id: 'memory', ...pkce }), { cookie }))
  const others = [
    await facts(get(server, authorizePath({ client_id: 'memory', scope: 'debug', ...pkce }), { cookie: bob })),
    await facts(get(server, denying, { cookie })),
  ]
  const fresh = await post(server, '/user/login', { name: 'alice', pass: 'pw alice', form_id: 'user_login_form' })
  const loggedIn = fresh.status
  const httpOnly = fresh.headers.getSetCookie().map((value) => /HttpOnly/i.test(value))
  const failing = { name: 'bob', pass: 'wrong', form_id: 'user_login_form' }
  const failures: unknown[] = []
  for (let round = 0; round < 6; round++) failures.push((await facts(post(server, '/user/login', failing))).status)
  await server.control({ op: 'user.block', user: 'editor' })
  const blocked = await facts(post(server, '/user/login', { ...failing, name: 'alice', pass: 'pw alice' }))
  const forms = { loggedIn, detour, told, foreign, changed, automatic, again, others }
  return { anonymous, allowed, tokens, buttons, more, httpOnly, failures, blocked: blocked['status'], ...forms }
}

const flow = async (server: ReferenceServer, options: Parameters<typeof codeFlow>[1] = {}) =>
  facts((await codeFlow(server, options)).response)

const proofs: Probe = async (server) => {
  const cookie = await login(server)
  const matching = (verifier: string) =>
    flow(server, { authorize: { code_challenge: challengeOf(verifier) }, token: { code_verifier: verifier } })
  const first = newVerifier()
  const challenge = challengeOf(first)
  const codeOf = async (change: Params) =>
    (await consent(server, cookie, { ...pkce, ...change })).searchParams.get('code') ?? ''
  const other = await facts(exchanging(server, await codeOf({ code_challenge: challenge }), first))
  return {
    mismatch: await flow(server, { token: { code_verifier: newVerifier() } }),
    missing: await flow(server, { token: { code_verifier: null } }),
    challenge: await facts(exchanging(server, await codeOf({ code_challenge: challenge }), challenge)),
    other,
    otherFlow: await facts(exchanging(server, await codeOf({}), first)),
    swapped: await flow(server, {
      authorize: { code_challenge: challengeOf('w'.repeat(43)).toUpperCase() },
      token: { code_verifier: 'w'.repeat(43) },
    }),
    longest: await matching('v'.repeat(128)),
    malformed: await Promise.all(['v'.repeat(42), 'v'.repeat(129), `${'v'.repeat(43)}+`].map(matching)),
    challenges: await Promise.all(
      ['a', 'a+'].map((part) =>
        facts(get(server, authorizePath({ ...pkce, code_challenge: part.repeat(30) }), { cookie })),
      ),
    ),
    methods: await Promise.all(
      ['S512', 'plain', null].map((code_challenge_method) =>
        facts(get(server, authorizePath({ ...pkce, code_challenge_method }), { cookie })),
      ),
    ),
    plain: await flow(server, {
      authorize: { code_challenge: 'p'.repeat(43), code_challenge_method: 'S512' },
      token: { code_verifier: 'p'.repeat(43) },
    }).catch(() => 'no form'),
    without: await facts(get(server, authorizePath({}), { cookie })),
    unasked: await Promise.all(
      ['web-pkce', 'lax'].map((client_id) => facts(get(server, authorizePath({ client_id }), { cookie }))),
    ),
    withSecret: await flow(server, { client: 'web', secret: 'secret-web', token: { code_verifier: null } }),
    longer: await facts(exchanging(server, await codeOf({ code_challenge: challenge }), `${first}a`)),
    called: await facts(
      exchanging(server, await codeOf({ code_challenge: challenge }), challenge, { code_challenge_method: 'plain' }),
    ),
    wrapped: await matching(`${'v'.repeat(64)}\n${'v'.repeat(22)}`),
    usual: await matching('v'.repeat(86)),
    readable: Buffer.from(await codeOf({}), 'hex').includes('challenge'),
    downgrade: await flow(server, {
      client: 'web',
      secret: 'secret-web',
      authorize: { code_challenge: null, code_challenge_method: null },
    }),
  }
}

const codes: Probe = async (server) => {
  const cookie = await login(server)
  const verifier = 'v'.repeat(43)
  const codeOf = async (change: Params = {}) =>
    (await consent(server, cookie, { ...pkce, ...change })).searchParams.get('code') ?? ''
  const used = await codeOf()
  const tokens = (await (await exchanging(server, used, verifier)).json()) as Tokens
  const replay = await facts(exchanging(server, used, verifier))
  const raced = await codeOf()
  const race = await Promise.all(
    [{}, {}, other].map(async (more) => (await exchanging(server, raced, verifier, more)).status),
  )
  const kept = await codeFlow(server)
  await exchanging(server, kept.code, newVerifier())
  const missed = await codeOf()
  await exchanging(server, missed, newVerifier())
  const old = await codeOf({ client_id: 'short' })
  await new Promise((resolve) => setTimeout(resolve, 2))
  return {
    length: used.length,
    replay,
    after: (await debug(server, tokens.access_token)).status,
    race: race.sort(),
    stranger: (await debug(server, kept.tokens.access_token)).status,
    again: await facts(exchanging(server, missed, verifier)),
    otherCase: await facts(exchanging(server, await codeOf(), verifier, { redirect_uri: callback.toUpperCase() })),
    unnamed: await facts(exchanging(server, await codeOf({ redirect_uri: null }), verifier, { redirect_uri: null })),
    otherClient: await facts(exchanging(server, await codeOf(), verifier, { client_id: 'spa2' })),
    otherUri: await facts(exchanging(server, await codeOf(), verifier, { redirect_uri: 'https://evil.test/' })),
    noUri: await facts(exchanging(server, await codeOf(), verifier, { redirect_uri: null })),
    old: await facts(exchanging(server, old, verifier, { client_id: 'short' })),
  }
}

/** Says something else in a parameter that servers ignore. */
const other = { contract_race: 'x' }

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

const clients: Probe = async (server) => {
  const twice = `${form(cc)}&grant_type=client_credentials`
  const grant_type = 'client_credentials'
  const open = { ...cc, client_id: 'cc-open', client_secret: 'secret-open' }
  const web = { client_id: 'web', client_secret: null }
  const used = await codeFlow(server, { client: 'web', secret: 'secret-web' })
  const by = (method: string, query = '') =>
    fetch(`${server.url}/oauth/token${query}`, {
      method,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ...(query === '' ? { body: form(cc) } : {}),
    })
  return {
    right: await facts(token(server, cc)),
    wrong: await facts(token(server, { ...cc, client_secret: 'wrong' })),
    missing: await facts(token(server, { ...cc, client_secret: null })),
    prefix: await facts(token(server, { ...cc, client_secret: 's' })),
    longer: await facts(token(server, { ...cc, client_secret: 'secret-ccx' })),
    noSecret: [await flow(server, { client: 'web' }), await facts(refreshing(server, used.tokens.refresh_token, web))],
    basics: await Promise.all(
      [basic('cc:secret-cc'), basic('%63c:secret-cc'), { authorization: 'Basic !!!' }].map((header) =>
        facts(token(server, { grant_type }, header)),
      ),
    ),
    both: await facts(token(server, cc, basic('cc:secret-cc'))),
    unasked: await facts(token(server, open)),
    openid: await facts(token(server, { ...open, scope: 'debug openid' })),
    methods: [await facts(by('PUT')), await facts(by('GET', `?${form(cc)}`))],
    json: await facts(post(server, '/oauth/token', JSON.stringify(cc), { 'content-type': 'application/json' })),
    unknown: await facts(token(server, { ...cc, x: '1' })),
    foreign: [
      await facts(token(server, { ...cc, client_id: 'cc-open', client_secret: 'secret-open', scope: 'debug' })),
      await facts(token(server, { ...cc, client_secret: 'secret-open' })),
    ],
    publicly: await facts(token(server, { ...cc, client_id: 'cc-public', client_secret: null, scope: 'debug' })),
    grant: await facts(refreshing(server, 'x', { client_id: 'no-refresh' })),
    grants: await Promise.all(
      ['password', 'x', 'CLIENT_CREDENTIALS', null].map((grant_type) => facts(token(server, { ...cc, grant_type }))),
    ),
    scope: await facts(token(server, { ...cc, scope: 'admin' })),
    scopeOfGrant: await facts(
      token(server, { ...cc, client_id: 'cc-open', client_secret: 'secret-open', scope: 'no_refresh' }),
    ),
    query: await facts(post(server, `/oauth/token?${form(cc)}`, {})),
    capitals: await facts(token(server, { ...cc, client_id: 'CC' })),
    twice: await facts(post(server, '/oauth/token', `${twice}&x=1&x=2`)),
    repeated: await facts(post(server, '/oauth/token', `${form(cc)}&x=1&x=2`)),
  }
}

const refreshes: Probe = async (server) => {
  const first = (await codeFlow(server)).tokens
  const narrowed = (await (await refreshing(server, first.refresh_token, { scope: 'debug' })).json()) as Tokens
  const kept = (await debug(server, first.access_token)).status
  const wide = await refreshing(server, narrowed.refresh_token, { scope: 'debug content:read' })
  const last = (await wide.clone().json()) as Tokens
  const widened = await facts(wide)
  const reuse = await facts(refreshing(server, first.refresh_token))
  const after = (await debug(server, last.access_token)).status
  const second = (await codeFlow(server)).tokens
  const race = await Promise.all(
    [{}, {}, other].map(async (more) => (await refreshing(server, second.refresh_token, more)).status),
  )
  const third = (await codeFlow(server)).tokens
  const foreign = await facts(refreshing(server, third.refresh_token, { client_id: 'spa2' }))
  const beyond = await facts(refreshing(server, third.refresh_token, { scope: 'admin' }))
  // A lifetime of nothing: only the code may live on, so that a token comes at all.
  const fourth = (await codeFlow(server, { client: 'brief' })).tokens
  const expired = await facts(refreshing(server, fourth.refresh_token, { client_id: 'brief' }))
  const given = (await consent(server, await login(server), pkce)).searchParams.get('code') ?? ''
  const code = await facts(refreshing(server, given))
  const without = Object.keys((await codeFlow(server, { client: 'no-refresh' })).tokens)
  const fifth = (await codeFlow(server)).tokens
  await server.control({ op: 'user.block', user: 'editor' })
  const blocked = await facts(refreshing(server, fifth.refresh_token))
  return {
    rotates: narrowed.refresh_token !== first.refresh_token,
    kept,
    widened,
    reuse,
    after,
    race: race.sort(),
    foreign,
    beyond,
    expired,
    code,
    without,
    blocked,
  }
}

const own = generateKeyPairSync('rsa', { modulusLength: 2048 })

const decode = (jwt: string) =>
  jwt
    .split('.')
    .slice(0, 2)
    .map((part) => {
      try {
        return JSON.parse(Buffer.from(part, 'base64url').toString()) as Facts
      } catch {
        return null
      }
    })

const tokens: Probe = async (server) => {
  const [one, two] = [(await codeFlow(server)).tokens, (await codeFlow(server)).tokens]
  const { response } = await codeFlow(server)
  const [header, claims] = decode(one.access_token)
  const again = decode(two.access_token)[1]
  const jwks = (await (await get(server, '/oauth/jwks')).json()) as { keys: JsonWebKey[] }
  const typed = Object.entries(claims ?? {}).map(([name, value]) => [name, typeof value])
  return {
    header: Object.keys(header ?? {}),
    alg: header?.['alg'],
    typed,
    lifetime: Number(claims?.['exp']) - Number(claims?.['iat']),
    // The address of the site has another port each time.
    stable: ['aud', 'sub', 'scope'].map((name) => String(claims?.[name]).replace(/:\d+$/u, '')),
    unique: claims?.['jti'] !== again?.['jti'],
    size: String(claims?.['jti']).length,
    keys: jwks.keys.map((key) => Object.keys(key).sort()),
    alias: (await get(server, '/.well-known/jwks.json')).status,
    machine: decode(((await (await token(server, cc)).json()) as Tokens).access_token)[1]?.['sub'],
    opens: (await debug(server, two.access_token)).status,
    response: await facts(response),
  }
}

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

const resources: Probe = async (server) => {
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
    userinfo: await facts(get(server, '/oauth/userinfo', { authorization: `Bearer ${good.access_token}` })),
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
  const verified =
    connected.id_token &&
    (await compactVerify(connected.id_token, createPublicKey({ key: { ...jwks.keys[0] }, format: 'jwk' })).then(
      () => true,
      () => false,
    ))
  const refreshedId = ((await (await refreshing(server, connected.refresh_token)).json()) as Tokens).id_token
  const sameId = ['iss', 'sub'].map((name) => refreshedId && decode(refreshedId)[1]?.[name] === idTokens[0]?.[name])
  const bearerOf = (tokens: Tokens) => ({ authorization: `Bearer ${tokens.access_token}` })
  const fresh = (await codeFlow(server, { scope: 'openid debug' })).tokens
  const claims = (await (await get(server, '/oauth/userinfo', bearerOf(fresh))).json()) as Facts
  const about = [claims['sub'], Object.keys(claims)]
  const openid = {
    schemes,
    unsigned,
    noneInCapitals,
    rights,
    idToken,
    verified,
    refreshed: [typeof refreshedId, sameId],
    about,
  }
  await server.control({ op: 'keys.rotate' })
  const retired = await facts(debug(server, good.access_token))
  await server.control({ op: 'keys.restore' })
  await server.control({ op: 'user.block', user: 'editor' })
  return { ...before, ...openid, retired, blocked: await facts(debug(server, good.access_token)) }
}

const answers: Probe = async (server) => ({
  request: await facts(token(server, { ...cc, grant_type: null })),
  secret: await facts(
    token(server, cc, {
      authorization: `Basic ${Buffer.from('cc:x').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    }),
  ),
  wrong: await facts(token(server, { ...cc, client_secret: 'x' })),
  text: await (await token(server, { ...cc, client_secret: 'x' })).text(),
  metadata: (await (await get(server, '/.well-known/oauth-authorization-server')).text()).replaceAll(server.url, ''),
  basic: await facts(
    token(
      server,
      { grant_type: 'client_credentials' },
      { authorization: `Basic ${Buffer.from('cc:x').toString('base64')}` },
    ),
  ),
  redirect: await facts(get(server, authorizePath({ ...pkce, scope: 'nope' }))),
})

/** What is altered, of another kind, or missing; asked of every fault that the probe of its file does not see. */
const edges: Probe = async (server) => {
  const cookie = await login(server)
  const verifier = 'v'.repeat(43)
  const codeOf = async (change: Params = {}) =>
    (await consent(server, cookie, { ...pkce, ...change })).searchParams.get('code') ?? ''
  const altered = (text: string) => text.slice(0, -1) + (text.endsWith('a') ? 'b' : 'a')
  const flown = async () => {
    const code = await codeOf()
    return { code, tokens: (await (await exchanging(server, code, verifier)).json()) as Tokens }
  }
  const asked = (change: Params) => facts(get(server, authorizePath({ ...pkce, ...change }), { cookie }))
  const form = readForm(
    await (await get(server, authorizePath(pkce), { cookie })).text(),
    'simple-oauth-authorize-form',
  )
  const posted = { ...form.fields, op: form.buttons[0] ?? '', client_id: 'spa2' }
  const bound = new URL((await post(server, form.action, posted, { cookie })).headers.get('location') ?? 'missing:')
  const [one, two, three] = [await flown(), await flown(), await flown()]
  await codeOf()
  return {
    asked: [
      await asked({ response_type: null }),
      await facts(get(server, `${authorizePath(pkce)}&redirect_uri=${encodeURIComponent(callback)}`, { cookie })),
    ],
    read: await Promise.all(
      [
        { ...cc, 'scope[]': 'debug' },
        { ...cc, scope: 'x'.repeat(9000) },
        { ...cc, grant_type: '<b>' },
        { ...cc, scope: '"' },
        { ...cc, scope: ' ' },
        { ...cc, scope: '\ufffd' },
      ].map((change) => facts(token(server, change))),
    ),
    irrelevant: await facts(exchanging(server, await codeOf(), verifier, { scope: 'debug' })),
    userinfo: await facts(get(server, '/oauth/userinfo')),
    port: await asked({ client_id: 'native', redirect_uri: 'http://127.0.0.1/callback' }),
    relative: await asked({ redirect_uri: '/back' }),
    bound: await facts(exchanging(server, bound.searchParams.get('code') ?? '', verifier)),
    codes: [
      await facts(exchanging(server, altered(await codeOf()), verifier)),
      await facts(exchanging(server, 'abc', verifier)),
      await facts(exchanging(server, three.tokens.refresh_token, verifier)),
      await facts(
        token(server, {
          grant_type: 'authorization_code',
          client_id: 'spa',
          redirect_uri: callback,
          code_verifier: verifier,
        }),
      ),
    ],
    opened: [
      await facts(debug(server, one.tokens.refresh_token)),
      await facts(debug(server, one.code)),
      await facts(debug(server, 'abc')),
    ],
    refreshed: [
      await facts(refreshing(server, altered(one.tokens.refresh_token))),
      await facts(refreshing(server, two.tokens.access_token)),
      await facts(token(server, { grant_type: 'refresh_token', client_id: 'spa' })),
      await facts(refreshing(server, two.tokens.refresh_token, { client_id: 'no-refresh' })),
      await facts(refreshing(server, (await flown()).tokens.refresh_token)),
    ],
    clients: [
      await facts(exchanging(server, await codeOf({ client_id: 'lax' }), verifier, { client_id: 'lax' })),
      await facts(
        exchanging(
          server,
          new URL(
            (await get(server, authorizePath({ ...pkce, client_id: 'auto' }), { cookie })).headers.get('location') ??
              'missing:',
          ).searchParams.get('code') ?? '',
          verifier,
          { client_id: 'auto' },
        ),
      ),
      await facts(token(server, { ...cc, client_id: "' OR" })),
      await facts(token(server, { ...cc, client_secret: 'a\0b' })),
      await facts(token(server, { ...cc, client_id: 'cc-nouser', client_secret: 'secret-nouser', scope: 'debug' })),
      await facts(token(server, { ...cc, grant_type: 'urn:example:none' })),
    ],
  }
}

/** By the file of faults they are for. */
/** Tokens of several users one after the other: whom each one opens what for. */
const isolation: Probe = async (server) => {
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
    roles: await open('/reporters', [await ofUser('reporter'), await ofUser('content:read')]),
    userinfo: [await subject(await ofUser('openid debug')), await subject(await ofUser('openid', carol))],
  }
}

const addresses: Probe = async (server) => {
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
  // fetch() sets Host itself.
  const asked = request(`${server.url}/oauth/jwks`, { headers: { host: 'evil.test' } }).end()
  const [{ statusCode }] = (await once(asked, 'response')) as [{ statusCode?: number }]
  return { issuers, forms, statusCode }
}

export const probes = {
  addresses,
  redirects,
  consents,
  proofs,
  codes,
  clients,
  refreshes,
  tokens,
  resources,
  isolation,
  answers,
  edges,
}
