import { createHash, randomBytes } from 'node:crypto'
import { load } from 'cheerio'
import { request, type Dispatcher } from 'undici'
import type { ReferenceData } from '../../helpers/reference/core/data.ts'
import { startReferenceServer, type ReferenceOptions, type ReferenceServer } from '../../helpers/reference/server.ts'

export const callback = 'https://app.example.test/back'
const every = ['authorization_code', 'refresh_token', 'client_credentials']
const code = {
  pkce: false,
  confidential: false,
  grantTypes: ['authorization_code', 'refresh_token'],
  redirectUris: [callback],
  accessTokenLifetime: 300,
  refreshTokenLifetime: 3600,
  scopes: [],
}
const machine = { ...code, confidential: true, grantTypes: ['client_credentials'], redirectUris: [], user: 'robot' }
const permissions = [
  'grant simple_oauth codes',
  'debug simple_oauth tokens',
  'access content',
  'create note content',
  'edit any note content',
  'delete any note content',
]

/** A small site of its own, so that these tests and the fixtures cannot share a mistake. */
export const site: ReferenceData = {
  scopes: [
    { name: 'debug', description: 'see tokens', grantTypes: every, permission: 'debug simple_oauth tokens' },
    { name: 'content:read', description: 'read', grantTypes: every, permission: 'access content' },
    { name: 'admin', description: 'administer', grantTypes: every, permission: 'administer nodes' },
    { name: 'cc_only', grantTypes: ['client_credentials'], permission: 'access content' },
    { name: 'no_refresh', grantTypes: ['authorization_code'], permission: 'access content' },
    { name: 'suite', grantTypes: every },
    { name: 'suite:debug', grantTypes: every, permission: 'debug simple_oauth tokens', parent: 'suite' },
    { name: 'suite:content', grantTypes: every, permission: 'access content', parent: 'suite' },
    { name: 'reporter', grantTypes: every, grantsRole: 'reporter' },
    { name: 'note:create', grantTypes: every, permission: 'create note content' },
    { name: 'note:change', grantTypes: every, permission: 'edit any note content' },
    { name: 'note:delete', grantTypes: every, permission: 'delete any note content' },
  ],
  users: [
    {
      role: 'editor',
      name: 'alice',
      password: 'pw alice',
      mail: 'alice@example.test',
      permissions,
      roles: { reporter: ['access site reports'] },
    },
    { role: 'otherEditor', name: 'bob', password: 'pw-bob', mail: 'bob@example.test', permissions: ['access content'] },
    { role: 'service', name: 'robot', password: 'pw-robot', mail: 'robot@example.test', permissions },
    {
      role: 'author',
      name: 'carol',
      password: 'pw-carol',
      mail: 'carol@example.test',
      permissions: ['grant simple_oauth codes', 'access content'],
    },
    { role: 'root', name: 'root', password: 'pw-root', mail: 'root@example.test', permissions: [], admin: 'role' },
  ],
  contentType: 'note',
  rolePage: { path: '/reporters', role: 'reporter' },
  clients: [
    { ...code, client_id: 'spa', pkce: true, label: 'The <b>app</b>' },
    { ...code, client_id: 'spa2', pkce: true },
    { ...code, client_id: 'lax' },
    { ...code, client_id: 'web', confidential: true, client_secret: 'secret-web' },
    { ...code, client_id: 'web-pkce', confidential: true, client_secret: 'secret-web-pkce', pkce: true },
    { ...code, client_id: 'web2', confidential: true, client_secret: 'secret-web2' },
    { ...code, client_id: 'a b', confidential: true, client_secret: 'p:% ä' },
    { ...code, client_id: 'two', redirectUris: [callback, `${callback}2`] },
    { ...code, client_id: 'tenant', redirectUris: [`${callback}?tenant=1`] },
    { ...code, client_id: 'native', redirectUris: ['http://127.0.0.1/callback'] },
    { ...code, client_id: 'native-port', redirectUris: ['http://127.0.0.1:8080/callback'] },
    { ...code, client_id: 'localhost', redirectUris: ['http://localhost/callback'] },
    { ...code, client_id: 'homeless', redirectUris: [] },
    { ...code, client_id: 'custom', redirectUris: ['com.example.app:/back'] },
    { ...code, client_id: 'every', everyGrant: true },
    { ...code, client_id: 'every-web', everyGrant: true, confidential: true, client_secret: 'secret-every' },
    { ...code, client_id: 'auto', automaticAuthorization: true },
    { ...code, client_id: 'memory', rememberApproval: true },
    { ...code, client_id: 'memory2', rememberApproval: true },
    { ...code, client_id: 'defaults', authorizationCodeScopes: ['debug'] },
    { ...code, client_id: 'bad-defaults', authorizationCodeScopes: ['cc_only'] },
    { ...code, client_id: 'short', accessTokenLifetime: 0, refreshTokenLifetime: 0 },
    { ...code, client_id: 'brief', accessTokenLifetime: 1, refreshTokenLifetime: 0 },
    { ...code, client_id: 'no-refresh', grantTypes: ['authorization_code'] },
    { ...machine, client_id: 'cc', client_secret: 'secret-cc', scopes: ['debug', 'content:read'] },
    { ...machine, client_id: 'cc-brief', client_secret: 'secret-cc', scopes: ['debug'], accessTokenLifetime: 0 },
    { ...machine, client_id: 'cc-open', client_secret: 'secret-open' },
    { ...machine, client_id: 'cc-unset' },
    { ...machine, client_id: 'cc-public', confidential: false },
    { ...machine, client_id: 'cc-root', client_secret: 'secret-root', user: 'root' },
    { ...machine, client_id: 'cc-nouser', client_secret: 'secret-nouser', user: 'nobody' },
    { ...machine, client_id: 'cc-reader', client_secret: 'secret-reader', user: 'bob', scopes: ['content:read'] },
    { ...machine, client_id: 'cc-past', client_secret: 'secret-past', scopes: ['debug'], accessTokenLifetime: -60 },
  ].map((client) => ({ role: client.client_id, ...client })),
}

