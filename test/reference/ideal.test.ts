import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
  post,
  start,
  type Params,
  type Tokens,
} from '../support/reference-client.ts'

let server: ReferenceServer
let cookie: string
beforeAll(async () => {
  server = await start({ profile: 'ideal' })
  cookie = await login(server)
})
afterAll(() => server.close())

const withChallenge = { code_challenge: challengeOf('v'.repeat(43)), code_challenge_method: 'S256' }

describe('errors go to the client by redirect with the exact state (RFC 6749 §4.1.2.1)', () => {
  const rows: [string, Params, string][] = [
    ['implicit', { response_type: 'token' }, 'unsupported_response_type'],
    ['no response_type', { response_type: null }, 'invalid_request'],
    ['unknown scope', { scope: 'nope' }, 'invalid_scope'],
    ['scope of another grant', { scope: 'cc_only' }, 'invalid_scope'],
    ['no scope', { scope: null }, 'invalid_scope'],
    ['no challenge', { code_challenge: null }, 'invalid_request'],
    ['plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['no method', { code_challenge_method: null }, 'invalid_request'],
    ['method in lower case', { code_challenge_method: 's256' }, 'invalid_request'],
    ['short challenge', { code_challenge: 'a'.repeat(42) }, 'invalid_request'],
    ['prompt=none without approval', { prompt: 'none' }, 'consent_required'],
  ]
  test.each(rows)('%s', async (_what, change, error) => {
    const state = ' a&b=ü '
    const response = await get(server, authorizePath({ ...withChallenge, state, ...change }), { cookie })
    expect(response.status).toBe(303)
    const location = new URL(response.headers.get('location') ?? '')
    expect(location.origin + location.pathname).toBe(callback)
    expect(location.searchParams.get('error')).toBe(error)
    expect(location.searchParams.get('state')).toBe(state)
    expect(location.searchParams.get('iss')).toBe(server.url)
  })

  test('a parameter twice', async () => {
    const response = await get(server, `${authorizePath(withChallenge)}&scope=debug`, { cookie })
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
  })

  test.each([{ redirect_uri: 'https://evil.test/' }, { client_id: 'nope' }, { redirect_uri: `${callback}/` }])(
    'but %o stays here',
    async (change) => {
      const response = await get(server, authorizePath({ ...withChallenge, ...change }), { cookie })
      expect(response.headers.get('location')).toBeNull()
      expect(response.status).toBeGreaterThanOrEqual(400)
    },
  )
})

describe('token endpoint (RFC 6749 §5.2)', () => {
  const cc = { grant_type: 'client_credentials', client_id: 'cc', client_secret: 'secret-cc' }
  const code = { grant_type: 'authorization_code', client_id: 'spa' }
  const rows: [string, string | Params, number, string][] = [
    ['no grant_type', { ...cc, grant_type: null }, 400, 'invalid_request'],
    ['unknown grant_type', { ...cc, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['grant of another client', { ...cc, grant_type: 'refresh_token' }, 400, 'unauthorized_client'],
    ['missing secret', { ...cc, client_secret: null }, 401, 'invalid_client'],
    ['wrong secret', { ...cc, client_secret: 'wrong' }, 401, 'invalid_client'],
    ['spaces around the secret', { ...cc, client_secret: ' secret-cc ' }, 401, 'invalid_client'],
    ['client_id in capitals', { ...cc, client_id: 'CC' }, 401, 'invalid_client'],
    ['public client', { ...cc, client_id: 'cc-public', client_secret: null }, 401, 'invalid_client'],
    ['scope beyond the limit', { ...cc, scope: 'admin' }, 400, 'invalid_scope'],
    ['scope twice', `${form(cc)}&scope=debug&scope=debug`, 400, 'invalid_request'],
    ['unknown code', { ...code, code: 'x', redirect_uri: callback }, 400, 'invalid_grant'],
    ['no code', code, 400, 'invalid_request'],
  ]
  test.each(rows)('%s', async (_what, body, status, error) => {
    const response = await post(server, '/oauth/token', body)
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([status, error])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('pragma')).toBe('no-cache')
    expect(response.headers.has('www-authenticate')).toBe(status === 401)
  })

  test('Basic with form-encoded parts; two methods at once are refused', async () => {
    const { tokens } = await codeFlow(server, { client: 'a b', secret: 'p:% ä' })
    const authorization = `Basic ${Buffer.from('a+b:p%3A%25+%C3%A4').toString('base64')}`
    const body = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
    const both = await post(server, '/oauth/token', { ...body, client_secret: 'x' }, { authorization })
    expect(both.status).toBe(400)
    expect((await post(server, '/oauth/token', body, { authorization })).status).toBe(200)
  })

  test.each([
    ['another client', { client_id: 'spa2' }],
    ['another redirect_uri', { redirect_uri: 'https://evil.test/' }],
    ['another verifier', { code_verifier: 'w'.repeat(43) }],
    ['no verifier', { code_verifier: null }],
  ])('a code with %s is an invalid grant', async (_what, token: Params) => {
    const { response } = await codeFlow(server, { token })
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })])
  })

  test('a client with a secret may go without a challenge, but then a verifier is refused (RFC 9700 §4.8.2)', async () => {
    const without = { code_challenge: null, code_challenge_method: null }
    const options = { client: 'web', secret: 'secret-web', authorize: without }
    expect((await codeFlow(server, options)).response.status).toBe(400)
    expect((await codeFlow(server, { ...options, token: { code_verifier: null } })).response.status).toBe(200)
  })

  test('a replayed code ends its tokens, but only for its owner (RFC 6749 §4.1.2)', async () => {
    const { tokens, code: used, verifier } = await codeFlow(server)
    const again = { ...code, code: used, redirect_uri: callback, code_verifier: verifier }
    await post(server, '/oauth/token', { ...again, client_id: 'spa2' })
    expect((await debug(server, tokens.access_token)).status).toBe(200)
    expect((await post(server, '/oauth/token', again)).status).toBe(400)
    expect((await debug(server, tokens.access_token)).status).toBe(401)
  })
})

