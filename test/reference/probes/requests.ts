import type { ReferenceServer } from '../../../helpers/reference/server.ts'
import { callback, challengeOf, codeFlow, post, type Params } from '../../support/reference-client.ts'

// What the probes share. Facts of two runs of the same server are equal.

export type Facts = Record<string, unknown>
export type Probe = (server: ReferenceServer) => Promise<Facts>

export const pkce = { code_challenge: challengeOf('v'.repeat(43)), code_challenge_method: 'S256' }
export const cc = { grant_type: 'client_credentials', client_id: 'cc', client_secret: 'secret-cc' }
export const token = (server: ReferenceServer, body: Params, headers: Record<string, string> = {}) =>
  post(server, '/oauth/token', body, headers)
export const refreshing = (server: ReferenceServer, refresh_token: string, extra: Params = {}, headers = {}) =>
  token(server, { grant_type: 'refresh_token', client_id: 'spa', refresh_token, ...extra }, headers)
export const exchanging = (server: ReferenceServer, code: string, code_verifier: string, extra: Params = {}) =>
  token(server, {
    grant_type: 'authorization_code',
    client_id: 'spa',
    redirect_uri: callback,
    code,
    code_verifier,
    ...extra,
  })

/** Everything about an answer that is the same in every run. */
export async function facts(response: Response | Promise<Response>): Promise<Facts> {
  const { status, headers, text } = { ...plain(await response), text: await (await response).text() }
  const location = headers.get('location')
  const target = location === null ? null : new URL(location, 'http://server')
  const params = target && [...target.searchParams, ...new URLSearchParams(target.hash.slice(1))]
  return {
    status,
    target: target && target.host + target.pathname,
    params: params?.map(([name, value]) => (['state', 'error'].includes(name) ? `${name}=${value}` : name)),
    body: shape(text),
    headers: [
      'content-type',
      'cache-control',
      'pragma',
      'www-authenticate',
      'x-frame-options',
      'content-security-policy',
      'access-control-allow-origin',
      'access-control-allow-credentials',
      'referrer-policy',
      // The address of the site has another port each time.
    ].map((name) => headers.get(name)?.replace(/127\.0\.0\.1:\d+/u, 'site') ?? null),
  }
}
const plain = ({ status, headers }: Response) => ({ status, headers })

function shape(text: string): unknown {
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    return Object.entries(value).map(([name, member]) => [
      name,
      typeof member,
      name === 'error' || name === 'expires_in' ? member : '',
    ])
  } catch {
    return text.includes('simple-oauth-authorize-form')
      ? 'consent'
      : text.includes('user-login-form')
        ? 'login'
        : 'page'
  }
}

export const flow = async (server: ReferenceServer, options: Parameters<typeof codeFlow>[1] = {}) =>
  facts((await codeFlow(server, options)).response)

export const decode = (jwt: string) =>
  jwt
    .split('.')
    .slice(0, 2)
    .map((part) => {
      try {
        return JSON.parse(Buffer.from(part, 'base64url').toString()) as Facts
      } catch {
        return null
      }
    })
