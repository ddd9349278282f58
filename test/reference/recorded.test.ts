import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../../helpers/reference/server.ts'
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
  start,
  type Params,
} from '../support/reference-client.ts'

// What Drupal 10.5.5 with Simple OAuth 6.0.9 and league/oauth2-server 9.2.0 was seen to answer to these requests.

let server: ReferenceServer
let cookie: string
beforeAll(async () => {
  server = await start({ profile: 'simple-oauth-6.0' })
  cookie = await login(server)
})
afterAll(() => server.close())

interface Refusal {
  readonly status: number
  readonly error: string
  readonly hint?: string
}
const invalidClient: Refusal = { status: 401, error: 'invalid_client' }
const unsupported: Refusal = {
  status: 400,
  error: 'unsupported_grant_type',
  hint: 'Check that all required parameters have been provided',
}
const request = (hint: string): Refusal => ({ status: 400, error: 'invalid_request', hint })
const check = (name: string) => request(`Check the \`${name}\` parameter`)
const grant = (hint: string): Refusal => ({ status: 400, error: 'invalid_grant', hint })
const scope = (name: string): Refusal => ({ status: 400, error: 'invalid_scope', hint: `Check the \`${name}\` scope` })

async function refusal(response: Response): Promise<Refusal> {
  const { error, hint } = (await response.json()) as { error: string; hint?: string }
  return { status: response.status, error, ...(hint === undefined ? {} : { hint }) }
}

const evenChallenge = challengeOf('a'.repeat(43))
const withChallenge = { code_challenge: evenChallenge, code_challenge_method: 'S256' }

describe('authorization requests answered on the server itself', () => {
  const rows: [what: string, change: Params, expected: Refusal][] = [
    ['implicit', { response_type: 'token' }, unsupported],
    ['code token', { response_type: 'code token' }, unsupported],
    ['path appended', { redirect_uri: `${callback}/more` }, invalidClient],
    ['query appended', { redirect_uri: `${callback}?x=1` }, invalidClient],
    ['no challenge', { code_challenge: null }, request('Code challenge must be provided for public clients')],
    ['empty challenge', { code_challenge: '' }, request('Code challenge must be provided for public clients')],
    [
      'unknown method',
      { code_challenge_method: 'S512' },
      request('Code challenge method must be one of `S256`, `plain`'),
    ],
    [
      'method in lower case',
      { code_challenge_method: 's256' },
      request('Code challenge method must be one of `S256`, `plain`'),
    ],
    [
      'short challenge',
      { code_challenge: 'a'.repeat(42) },
      request('Code challenge must follow the specifications of RFC-7636.'),
    ],
    [
      'long challenge',
      { code_challenge: 'a'.repeat(129) },
      request('Code challenge must follow the specifications of RFC-7636.'),
    ],
    [
      'padded challenge',
      { code_challenge: `${evenChallenge}=` },
      request('Code challenge must follow the specifications of RFC-7636.'),
    ],
  ]
  test.each(rows)('%s', async (_what, change, expected) => {
    const response = await get(server, authorizePath({ ...withChallenge, ...change }), { cookie })
    expect(await refusal(response)).toEqual(expected)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('must-revalidate, no-cache, private')
    expect(response.headers.get('pragma')).toBeNull()
    expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN')
  })
})

describe('authorization requests answered at the client', () => {
  test.each([
    ['nope', 'nope'],
    ['debug nope', 'nope'],
    ['debug,content:read', 'debug,content:read'],
    ['<i>', '&lt;i&gt;'],
  ])('scope %s', async (asked, hinted) => {
    const response = await get(server, authorizePath({ ...withChallenge, scope: asked }))
    expect(response.status).toBe(302)
    const location = response.headers.get('location') ?? ''
    expect(location.split('?')[0]).toBe(callback)
    expect([...new URL(location).searchParams]).toEqual([
      ['state', 'st4te'],
      ['error', 'invalid_scope'],
      ['error_description', 'The requested scope is invalid, unknown, or malformed'],
      ['hint', `Check the \`${hinted}\` scope`],
    ])
  })

  test('Deny', async () => {
    const back = await consent(server, cookie, withChallenge, 1)
    expect([...back.searchParams]).toEqual([
      ['state', 'st4te'],
      ['error', 'access_denied'],
      ['error_description', 'The resource owner or authorization server denied the request.'],
      ['hint', 'The user denied the request'],
    ])
  })

  test('a user who may not grant codes is told so, or the client is where no form is shown', async () => {
    const bob = await login(server, 'bob', 'pw-bob')
    const automatic = await get(server, authorizePath({ client_id: 'auto' }), { cookie: bob })
    expect(new URL(automatic.headers.get('location') ?? '').searchParams.get('error')).toBe('access_denied')
    expect((await consent(server, bob, { client_id: 'lax' })).href).toBe('missing:')
  })
})

