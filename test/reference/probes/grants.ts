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
  send,
  type Params,
  type Tokens,
} from '../../support/reference-client.ts'
import { ofConsumer } from './life-cycle.ts'
import { pkce, cc, token, refreshing, exchanging, facts, flow, type Probe } from './requests.ts'

/** Says something else in a parameter that servers ignore. */
const differing = { contract_race: 'x' }

export const proofs: Probe = async (server) => {
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
    nonce: await facts(get(server, authorizePath({ nonce: 'n-1' }), { cookie })),
    unasked: await Promise.all(
      ['web-pkce', 'lax'].map((client_id) => facts(get(server, authorizePath({ client_id }), { cookie }))),
    ),
    withSecret: await flow(server, { client: 'web', secret: 'secret-web', token: { code_verifier: null } }),
    longer: await facts(exchanging(server, await codeOf({ code_challenge: challenge }), `${first}a`)),
    shorter: await facts(
      exchanging(server, await codeOf({ code_challenge: challengeOf('v'.repeat(44)) }), 'v'.repeat(43)),
    ),
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

export const codes: Probe = async (server) => {
  const cookie = await login(server)
  const verifier = 'v'.repeat(43)
  const codeOf = async (change: Params = {}) =>
    (await consent(server, cookie, { ...pkce, ...change })).searchParams.get('code') ?? ''
  const used = await codeOf()
  const tokens = (await (await exchanging(server, used, verifier)).json()) as Tokens
  const replay = await facts(exchanging(server, used, verifier))
  const raced = await codeOf()
  const race = await Promise.all(
    [{}, {}, differing].map(async (more) => (await exchanging(server, raced, verifier, more)).status),
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
    shorterUri: await facts(
      exchanging(server, await codeOf({ client_id: 'two', redirect_uri: `${callback}2` }), verifier, {
        client_id: 'two',
      }),
    ),
    noUri: await facts(exchanging(server, await codeOf(), verifier, { redirect_uri: null })),
    old: await facts(exchanging(server, old, verifier, { client_id: 'short' })),
    otherUriWithoutChallenge: await flow(server, {
      client: 'web',
      secret: 'secret-web',
      authorize: { code_challenge: null, code_challenge_method: null },
      token: { code_verifier: null, redirect_uri: 'https://evil.test/' },
    }),
  }
}

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

export const clients: Probe = async (server) => {
  const twice = `${form(cc)}&grant_type=client_credentials`
  const grant_type = 'client_credentials'
  const open = { ...cc, client_id: 'cc-open', client_secret: 'secret-open' }
  const web = { client_id: 'web', client_secret: null }
  const lowerCase = { authorization: basic('cc:secret-cc').authorization.replace('Basic', 'basic') }
  const used = await codeFlow(server, { client: 'web', secret: 'secret-web' })
  const by = (method: 'GET' | 'PUT', query = '') =>
    send(server, `/oauth/token${query}`, {
      method,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ...(query === '' ? { body: form(cc) } : {}),
    })
  const answered = {
    right: await facts(token(server, cc)),
    wrong: await facts(token(server, { ...cc, client_secret: 'wrong' })),
    missing: await facts(token(server, { ...cc, client_secret: null })),
    prefix: await facts(token(server, { ...cc, client_secret: 's' })),
    longer: await facts(token(server, { ...cc, client_secret: 'secret-ccx' })),
    noSecret: [await flow(server, { client: 'web' }), await facts(refreshing(server, used.tokens.refresh_token, web))],
    basics: await Promise.all(
      [basic('cc:secret-cc'), basic('%63c:secret-cc'), { authorization: 'Basic !!!' }, lowerCase].map((header) =>
        facts(token(server, { grant_type }, header)),
      ),
    ),
    wrongInBasic: await facts(refreshing(server, used.tokens.refresh_token, { client_id: null }, basic('web:wrong'))),
    both: await facts(token(server, cc, basic('cc:secret-cc'))),
    unasked: await facts(token(server, open)),
    openid: await facts(token(server, { ...open, scope: 'debug openid' })),
    unset: await facts(token(server, { ...cc, client_id: 'cc-unset', client_secret: null, scope: 'debug' })),
    colon: await facts(refreshing(server, 'x', { client_id: 'a b', client_secret: 'p:x' })),
    password: await facts(
      token(server, {
        grant_type: 'password',
        client_id: 'every',
        username: 'alice',
        password: 'pw alice',
        scope: 'debug',
      }),
    ),
    encoded: await facts(token(server, { ...cc, scope: 'debug%20content:read' })),
    resource: await facts(token(server, { ...cc, resource: server.url })),
    assertion: await facts(
      token(server, { ...cc, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' }),
    ),
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
  await server.control(ofConsumer('cc', 'secret'))
  return { ...answered, replaced: await facts(token(server, cc)) }
}

export const refreshes: Probe = async (server) => {
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
    [{}, {}, differing].map(async (more) => (await refreshing(server, second.refresh_token, more)).status),
  )
  const third = (await codeFlow(server)).tokens
  const foreign = await facts(refreshing(server, third.refresh_token, { client_id: 'spa2' }))
  const beyond = await facts(refreshing(server, third.refresh_token, { scope: 'admin' }))
  const beyondFirst = await facts(refreshing(server, third.refresh_token, { scope: 'admin debug' }))
  // A lifetime of nothing: only the code may live on, so that a token comes at all.
  const fourth = (await codeFlow(server, { client: 'brief' })).tokens
  const expired = await facts(refreshing(server, fourth.refresh_token, { client_id: 'brief' }))
  const given = (await consent(server, await login(server), pkce)).searchParams.get('code') ?? ''
  const code = await facts(refreshing(server, given))
  const without = Object.keys((await codeFlow(server, { client: 'no-refresh' })).tokens)
  const fifth = (await codeFlow(server)).tokens
  await server.control({ op: 'user.change', user: 'editor', change: 'block' })
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
    beyondFirst,
    expired,
    code,
    without,
    blocked,
  }
}
