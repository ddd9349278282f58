import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { given, openSite, type Site } from './browser.ts'

const insecure = { [oauth.allowInsecureRequests]: true } as const

interface Flow {
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly callback: string
}

/** Configured manually, because Simple OAuth 6.0 publishes no metadata. */
const metadata = (site: Site, issuer = site.origin): oauth.AuthorizationServer => ({
  issuer,
  authorization_endpoint: `${site.origin}${site.info.endpoints.authorize}`,
  token_endpoint: `${site.origin}${site.info.endpoints.token}`,
  jwks_uri: `${site.origin}${site.info.endpoints.jwks}`,
  userinfo_endpoint: `${site.origin}/oauth/userinfo`,
})

function spa(site: Site, server = metadata(site)): Flow {
  const { client_id, redirectUris } = site.client('publicPkce')
  return { server, client: { client_id }, callback: given(redirectUris[0], 'redirect URI') }
}

/** The response to a code; the library has validated the redirect, not yet the response. */
async function redeem(
  site: Site,
  { server, client, callback }: Flow,
  ask: { scope?: string; nonce?: string; verifier?: string } = {},
): Promise<Response> {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const url = new URL(given(server.authorization_endpoint, 'endpoint'))
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: callback,
    scope: ask.scope ?? 'contract:debug contract:content',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(ask.nonce === undefined ? {} : { nonce: ask.nonce }),
  }).toString()
  const parameters = oauth.validateAuthResponse(server, client, await site.visit(url), state)
  return oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    callback,
    ask.verifier ?? verifier,
    insecure,
  )
}

async function opens(site: Site, token: string): Promise<number> {
  const url = new URL(site.info.endpoints.resource, site.origin)
  return (await oauth.protectedResourceRequest(token, 'GET', url, undefined, undefined, insecure)).status
}

const secretOf = (site: Site): string => given(site.client('machine').client_secret, 'secret')

async function clientCredentials(site: Site, authentication: oauth.ClientAuth): Promise<oauth.TokenEndpointResponse> {
  const server = metadata(site)
  const { client_id } = site.client('machine')
  const scope = { scope: 'contract:debug' }
  const response = await oauth.clientCredentialsGrantRequest(server, { client_id }, authentication, scope, insecure)
  return oauth.processClientCredentialsResponse(server, { client_id }, response)
}