describe('authorization requests that show the form', () => {
  test.each([
    ['without form_token', { form_token: null }],
    ['with a forged form_token', { form_token: 'forged' }],
    ['without form_id', { form_id: null }],
  ])('the form sent %s comes again', async (_what, change: Params) => {
    const sent = { form_id: 'simple_oauth_authorize_form', form_token: 'x', op: 'Allow', ...change }
    const response = await post(server, authorizePath(withChallenge), sent, { cookie })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('id="simple-oauth-authorize-form"')
  })
})

describe('token requests', () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
  const cc = { grant_type: 'client_credentials', client_id: 'cc', client_secret: 'secret-cc' }
  const ccOpen = { grant_type: 'client_credentials', client_id: 'cc-open', client_secret: 'secret-open' }
  const rows: [what: string, body: Params | string, headers: Record<string, string>, expected: Refusal][] = [
    ['password', { client_id: 'spa', grant_type: 'password' }, {}, unsupported],
    ['public client', { ...cc, client_id: 'cc-public', client_secret: null }, {}, invalidClient],
    ['public client with some secret', { ...cc, client_id: 'cc-public' }, {}, invalidClient],
    ['scope beyond the limit', { ...cc, scope: 'debug admin' }, {}, scope('admin')],
    ['scope of another grant', { ...ccOpen, scope: 'no_refresh' }, {}, scope('no_refresh')],
    [
      'garbage code',
      { grant_type: 'authorization_code', client_id: 'spa', code: 'abc' },
      {},
      grant('Cannot validate the provided authorization code'),
    ],
    [
      'garbage refresh token',
      { grant_type: 'refresh_token', client_id: 'spa', refresh_token: 'abc' },
      {},
      grant('Cannot decrypt the refresh token'),
    ],
  ]
  test.each(rows)('%s', async (_what, body, headers, expected) => {
    const response = await post(server, '/oauth/token', body, headers)
    expect(await refusal(response)).toEqual(expected)
    expect(response.headers.get('cache-control')).toBe('must-revalidate, no-cache, private')
  })

  test('a Basic challenge comes only where Basic was used', async () => {
    const withBasic = await post(server, '/oauth/token', { grant_type: 'client_credentials' }, basic('cc:wrong'))
    expect(withBasic.headers.get('www-authenticate')).toBe('Basic realm="OAuth"')
    const withBody = await post(server, '/oauth/token', { ...cc, client_secret: 'wrong' })
    expect(withBody.headers.get('www-authenticate')).toBeNull()
  })

  test('openid without a user crashes the server', async () => {
    const response = await post(server, '/oauth/token', { ...ccOpen, scope: 'openid' })
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('The website encountered an unexpected error. Try again later.')
    expect(server.errorLog().join()).toContain('id_token')
  })
})

