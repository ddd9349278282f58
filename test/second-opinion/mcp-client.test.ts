import { auth, type OAuthClientProvider, type OAuthTokens } from '@modelcontextprotocol/client'
import { expect, test } from 'vitest'
import { given, openSite, type Site } from './browser.ts'

const redirectUrl = 'https://client.example.test/callback'

/** The SDK's client for an MCP server at the site: it knows the URL and nothing else, and registers itself. */
function mcpClient(site: Site) {
  let client: { client_id: string } | undefined
  let kept: OAuthTokens | undefined
  let verifier = ''
  let asked: URL | undefined
  let found: Awaited<ReturnType<NonNullable<OAuthClientProvider['discoveryState']>>>
  const provider: OAuthClientProvider = {
    redirectUrl,
    clientMetadata: {
      client_name: 'An MCP client',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      scope: 'contract:debug',
    },
    state: () => 'a-state-of-mcp',
    clientInformation: () => client,
    saveClientInformation: (information) => void (client = information),
    tokens: () => kept,
    saveTokens: (tokens) => void (kept = tokens),
    redirectToAuthorization: (url) => void (asked = url),
    saveCodeVerifier: (made) => void (verifier = made),
    codeVerifier: () => verifier,
    saveDiscoveryState: (state) => void (found = state),
    discoveryState: () => found,
  }
  const serverUrl = `${site.origin}/`
  return {
    start: () => auth(provider, { serverUrl, scope: 'contract:debug' }),
    finish: (answer: URLSearchParams) =>
      auth(provider, {
        serverUrl,
        authorizationCode: given(answer.get('code'), 'code'),
        // RFC 9207: the metadata says that it comes.
        iss: given(answer.get('iss'), 'issuer'),
      }),
    asked: () => given(asked, 'authorization request'),
    tokens: () => given(kept, 'tokens'),
  }
}

async function opens(site: Site, token: string): Promise<number> {
  const url = new URL(site.info.endpoints.resource, site.origin)
  return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status
}

test('the MCP TypeScript SDK finds the server, registers itself, logs a user in and refreshes', async () => {
  const site = await openSite('ideal')
  try {
    const { start, finish, asked, tokens } = mcpClient(site)
    expect(await start()).toBe('REDIRECT')
    expect(asked().searchParams.get('code_challenge_method')).toBe('S256')
    const { searchParams } = await site.visit(asked())
    expect(searchParams.get('state')).toBe('a-state-of-mcp')
    expect(await finish(searchParams)).toBe('AUTHORIZED')
    const first = tokens()
    expect(await opens(site, first.access_token)).toBe(200)

    expect(await start()).toBe('AUTHORIZED')
    expect(tokens().access_token).not.toBe(first.access_token)
    expect(await opens(site, tokens().access_token)).toBe(200)
  } finally {
    await site.close()
  }
})

test.each([
  // As mcp.issuer and mcp.resource-identical say: the address in its metadata has no port.
  ['simple-oauth-21', /^Issuer mismatch in authorization server metadata \(RFC 8414 §3\.3\)/u],
  // As mcp.server-metadata says.
  ['simple-oauth-6.0', /^Dynamic Client Registration rejected \(HTTP 404\)/u],
] as const)('it does not get into the profile %s', async (profile, message) => {
  const site = await openSite(profile)
  try {
    await expect(mcpClient(site).start()).rejects.toThrow(message)
  } finally {
    await site.close()
  }
})
