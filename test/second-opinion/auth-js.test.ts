import { Auth, customFetch, type AuthConfig } from '@auth/core'
import type { OAuthConfig } from '@auth/core/providers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { given, openSite, type Site } from './browser.ts'

const app = 'http://app.example.test'

/** Auth.js as in an app: a provider without metadata, because Simple OAuth 6.0 has none, and a user agent that keeps cookies. */
function openApp(site: Site) {
  const client = site.client('confidential')
  const tokens: object[] = []
  const opened: number[] = []
  const sent: { readonly headers: Headers; readonly body: URLSearchParams }[] = []
  const resource = new URL(site.info.endpoints.resource, site.origin).href
  const redirectUri = given(client.redirectUris[0], 'redirect URI')
  const provider: OAuthConfig<object> = {
    ...{ id: 'drupal', name: 'Drupal', type: 'oauth', checks: ['state', 'pkce'], issuer: site.origin },
    clientId: client.client_id,
    clientSecret: given(client.client_secret, 'secret'),
    authorization: {
      url: `${site.origin}${site.info.endpoints.authorize}`,
      params: { scope: 'contract:debug contract:content', redirect_uri: redirectUri },
    },
    token: `${site.origin}${site.info.endpoints.token}`,
    userinfo: {
      url: resource,
      request: async ({ tokens: { access_token = '' } }: { tokens: { access_token?: string } }) => {
        const response = await fetch(resource, { headers: { authorization: `Bearer ${access_token}` } })
        opened.push(response.status)
        return {}
      },
    },
    // Auth.js builds its redirect URI from its own address, which no client of the suite has registered.
    [customFetch]: async (url: RequestInfo | URL, init?: RequestInit) => {
      if (init?.body instanceof URLSearchParams) {
        init.body.set('redirect_uri', redirectUri)
        sent.push({ headers: new Headers(init.headers), body: init.body })
      }
      return fetch(url, init)
    },
    profile: () => ({ id: 'the-editor' }),
  }
  const config: AuthConfig = {
    ...{ providers: [provider], secret: 'a-secret-of-the-app', trustHost: true, basePath: '/auth' },
    callbacks: {
      jwt: ({ token, account }) => {
        if (account) tokens.push(account)
        return token
      },
    },
  }
  const jar = new Map<string, string>()
  const ask = async (path: string, body?: URLSearchParams): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const request = new Request(`${app}/auth${path}`, {
      headers: { cookie, ...(body ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
      ...(body ? { method: 'POST', body } : {}),
    })
    const response = await Auth(request, config)
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(set) ?? []
      jar.set(name, value)
    }
    return response
  }
  return { ask, tokens, opened, sent }
}

describe.each(['ideal', 'simple-oauth-6.0'] as const)('Auth.js and the profile %s', (profile) => {
  let site: Site
  beforeAll(async () => {
    site = await openSite(profile)
  })
  afterAll(() => site.close())

  test('logs a user in, with PKCE, a sealed state and the secret in HTTP Basic', async () => {
    const { ask, tokens, opened, sent } = openApp(site)
    const { csrfToken } = (await (await ask('/csrf')).json()) as { csrfToken: string }
    const start = await ask('/signin/drupal', new URLSearchParams({ csrfToken, callbackUrl: app }))
    const request = new URL(given(start.headers.get('location'), 'authorization request'))
    expect(request.searchParams.get('state')?.length).toBeGreaterThan(255)
    const back = await site.visit(request)
    const end = await ask(`/callback/drupal${back.search}`)
    expect(end.headers.get('location')).toBe(app)
    expect(tokens).toEqual([
      expect.objectContaining({ access_token: expect.any(String) as string, token_type: 'bearer' }),
    ])
    expect(opened).toEqual([200])
    expect(await (await ask('/session')).json()).toMatchObject({ user: {} })
    // As specs/clients states.
    expect(
      sent.map(({ headers, body }) => [[...body.keys()], headers.get('content-type'), headers.get('accept')]),
    ).toEqual([
      [
        ['redirect_uri', 'code', 'code_verifier', 'grant_type'],
        'application/x-www-form-urlencoded;charset=UTF-8',
        'application/json',
      ],
    ])
    expect(sent[0]?.headers.get('authorization')).toMatch(/^Basic /u)
  })
})