describe.each(['ideal', 'simple-oauth-6.0'] as const)('oauth4webapi and the profile %s', (profile) => {
  let site: Site
  beforeAll(async () => {
    site = await openSite(profile)
  })
  afterAll(() => site.close())

  test('authorization code with PKCE, then refresh', async () => {
    const flow = spa(site)
    const first = await oauth.processAuthorizationCodeResponse(flow.server, flow.client, await redeem(site, flow))
    expect(first).toMatchObject({ token_type: 'bearer' })
    expect([299, 300]).toContain(first.expires_in)
    expect(await opens(site, first.access_token)).toBe(200)

    const refresh = (token: string | undefined) =>
      oauth.refreshTokenGrantRequest(flow.server, flow.client, oauth.None(), given(token, 'refresh token'), insecure)
    const response = await refresh(first.refresh_token)
    const second = await oauth.processRefreshTokenResponse(flow.server, flow.client, response)
    expect(second.access_token).not.toBe(first.access_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(await opens(site, second.access_token)).toBe(200)
  })

  test('client credentials, the secret in the body', async () => {
    const token = await clientCredentials(site, oauth.ClientSecretPost(secretOf(site)))
    expect(token).toMatchObject({ token_type: 'bearer' })
    expect(token.refresh_token).toBeUndefined()
    expect(await opens(site, token.access_token)).toBe(200)
  })

  test('an error is one that a client can read', async () => {
    const flow = spa(site)
    const response = await redeem(site, flow, { verifier: oauth.generateRandomCodeVerifier() })
    const refusal = oauth.processAuthorizationCodeResponse(flow.server, flow.client, response)
    await expect(refusal).rejects.toMatchObject({ name: 'ResponseBodyError', error: 'invalid_grant', status: 400 })
  })
})

/** The library's view of an access token as a resource server has it: RFC 9068 §4. */
async function validateAccessToken(site: Site, issuer?: string): Promise<oauth.JWTAccessTokenClaims> {
  const flow = spa(site, metadata(site, issuer))
  const { access_token } = await oauth.processAuthorizationCodeResponse(
    flow.server,
    flow.client,
    await redeem(site, flow),
  )
  const headers = { authorization: `Bearer ${access_token}` }
  const request = new Request(`${site.origin}/api`, { headers })
  // The resource server is the site itself (RFC 9068 §4).
  return oauth.validateJwtAccessToken(flow.server, request, site.origin, insecure)
}

async function openid(site: Site, server: oauth.AuthorizationServer, nonce: string | null) {
  const flow = spa(site, server)
  const ask = nonce === null ? {} : { nonce }
  const response = await redeem(site, flow, { scope: 'openid profile', ...ask })
  const tokens = await oauth.processAuthorizationCodeResponse(flow.server, flow.client, response.clone(), {
    requireIdToken: true,
    ...(nonce === null ? {} : { expectedNonce: nonce }),
  })
  const claims = given(oauth.getValidatedIdTokenClaims(tokens), 'ID token')
  const answer = await oauth.userInfoRequest(flow.server, flow.client, tokens.access_token, insecure)
  const user = await oauth.processUserInfoResponse(flow.server, flow.client, claims.sub, answer)
  return { claims, user }
}

describe('what a validating client says of the profile ideal', () => {
  let site: Site
  beforeAll(async () => {
    site = await openSite('ideal')
  })
  afterAll(() => site.close())

  test('the metadata is discovered, and the issuer proves itself in the redirect', async () => {
    const issuer = new URL(site.origin)
    const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
    const server = await oauth.processDiscoveryResponse(issuer, answer)
    expect(server).toMatchObject({ issuer: site.origin, authorization_response_iss_parameter_supported: true })
    const flow = spa(site, server)
    const tokens = await oauth.processAuthorizationCodeResponse(server, flow.client, await redeem(site, flow))
    expect(await opens(site, tokens.access_token)).toBe(200)
  })

  test('client credentials, the secret in Basic', async () => {
    const token = await clientCredentials(site, oauth.ClientSecretBasic(secretOf(site)))
    expect(await opens(site, token.access_token)).toBe(200)
  })

  test('its access tokens are those of RFC 9068', async () => {
    const claims = await validateAccessToken(site)
    expect(claims).toMatchObject({ iss: site.origin, scope: 'contract:debug contract:content' })
  })

  test('OpenID Connect with a nonce', async () => {
    const { claims, user } = await openid(site, metadata(site), oauth.generateRandomNonce())
    expect(claims.iss).toBe(site.origin)
    expect(user.sub).toBe(claims.sub)
  })
})

describe('what a validating client refuses of the profile simple-oauth-6.0', () => {
  let site: Site
  beforeAll(async () => {
    site = await openSite('simple-oauth-6.0')
  })
  afterAll(() => site.close())

  // Always https and without the port, whatever the site's own address is.
  const issuer = 'https://127.0.0.1/'
  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'nothing was refused',
      (error: unknown) => error,
    )

  test('there is no metadata to discover', async () => {
    const answer = await oauth.discoveryRequest(new URL(site.origin), { algorithm: 'oauth2', ...insecure })
    expect(answer.status).toBe(404)
    expect(await refusal(oauth.processDiscoveryResponse(new URL(site.origin), answer))).toMatchObject({
      code: 'OAUTH_RESPONSE_IS_NOT_CONFORM',
    })
  })

  test('Basic is refused as RFC 6749 §2.3.1 spells it: id and secret are taken without form-decoding', async () => {
    const { client_id } = site.client('machine')
    expect(client_id).toContain('_')
    expect(await refusal(clientCredentials(site, oauth.ClientSecretBasic(secretOf(site))))).toMatchObject({
      name: 'WWWAuthenticateChallengeError',
      status: 401,
      cause: [{ scheme: 'basic' }],
    })
    // The same credentials without encoding are accepted.
    const unencoded: oauth.ClientAuth = (_server, _client, _body, headers) => {
      headers.set('authorization', `Basic ${btoa(`${client_id}:${secretOf(site)}`)}`)
    }
    const token = await clientCredentials(site, unencoded)
    expect(await opens(site, token.access_token)).toBe(200)
  })

  test('an access token is typed JWT, not at+jwt (RFC 9068 §2.1)', async () => {
    expect(await refusal(validateAccessToken(site, issuer))).toMatchObject({
      code: 'OAUTH_INVALID_RESPONSE',
      message: 'unexpected JWT "typ" header parameter value',
    })
  })

  test('the issuer of an ID token is not the address that issued it', async () => {
    expect(await refusal(openid(site, metadata(site), null))).toMatchObject({
      code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
      message: 'unexpected JWT "iss" (issuer) claim value',
      cause: { expected: site.origin, claim: 'iss', claims: { iss: issuer } },
    })
  })

  test('an ID token lacks the nonce that was sent (OpenID Connect Core §3.1.3.7)', async () => {
    const nonce = oauth.generateRandomNonce()
    expect(await refusal(openid(site, metadata(site, issuer), nonce))).toMatchObject({
      code: 'OAUTH_INVALID_RESPONSE',
      message: 'JWT "nonce" (nonce) claim missing',
    })
  })

  test('nothing else: with its own issuer and without a nonce OpenID Connect completes', async () => {
    const { claims, user } = await openid(site, metadata(site, issuer), null)
    expect(claims).toMatchObject({ iss: issuer, aud: site.client('publicPkce').client_id })
    expect(user.sub).toBe(claims.sub)
  })
})