export type Params = Readonly<Record<string, string | null>>
type Server = Pick<ReferenceServer, 'url'>

export const start = (options: Omit<ReferenceOptions, 'data'>) => startReferenceServer({ ...options, data: site })

export const newVerifier = () => randomBytes(32).toString('base64url')
export const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')

/** Parameters as a query; null leaves one out. */
export function form(params: Params): string {
  const given = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== null)
  return new URLSearchParams(given).toString()
}

interface Sent {
  readonly method?: Dispatcher.HttpMethod
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** As `fetch` does, which takes twice the time; a redirect is not followed. */
export async function send(server: Server, path: string, sent: Sent = {}): Promise<Response> {
  const { statusCode, headers, body } = await request(server.url + path, { ...sent, responseHeaders: 'raw' })
  const received = new Headers()
  // Names and values in turn, which the types of undici do not say.
  const raw = headers as unknown as readonly string[]
  for (let index = 0; index < raw.length; index += 2) received.append(raw[index] ?? '', raw[index + 1] ?? '')
  const text = await body.text()
  return new Response(statusCode === 204 ? null : text, { status: statusCode, headers: received })
}

export const get = (server: Server, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  send(server, path, { headers })

export const post = (
  server: Server,
  path: string,
  body: string | Params,
  headers: Record<string, string> = {},
): Promise<Response> =>
  send(server, path, {
    method: 'POST',
    body: typeof body === 'string' ? body : form(body),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  })

const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

/** Logs in and returns the Cookie header. */
export async function login(server: Server, name = 'alice', password = 'pw alice'): Promise<string> {
  const response = await post(server, '/user/login', { name, pass: password, form_id: 'user_login_form' })
  if (response.status !== 303) throw new Error(`the login of ${name} answered ${response.status}`)
  return cookieOf(response)
}

export interface Form {
  readonly action: string
  readonly fields: Record<string, string>
  readonly buttons: readonly string[]
}

/** A form by its id: hidden fields and the values of its submit buttons. */
export function readForm(html: string, id: string): Form {
  const $ = load(html)
  const found = $(`form#${id}`)
  if (found.length !== 1) throw new Error(`${found.length} forms have the id ${id}`)
  const inputs = found.find('input[type=hidden]').toArray()
  return {
    action: found.attr('action') ?? '',
    fields: Object.fromEntries(inputs.map((input) => [$(input).attr('name') ?? '', $(input).attr('value') ?? ''])),
    buttons: found
      .find('input[type=submit]')
      .toArray()
      .map((input) => $(input).attr('value') ?? ''),
  }
}

export const authorizePath = (params: Params) =>
  `/oauth/authorize?${form({ response_type: 'code', client_id: 'spa', redirect_uri: callback, scope: 'debug content:read', state: 'st4te', ...params })}`

/** Requests the consent form and presses its first (Allow) or second (Deny) button. Returns the redirect. */
export async function consent(server: Server, cookie: string, params: Params, button = 0): Promise<URL> {
  const shown = await get(server, authorizePath(params), { cookie })
  const { action, fields, buttons } = readForm(await shown.text(), 'simple-oauth-authorize-form')
  const pressed = await post(server, action, { ...fields, op: buttons[button] ?? '' }, { cookie })
  return new URL(pressed.headers.get('location') ?? 'missing:')
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_in: number
  readonly scope?: string
  readonly id_token?: string
}

/** The whole authorization code grant with PKCE. */
export async function codeFlow(
  server: Server,
  options: {
    client?: string
    secret?: string
    user?: readonly [name: string, password: string]
    scope?: string
    authorize?: Params
    token?: Params
  } = {},
): Promise<{ response: Response; tokens: Tokens; code: string; verifier: string }> {
  const verifier = newVerifier()
  const client_id = options.client ?? 'spa'
  const location = await consent(server, await login(server, ...(options.user ?? [])), {
    client_id,
    ...(options.scope === undefined ? {} : { scope: options.scope }),
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    ...options.authorize,
  })
  const code = location.searchParams.get('code') ?? ''
  const response = await post(server, '/oauth/token', {
    grant_type: 'authorization_code',
    client_id,
    client_secret: options.secret ?? null,
    redirect_uri: callback,
    code,
    code_verifier: verifier,
    ...options.token,
  })
  return { response, tokens: (await response.clone().json()) as Tokens, code, verifier }
}

export const debug = (server: Server, token: string) =>
  get(server, '/oauth/debug', { authorization: `Bearer ${token}` })
