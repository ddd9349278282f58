import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { given, openSite, type Site } from './browser.ts'

/** Configured manually, because Simple OAuth 6.0 publishes no metadata. */
function configure(
  site: Site,
  role: 'publicPkce' | 'machine',
  authentication: client.ClientAuth,
  issuer = site.origin,
): client.Configuration {
  const server: client.ServerMetadata = {
    issuer,
    authorization_endpoint: `${site.origin}${site.info.endpoints.authorize}`,
    token_endpoint: `${site.origin}${site.info.endpoints.token}`,
    jwks_uri: `${site.origin}${site.info.endpoints.jwks}`,
    userinfo_endpoint: `${site.origin}/oauth/userinfo`,
  }
  const { client_id } = site.client(role)
  const configuration = new client.Configuration(server, client_id, {}, authentication)
  client.allowInsecureRequests(configuration)
  return configuration
}

/** Authorization code with PKCE from the first redirect to the validated tokens. */
async function grant(site: Site, configuration: client.Configuration, scope: string, nonce?: string) {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const request = client.buildAuthorizationUrl(configuration, {
    redirect_uri: given(site.client('publicPkce').redirectUris[0], 'redirect URI'),
    scope,
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(nonce === undefined ? {} : { nonce }),
  })
  return client.authorizationCodeGrant(configuration, await site.visit(request), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    ...(nonce === undefined ? {} : { expectedNonce: nonce }),
  })
}

async function opens(site: Site, configuration: client.Configuration, token: string): Promise<number> {
  const url = new URL(site.info.endpoints.resource, site.origin)
  return (await client.fetchProtectedResource(configuration, token, url, 'GET')).status
}

describe.each(['ideal', 'simple-oauth-6.0'] as const)('openid-client and the profile %s', (profile) => {
  let site: Site
  beforeAll(async () => {
    site = await openSite(profile)
  })
  afterAll(() => site.close())

  test('authorization code with PKCE, then refresh', async () => {
    const configuration = configure(site, 'publicPkce', client.None())
    const first = await grant(site, configuration, 'contract:debug contract:content')
    expect(await opens(site, configuration, first.access_token)).toBe(200)

    const second = await client.refreshTokenGrant(configuration, given(first.refresh_token, 'refresh token'))
    expect(second.access_token).not.toBe(first.access_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(await opens(site, configuration, second.access_token)).toBe(200)
  })

  test('client credentials, the secret in the body', async () => {
    const secret = given(site.client('machine').client_secret, 'secret')
    const configuration = configure(site, 'machine', client.ClientSecretPost(secret))
    const token = await client.clientCredentialsGrant(configuration, { scope: 'contract:debug' })
    expect(await opens(site, configuration, token.access_token)).toBe(200)
  })
})

test('client credentials with Basic: RFC 6749 §2.3.1 encodes id and secret, which simple-oauth-6.0 does not decode', async () => {
  const outcomes: unknown[] = []
  for (const profile of ['ideal', 'simple-oauth-6.0'] as const) {
    const site = await openSite(profile)
    const secret = given(site.client('machine').client_secret, 'secret')
    const configuration = configure(site, 'machine', client.ClientSecretBasic(secret))
    const asked = client.clientCredentialsGrant(configuration, { scope: 'contract:debug' })
    outcomes.push(await asked.then((token) => opens(site, configuration, token.access_token), String))
    await site.close()
  }
  // A challenge with the scheme Basic, as for a wrong secret.
  expect(outcomes).toEqual([200, expect.stringContaining('WWWAuthenticateChallengeError')])
})

describe('OpenID Connect', () => {
  test('with a nonce against the profile ideal', async () => {
    const site = await openSite('ideal')
    try {
      const configuration = configure(site, 'publicPkce', client.None())
      const tokens = await grant(site, configuration, 'openid profile', client.randomNonce())
      const sub = given(tokens.claims(), 'ID token').sub
      expect(await client.fetchUserInfo(configuration, tokens.access_token, sub)).toMatchObject({ sub })
    } finally {
      await site.close()
    }
  })

  test('against the profile simple-oauth-6.0: refused for the issuer, then for the nonce, and for nothing else', async () => {
    const site = await openSite('simple-oauth-6.0')
    try {
      const asked = grant(site, configure(site, 'publicPkce', client.None()), 'openid')
      await expect(asked).rejects.toMatchObject({
        code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
        cause: { message: 'unexpected JWT "iss" (issuer) claim value' },
      })
      // Always https and without the port, whatever the site's own address is.
      const configuration = configure(site, 'publicPkce', client.None(), 'https://127.0.0.1/')
      await expect(grant(site, configuration, 'openid', client.randomNonce())).rejects.toMatchObject({
        code: 'OAUTH_INVALID_RESPONSE',
        cause: { message: 'JWT "nonce" (nonce) claim missing' },
      })
      const tokens = await grant(site, configuration, 'openid')
      const sub = given(tokens.claims(), 'ID token').sub
      expect(await client.fetchUserInfo(configuration, tokens.access_token, sub)).toMatchObject({ sub })
    } finally {
      await site.close()
    }
  })
})
