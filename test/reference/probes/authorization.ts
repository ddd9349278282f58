import type { ReferenceServer } from '../../../helpers/reference/server.ts'
import {
  authorizePath,
  callback,
  consent,
  get,
  login,
  post,
  readForm,
  type Params,
} from '../../support/reference-client.ts'
import { pkce, facts, type Probe } from './requests.ts'

async function press(server: ReferenceServer, cookie: string, change: Params, op: 'allow' | 'deny' = 'allow') {
  const { action, fields, buttons } = readForm(
    await (await get(server, authorizePath(pkce), { cookie })).text(),
    'simple-oauth-authorize-form',
  )
  return facts(post(server, action, { ...fields, op: buttons[op === 'allow' ? 0 : 1] ?? '', ...change }, { cookie }))
}

/** An origin that a client has, one that begins like it, and another. */
export const foreign = ['https://app.example.test', 'https://app.example.test.evil.test', 'https://evil.test']

export const redirects: Probe = async (server) => {
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
  const zero = await facts(get(server, authorizePath({ ...pkce, client_id: 'auto', state: '0' }), { cookie }))
  const others = await Promise.all(
    [
      { client_id: 'two', redirect_uri: null },
      { client_id: 'two', redirect_uri: `${callback}2more` },
      { redirect_uri: 'https://evil.test/', request: 'a.b.c' },
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
  const trimmed = await facts(get(server, authorizePath({ ...pkce, client_id: 'auto', state: ' st4te ' }), { cookie }))
  const spelt = await facts(get(server, authorizePath({ ...pkce, scope: 'DEBUG' }), { cookie }))
  const origins = await Promise.all(foreign.map((origin) => facts(get(server, '/oauth/jwks', { origin }))))
  return { trimmed, spelt, origins, looked, scopes, both, types, state, zero, others, posted }
}

export const consents: Probe = async (server) => {
  const cookie = await login(server)
  const bob = await login(server, 'bob', 'pw-bob')
  const anonymous = await facts(get(server, authorizePath(pkce)))
  const detour = (await get(server, authorizePath(pkce))).headers.get('location')
  const shown = await (await get(server, authorizePath(pkce), { cookie })).text()
  const byDefault = await get(server, authorizePath({ ...pkce, client_id: 'defaults', scope: null }), { cookie })
  const listed = (await byDefault.text()).match(/<li>/g)?.length
  const four = authorizePath({ ...pkce, scope: 'debug content:read suite reporter' })
  const all = (await (await get(server, four, { cookie })).text()).match(/<li>/g)?.length
  const told = [all, shown.match(/<li>/g)?.length, shown.split('<b>app</b>').length, shown.includes('<img')]
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
  const instead = authorizePath({ client_id: 'memory', scope: 'content:read', ...pkce })
  const others = [
    await facts(get(server, authorizePath({ client_id: 'memory', scope: 'debug', ...pkce }), { cookie: bob })),
    await facts(get(server, denying, { cookie })),
    await facts(get(server, instead, { cookie })),
  ]
  const fresh = await post(server, '/user/login', { name: 'alice', pass: 'pw alice', form_id: 'user_login_form' })
  const loggedIn = fresh.status
  const httpOnly = fresh.headers.getSetCookie().map((value) => /HttpOnly/i.test(value))
  const failing = { name: 'bob', pass: 'wrong', form_id: 'user_login_form' }
  const failures: unknown[] = []
  for (let round = 0; round < 6; round++) failures.push((await facts(post(server, '/user/login', failing))).status)
  await server.control({ op: 'user.change', user: 'editor', change: 'block' })
  const blocked = await facts(post(server, '/user/login', { ...failing, name: 'alice', pass: 'pw alice' }))
  const forms = { loggedIn, detour, told, listed, foreign, changed, automatic, again, others }
  return { anonymous, allowed, tokens, buttons, more, httpOnly, failures, blocked: blocked['status'], ...forms }
}