describe('codes and refresh tokens', () => {
  const wrong = newVerifier()
  const codeRows: [what: string, token: Params, expected: Refusal][] = [
    ['missing verifier', { code_verifier: null }, check('code_verifier')],
    ['empty verifier', { code_verifier: '' }, check('code_verifier')],
    ['wrong verifier', { code_verifier: wrong }, grant('Failed to verify `code_verifier`.')],
    [
      'short verifier',
      { code_verifier: 'a'.repeat(42) },
      request('Code Verifier must follow the specifications of RFC-7636.'),
    ],
    [
      'long verifier',
      { code_verifier: 'a'.repeat(129) },
      request('Code Verifier must follow the specifications of RFC-7636.'),
    ],
    [
      'illegal verifier',
      { code_verifier: `${wrong}+` },
      request('Code Verifier must follow the specifications of RFC-7636.'),
    ],
    ['another client', { client_id: 'spa2' }, request('Authorization code was not issued to this client')],
    ['missing redirect_uri', { redirect_uri: null }, check('redirect_uri')],
    ['another redirect_uri', { redirect_uri: 'https://evil.test/' }, request('Invalid redirect URI')],
  ]
  test.each(codeRows)('a code with %s is refused and survives', async (_what, token, expected) => {
    const { response, code, verifier } = await codeFlow(server, { token })
    expect(await refusal(response)).toEqual(expected)
    const body = {
      grant_type: 'authorization_code',
      client_id: 'spa',
      redirect_uri: callback,
      code,
      code_verifier: verifier,
    }
    expect((await post(server, '/oauth/token', body)).status).toBe(200)
    expect(await refusal(await post(server, '/oauth/token', body))).toEqual(
      grant('Authorization code has been revoked'),
    )
  })

  test('a verifier without a challenge', async () => {
    const { response } = await codeFlow(server, {
      client: 'lax',
      authorize: { code_challenge: null, code_challenge_method: null },
    })
    expect(await refusal(response)).toEqual(request('code_verifier received when no code_challenge is present'))
  })

  test('the tokens of a replayed code live on', async () => {
    const { tokens, code, verifier } = await codeFlow(server)
    await post(server, '/oauth/token', {
      grant_type: 'authorization_code',
      client_id: 'spa',
      redirect_uri: callback,
      code,
      code_verifier: verifier,
    })
    expect((await debug(server, tokens.access_token)).status).toBe(200)
  })

  test('codes and refresh tokens in each other’s place', async () => {
    const { tokens } = await codeFlow(server)
    const asCode = await post(server, '/oauth/token', {
      grant_type: 'authorization_code',
      client_id: 'spa',
      code: tokens.refresh_token,
    })
    expect(await refusal(asCode)).toEqual(request('Authorization code malformed'))
    const back = await consent(server, cookie, withChallenge)
    const asRefresh = await post(server, '/oauth/token', {
      grant_type: 'refresh_token',
      client_id: 'spa',
      refresh_token: back.searchParams.get('code'),
    })
    expect(asRefresh.status).toBe(500)
  })

  test('refresh: narrowing sticks, reuse and other clients are refused, the family lives on', async () => {
    const { tokens } = await codeFlow(server)
    const refresh = async (refresh_token: string, extra: Params = {}) =>
      post(server, '/oauth/token', { grant_type: 'refresh_token', client_id: 'spa', refresh_token, ...extra })
    expect(await refusal(await refresh(tokens.refresh_token, { client_id: 'spa2' }))).toEqual(
      grant('Token is not linked to client'),
    )
    expect(await refusal(await refresh(tokens.refresh_token, { scope: 'debug admin' }))).toEqual(scope('admin'))
    const narrowed = (await (await refresh(tokens.refresh_token, { scope: 'debug' })).json()) as {
      refresh_token: string
    }
    expect(await refusal(await refresh(tokens.refresh_token))).toEqual(grant('Token has been revoked'))
    expect(await refusal(await refresh(narrowed.refresh_token, { scope: 'debug content:read' }))).toEqual(
      scope('content:read'),
    )
    expect((await refresh(narrowed.refresh_token)).status).toBe(200)
  })

  test('a scope that is not enabled for the refresh grant', async () => {
    const { tokens } = await codeFlow(server, { scope: 'debug no_refresh' })
    const body = { grant_type: 'refresh_token', client_id: 'spa', refresh_token: tokens.refresh_token }
    expect(await refusal(await post(server, '/oauth/token', body))).toEqual(scope('no_refresh'))
  })

  test('a client without the refresh grant gets no refresh token', async () => {
    expect((await codeFlow(server, { client: 'no-refresh' })).tokens).not.toHaveProperty('refresh_token')
  })
})

