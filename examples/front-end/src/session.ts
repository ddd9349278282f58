// The part of a front end that logs its user in: the authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636) and nothing else.
import { createHash, randomBytes } from 'node:crypto'

export interface Drupal {
  readonly authorizeUrl: string
  readonly tokenUrl: string
  readonly clientId: string
  readonly redirectUri: string
}

/** What the front end keeps between the two halves of a login. */
export interface PendingLogin {
  readonly url: string
  readonly state: string
  readonly verifier: string
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

const random = () => randomBytes(32).toString('base64url')

/** The first half: the address to send the browser to. */
export function beginLogin(drupal: Drupal, scopes: readonly string[]): PendingLogin {
  const [state, verifier] = [random(), random()]
  const url = new URL(drupal.authorizeUrl)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: drupal.clientId,
    redirect_uri: drupal.redirectUri,
    scope: scopes.join(' '),
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  return { url: url.href, state, verifier }
}

/** The second half: what the page at the redirect URI does. */
export async function finishLogin(drupal: Drupal, pending: PendingLogin, callback: string): Promise<Tokens> {
  const answer = new URL(callback).searchParams
  if (answer.get('state') !== pending.state) throw new Error('This is the answer to another login.')
  if (answer.has('error')) throw new Error(`Drupal does not log you in: ${answer.get('error') ?? ''}`)
  return requestToken(drupal, {
    grant_type: 'authorization_code',
    code: answer.get('code') ?? '',
    redirect_uri: drupal.redirectUri,
    code_verifier: pending.verifier,
  })
}

export const refresh = (drupal: Drupal, { refresh_token }: Tokens): Promise<Tokens> =>
  requestToken(drupal, { grant_type: 'refresh_token', refresh_token })

async function requestToken(drupal: Drupal, parameters: Record<string, string>): Promise<Tokens> {
  const body = new URLSearchParams({ ...parameters, client_id: drupal.clientId })
  const response = await fetch(drupal.tokenUrl, { method: 'POST', body })
  if (!response.ok) throw new Error(`Drupal issues no token: ${await response.text()}`)
  return (await response.json()) as Tokens
}
