import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  authorizePath,
  callback,
  challengeOf,
  codeFlow,
  consent,
  debug,
  get,
  login,
  newVerifier,
  post,
  readForm,
  start,
  type Tokens,
} from '../support/reference-client.ts'
import type { ReferenceProfile, ReferenceServer } from '../../helpers/reference/server.ts'

const profiles: ReferenceProfile[] = ['ideal', 'simple-oauth-6.0']

describe.each(profiles)('profile %s', (profile) => {
  let server: ReferenceServer
  beforeAll(async () => {
    server = await start({ profile })
  })
  afterAll(() => server.close())

  test('an anonymous request walks through login and consent to a code', async () => {
    const verifier = newVerifier()
    const anonymous = await get(
      server,
      authorizePath({ code_challenge: challengeOf(verifier), code_challenge_method: 'S256', state: 'a b&c=d/é"<>' }),
    )
    expect(anonymous.status).toBe(302)
    const toLogin = anonymous.headers.get('location') ?? ''
    expect(toLogin).toMatch(/^\/user\/login\?destination=\/oauth\/authorize%3Fclient_id%3Dspa%26code_challenge%3D/)
    const loginForm = readForm(await (await get(server, toLogin)).text(), 'user-login-form')
    const loggedIn = await post(server, loginForm.action, {
      ...loginForm.fields,
      name: 'alice',
      pass: 'pw alice',
      op: loginForm.buttons[0] ?? '',
    })
    expect(loggedIn.status).toBe(303)
    const cookie = loggedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const target = new URL(loggedIn.headers.get('location') ?? '')
    expect(target.searchParams.get('check_logged_in')).toBe('1')
    const consentForm = readForm(
      await (await get(server, target.pathname + target.search, { cookie })).text(),
      'simple-oauth-authorize-form',
    )
    expect(consentForm.action).toBe(target.pathname + target.search)
    expect(Object.keys(consentForm.fields).sort()).toEqual(['form_build_id', 'form_id', 'form_token', 'redirect_uri'])
    const allowed = await post(
      server,
      consentForm.action,
      { ...consentForm.fields, op: consentForm.buttons[0] ?? '' },
      { cookie },
    )
    expect(allowed.status).toBe(profile === 'ideal' ? 303 : 302)
    const back = new URL(allowed.headers.get('location') ?? '')
    expect(back.origin + back.pathname).toBe(callback)
    expect(back.searchParams.get('state')).toBe('a b&c=d/é"<>')
    expect(back.searchParams.get('code')).toMatch(/^[0-9a-f]{800,}$/)
  })

  test('code, refresh and resource work; the signature verifies with the JWKS', async () => {
    const { response, tokens } = await codeFlow(server)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toContain('no-store')
    expect(response.headers.get('pragma')).toBe('no-cache')
    const keys = (await (await get(server, '/oauth/jwks')).json()) as JSONWebKeySet
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, createLocalJWKSet(keys))
    expect(payload.sub).toBe(server.uids['alice'])
    expect(protectedHeader.typ).toBe(profile === 'ideal' ? 'at+jwt' : 'JWT')
    expect(payload['scope']).toEqual(profile === 'ideal' ? 'debug content:read' : ['debug', 'content:read'])
    const opened = await debug(server, tokens.access_token)
    expect(opened.status).toBe(200)
    expect(await opened.json()).toMatchObject({
      id: server.uids['alice'],
      permissions: { 'access content': { access: true } },
    })
    const refreshed = await post(server, '/oauth/token', {
      grant_type: 'refresh_token',
      client_id: 'spa',
      refresh_token: tokens.refresh_token,
    })
    expect(refreshed.status).toBe(200)
    const next = (await refreshed.json()) as Tokens
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    expect((await debug(server, next.access_token)).status).toBe(200)
    expect((await debug(server, tokens.access_token)).status).toBe(401)
  })

  test('client_credentials give the default scopes and no refresh token', async () => {
    const authorization = `Basic ${Buffer.from('cc:secret-cc').toString('base64')}`
    const response = await post(server, '/oauth/token', { grant_type: 'client_credentials' }, { authorization })
    const tokens = (await response.json()) as Tokens
    expect(tokens).not.toHaveProperty('refresh_token')
    expect(await (await debug(server, tokens.access_token)).json()).toMatchObject({ id: server.uids['robot'] })
  })

  test('OpenID Connect: an id_token and the claims of the user', async () => {
    const { tokens } = await codeFlow(server, { scope: 'openid profile email debug', authorize: { nonce: 'n-1' } })
    const keys = (await (await get(server, '/oauth/jwks')).json()) as JSONWebKeySet
    const { payload } = await jwtVerify(tokens.id_token ?? '', createLocalJWKSet(keys), { audience: 'spa' })
    expect(payload).toMatchObject({ sub: server.uids['alice'], email: 'alice@example.test' })
    expect(payload['nonce']).toBe(profile === 'ideal' ? 'n-1' : undefined)
    const claims = await get(server, '/oauth/userinfo', { authorization: `Bearer ${tokens.access_token}` })
    expect(await claims.json()).toMatchObject({ sub: server.uids['alice'], name: 'alice', email_verified: true })
  })

  test('a role scope adds its role, an umbrella scope its children', async () => {
    const { tokens } = await codeFlow(server, { scope: 'suite reporter' })
    expect(await (await debug(server, tokens.access_token)).json()).toMatchObject({
      roles: ['authenticated', 'reporter'],
    })
    const reports = await get(server, '/admin/reports', { authorization: `Bearer ${tokens.access_token}` })
    expect(reports.status).toBe(200)
  })

  test('a blocked user loses tokens and session, and comes back', async () => {
    const { tokens } = await codeFlow(server, { client: 'web', secret: 'secret-web' })
    await server.control({ op: 'user.change', user: 'editor', change: 'block' })
    expect((await debug(server, tokens.access_token)).status).toBe(401)
    await expect(login(server)).rejects.toThrow('200')
    await server.control({ op: 'user.change', user: 'editor', change: 'unblock' })
    await expect(login(server)).resolves.toContain('SESS')
  })

  test('rotated keys end old tokens until they are restored', async () => {
    const { tokens } = await codeFlow(server)
    await server.control({ op: 'keys.replace' })
    expect((await debug(server, tokens.access_token)).status).toBe(401)
    expect((await debug(server, (await codeFlow(server)).tokens.access_token)).status).toBe(200)
    await server.control({ op: 'keys.restore' })
    expect((await debug(server, tokens.access_token)).status).toBe(200)
    await server.control({ op: 'caches.rebuild' })
  })

  test('German pages keep ids and structure', async () => {
    const german = await start({ profile, language: 'de' })
    const loginForm = readForm(await (await get(german, '/user/login')).text(), 'user-login-form')
    expect(loginForm.buttons).toEqual(['Anmelden'])
    const back = await consent(german, await login(german), { client_id: 'web' })
    expect(back.searchParams.get('code')).toMatch(/^[0-9a-f]+$/)
    const denied = await consent(german, await login(german), { client_id: 'web' }, 1)
    expect(denied.searchParams.get('error')).toBe('access_denied')
    await german.close()
  })

  test('five wrong passwords lock the account', async () => {
    const other = await start({ profile })
    const attempt = (pass: string) => post(other, '/user/login', { name: 'bob', pass, form_id: 'user_login_form' })
    for (let round = 0; round < 5; round++) expect((await attempt('wrong')).status).toBe(200)
    expect((await attempt('pw-bob')).status).toBe(403)
    await other.close()
  })

  test('one code exchanged ten times at once gives one token', async () => {
    const verifier = newVerifier()
    const back = await consent(server, await login(server), {
      code_challenge: challengeOf(verifier),
      code_challenge_method: 'S256',
    })
    const body = {
      grant_type: 'authorization_code',
      client_id: 'spa',
      redirect_uri: callback,
      code: back.searchParams.get('code'),
      code_verifier: verifier,
    }
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(server, '/oauth/token', body)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })
})

test('a taken port is an error', async () => {
  const server = await start({ profile: 'ideal' })
  await expect(start({ profile: 'ideal', port: Number(new URL(server.url).port) })).rejects.toThrow('EADDRINUSE')
  await server.close()
})