describe('refresh (RFC 6749 §6, RFC 9700 §4.14.2)', () => {
  const refresh = async (refresh_token: string, extra: Params = {}) =>
    post(server, '/oauth/token', { grant_type: 'refresh_token', client_id: 'spa', refresh_token, ...extra })

  test('narrowing does not shrink the refresh token', async () => {
    const { tokens } = await codeFlow(server)
    const narrowed = (await (await refresh(tokens.refresh_token, { scope: 'debug' })).json()) as Tokens
    expect(narrowed.scope).toBe('debug')
    const wide = (await (await refresh(narrowed.refresh_token)).json()) as Tokens
    expect(wide.scope).toBe('debug content:read')
  })

  test('reuse ends the whole grant', async () => {
    const { tokens } = await codeFlow(server)
    const next = (await (await refresh(tokens.refresh_token)).json()) as Tokens
    expect((await refresh(tokens.refresh_token)).status).toBe(400)
    expect((await refresh(next.refresh_token)).status).toBe(400)
    expect((await debug(server, next.access_token)).status).toBe(401)
  })
})

describe('resource (RFC 6750 §3)', () => {
  test('no token: a challenge without an error', async () => {
    const response = await get(server, '/oauth/debug')
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      // RFC 9728 §5.1
      `Bearer realm="OAuth", resource_metadata="${server.url}/.well-known/oauth-protected-resource"`,
    ])
  })

  test('a bad token: invalid_token; too little scope: insufficient_scope', async () => {
    const bad = await debug(server, 'abc')
    expect(bad.status).toBe(401)
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"')
    const { tokens } = await codeFlow(server, { scope: 'content:read' })
    const narrow = await debug(server, tokens.access_token)
    expect(narrow.status).toBe(403)
    expect(narrow.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
  })

  test('a bad token does not stop the token endpoint', async () => {
    const body = { grant_type: 'client_credentials', client_id: 'cc', client_secret: 'secret-cc' }
    expect((await post(server, '/oauth/token', body, { authorization: 'Bearer abc' })).status).toBe(200)
  })

  test('an id_token opens nothing', async () => {
    const { tokens } = await codeFlow(server, { scope: 'openid debug' })
    expect((await debug(server, tokens.id_token ?? '')).status).toBe(401)
  })
})

test('the forms forbid framing, and the metadata says what is supported (RFC 8414)', async () => {
  const shown = await get(server, authorizePath(withChallenge), { cookie })
  expect(shown.headers.get('content-security-policy')).toContain('frame-ancestors')
  const metadata: unknown = await (await get(server, '/.well-known/oauth-authorization-server')).json()
  expect(metadata).toMatchObject({ issuer: server.url, code_challenge_methods_supported: ['S256'] })
})

test('a blocked user gets no token for a code or a refresh token', async () => {
  const { tokens } = await codeFlow(server)
  const back = await consent(server, await login(server), withChallenge)
  await server.control({ op: 'user.change', user: 'editor', change: 'block' })
  const token = (body: Params) => post(server, '/oauth/token', { client_id: 'spa', ...body })
  const code = { grant_type: 'authorization_code', redirect_uri: callback, code: back.searchParams.get('code') }
  expect((await token({ ...code, code_verifier: 'v'.repeat(43) })).status).toBe(400)
  expect((await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status).toBe(400)
  await server.control({ op: 'user.change', user: 'editor', change: 'unblock' })
})