describe('the access token and the resource', () => {
  test('header, claims and response members', async () => {
    const { response, tokens } = await codeFlow(server)
    expect(Object.keys(tokens).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type'])
    expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8')
    expect(response.headers.get('cache-control')).toBe('no-store, private')
    const [header, claims] = tokens.access_token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>)
    expect(header).toEqual({ typ: 'JWT', alg: 'RS256', jti: claims?.['jti'] })
    expect(Object.keys(claims ?? {})).toEqual(['aud', 'jti', 'iat', 'nbf', 'exp', 'scope', 'sub', 'iss'])
    expect(claims).toMatchObject({
      aud: 'spa',
      jti: expect.stringMatching(/^[0-9a-f]{80}$/) as string,
      iss: 'https://127.0.0.1/',
      nbf: claims?.['iat'],
    })
    expect(Number.isInteger(claims?.['exp'])).toBe(false)
  })

  const cut = (token: string, part: number, text: string) =>
    token
      .split('.')
      .map((old, index) => (index === part ? text : old))
      .join('.')
  const challenge = (description: string) =>
    `Bearer realm="OAuth", error="access_denied", error_description="${description}"`
  const rows: [string, (token: string) => string, string][] = [
    ['garbage', () => 'Bearer abc', 'The JWT string must have two dots'],
    ['nothing behind Bearer', () => 'Bearer', 'The JWT string must have two dots'],
    [
      'three garbage parts',
      () => 'Bearer a!.b!.c!',
      'Error while decoding from Base64Url, invalid base64 characters detected',
    ],
    ['signature cut off', (token) => `Bearer ${cut(token, 2, '')}`, 'The JWT string is missing the Signature part'],
    ['signature changed', (token) => `Bearer ${cut(token, 2, 'AAAA')}`, 'Access token could not be verified'],
    ['claims changed', (token) => `Bearer ${cut(token, 1, 'eyJzdWIiOiIxIn0')}`, 'Access token could not be verified'],
  ]
  test.each(rows)('401: %s', async (_what, authorization, description) => {
    const { tokens } = await codeFlow(server)
    const response = await get(server, '/oauth/debug?_format=json', {
      authorization: authorization(tokens.access_token),
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(challenge(description))
    expect(await response.json()).toEqual({ message: 'The resource owner or authorization server denied the request.' })
  })

  test.each(['/oauth/jwks', '/jsonapi/node/page', '/node/1', '/oauth/userinfo'])(
    'a bad token is refused even at %s',
    async (path) => {
      const response = await get(server, path, { authorization: 'Bearer abc' })
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toBe('text/html; charset=UTF-8')
    },
  )

  test.each([
    ['no token', '/oauth/debug?_format=json', {}],
    ['scheme in lower case', '/oauth/debug', { authorization: 'bearer abc' }],
    ['token in the query', '/oauth/debug?access_token=abc', {}],
  ])('403 without a challenge: %s', async (_what, path, headers) => {
    const response = await get(server, path, headers)
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(await response.json()).toEqual({ message: "The 'debug simple_oauth tokens' permission is required." })
  })

  test('a token without the scope: 403', async () => {
    const { tokens } = await codeFlow(server, { scope: 'content:read' })
    expect((await debug(server, tokens.access_token)).status).toBe(403)
  })

  test('expired tokens and codes', async () => {
    const { tokens, response } = await codeFlow(server, { client: 'short' })
    // A code of a client without lifetime is good until its second is over; then it has expired.
    if (response.status === 200) {
      expect((await debug(server, tokens.access_token)).headers.get('www-authenticate')).toBe(
        challenge('Access token could not be verified'),
      )
    } else expect(await refusal(response)).toEqual(grant('Authorization code has expired'))
  })

  test('the key set names nothing but the key; unknown paths are 404', async () => {
    for (const path of ['/oauth/jwks', '/.well-known/jwks.json']) {
      const { keys } = (await (await get(server, path)).json()) as { keys: Record<string, string>[] }
      expect(keys.map((key) => Object.keys(key))).toEqual([['kty', 'n', 'e']])
    }
    for (const path of [
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
      '/oauth/revoke',
    ]) {
      expect((await get(server, path)).status).toBe(404)
    }
  })
})

describe('approval', () => {
  test('automatic approval shows no form; a remembered one only the first time and only for those scopes', async () => {
    const automatic = await get(server, authorizePath({ client_id: 'auto' }), { cookie })
    expect(new URL(automatic.headers.get('location') ?? '').searchParams.has('code')).toBe(true)
    await consent(server, cookie, { client_id: 'memory', scope: 'debug' })
    expect((await get(server, authorizePath({ client_id: 'memory', scope: 'debug' }), { cookie })).status).toBe(302)
    expect(
      (await get(server, authorizePath({ client_id: 'memory', scope: 'debug content:read' }), { cookie })).status,
    ).toBe(200)
    const bob = await login(server, 'bob', 'pw-bob')
    expect((await get(server, authorizePath({ client_id: 'memory', scope: 'debug' }), { cookie: bob })).status).toBe(
      200,
    )
  })

  test('the label of a client is escaped', async () => {
    const page = await (await get(server, authorizePath(withChallenge), { cookie })).text()
    expect(page).toContain('The &lt;b&gt;app&lt;/b&gt;')
  })

  test('a foreign destination of the login is ignored', async () => {
    const body = { name: 'alice', pass: 'pw alice', form_id: 'user_login_form' }
    const response = await post(server, '/user/login?destination=https://evil.test/', body)
    expect(response.headers.get('location')).toBe(`${server.url}/user/${server.uids['alice']}?check_logged_in=1`)
  })
})
