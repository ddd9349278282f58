import { AuthorizationRequest } from '@openid/appauth/built/src/authorization_request.js'
import { AuthorizationRequestHandler } from '@openid/appauth/built/src/authorization_request_handler.js'
import { AuthorizationServiceConfiguration } from '@openid/appauth/built/src/authorization_service_configuration.js'
import { NodeCrypto } from '@openid/appauth/built/src/node_support/crypto_utils.js'
import { NodeRequestor } from '@openid/appauth/built/src/node_support/node_requestor.js'
import { BasicQueryStringUtils } from '@openid/appauth/built/src/query_string_utils.js'
import { TokenRequest } from '@openid/appauth/built/src/token_request.js'
import { BaseTokenRequestHandler } from '@openid/appauth/built/src/token_request_handler.js'
import { expect, test } from 'vitest'
import { given, openSite } from './browser.ts'

/** The user's browser is the test's own; the request is the library's. */
class Handler extends AuthorizationRequestHandler {
  requestOf(server: AuthorizationServiceConfiguration, request: AuthorizationRequest): URL {
    return new URL(this.buildRequestUrl(server, request))
  }
  override performAuthorizationRequest(): void {}
  protected override completeAuthorizationRequest(): Promise<null> {
    return Promise.resolve(null)
  }
}

test.each(['ideal', 'simple-oauth-6.0'] as const)('AppAuth-JS logs a user in at the profile %s', async (profile) => {
  const site = await openSite(profile)
  try {
    const { client_id, redirectUris } = site.client('publicPkce')
    const redirect_uri = given(redirectUris[0], 'redirect URI')
    const server = new AuthorizationServiceConfiguration({
      authorization_endpoint: `${site.origin}${site.info.endpoints.authorize}`,
      token_endpoint: `${site.origin}${site.info.endpoints.token}`,
      revocation_endpoint: '',
    })
    const scope = 'contract:debug contract:content'
    const request = new AuthorizationRequest(
      { client_id, redirect_uri, scope, response_type: AuthorizationRequest.RESPONSE_TYPE_CODE },
      new NodeCrypto(),
    )
    await request.setupCodeVerifier()
    const { searchParams } = await site.visit(
      new Handler(new BasicQueryStringUtils(), new NodeCrypto()).requestOf(server, request),
    )
    // Its declarations import each other without an extension, too, so that types of other files are not found.
    const { state, internal } = request as { state: string; internal: Record<string, string> }
    expect(searchParams.get('state')).toBe(state)

    const requestor = new BaseTokenRequestHandler(new NodeRequestor())
    const common = { client_id, redirect_uri }
    const first = (await requestor.performTokenRequest(
      server,
      new TokenRequest({
        ...{ ...common, grant_type: 'authorization_code', code: given(searchParams.get('code'), 'code') },
        extras: { code_verifier: given(internal['code_verifier'], 'verifier') },
      }),
    )) as { refreshToken?: string }
    const refreshing = (): Promise<{ accessToken: string }> =>
      requestor.performTokenRequest(
        server,
        new TokenRequest({
          ...{ ...common, grant_type: 'refresh_token' },
          refresh_token: given(first.refreshToken, 'refresh token'),
        }),
      )
    const { accessToken } = await refreshing()
    const resource = new URL(site.info.endpoints.resource, site.origin)
    expect((await fetch(resource, { headers: { authorization: `Bearer ${accessToken}` } })).status).toBe(200)
    // Two tabs of an app refresh with the same token: it was rotated.
    await expect(refreshing()).rejects.toThrow('Bad Request')
  } finally {
    await site.close()
  }
})
