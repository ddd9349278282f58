import { FormData, request } from 'undici'
import { challengeOf, login, newVerifier, readForm } from '../support/reference-client.ts'
import { applyChange, type Change, type Draft, type Live } from './change.ts'
import { seen, type Received, type Seen } from './seen.ts'

/** A client as the replayed requests use it. */
interface Client {
  readonly client_id: string
  readonly client_secret?: string
  readonly redirect_uri?: string
  readonly scope: string
}

/** A server with the clients and the user that correct requests are made for. */
export interface Place {
  readonly url: string
  readonly user: { readonly name: string; readonly password: string }
  /** A public client that must use PKCE. */
  readonly app: Client
  /** A client with a secret. */
  readonly web: Client
  /** A client of client_credentials. */
  readonly machine: Client
}

/** The correct requests that changes are made to. */
export type Base =
  | 'authorize'
  | 'consent'
  | 'code'
  | 'code with secret'
  | 'refresh'
  | 'client credentials'
  | 'client credentials, Basic'
  | 'debug'
  | 'userinfo'
  | 'jwks'

/** A changed request and what the real server answered. */
export interface Answer {
  /** A description, if the changes do not explain themselves. */
  readonly what?: string
  readonly base: Base
  /** Changes of the authorization request that the flow begins with. */
  readonly flow?: readonly Change[]
  readonly changes: readonly Change[]
  /** Sends the request this often and looks at the last answer. */
  readonly times?: number
  readonly seen: Seen
}

/** Sends changed requests to one server. Every request has a flow of its own, so that none depends on another. */
export class Replay {
  readonly #place: Place
  #cookie: Promise<string> | undefined

  constructor(place: Place) {
    this.#place = place
  }

  async send({ base, flow = [], changes, times = 1 }: Omit<Answer, 'seen'>): Promise<Seen> {
    const { draft, live } = await this.#prepare(base, flow)
    for (const change of changes) applyChange(draft, change, live)
    let answer = await this.#request(draft)
    for (let sent = 1; sent < times; sent++) answer = await this.#request(draft)
    return seen(answer, live)
  }

  async #prepare(base: Base, flow: readonly Change[]): Promise<{ draft: Draft; live: Live }> {
    const { app, web, machine } = this.#place
    switch (base) {
      case 'authorize':
      case 'consent': {
        const asked = await this.#authorization(app, flow)
        if (base === 'consent') await this.#fillForm(asked.draft)
        return asked
      }
      case 'code':
        return this.#exchange(app, flow)
      case 'code with secret':
        return this.#exchange(web, flow)
      case 'refresh': {
        const live = await this.#tokens(flow)
        return {
          live,
          draft: token([
            ['grant_type', 'refresh_token'],
            ['refresh_token', live.get('refresh_token') ?? ''],
            ['client_id', live.get('client_id') ?? ''],
          ]),
        }
      }
      case 'client credentials': {
        const { client_id, client_secret = '', scope } = machine
        return {
          live: new Map(),
          draft: token([
            ['grant_type', 'client_credentials'],
            ['client_id', client_id],
            ['client_secret', client_secret],
            ['scope', scope],
          ]),
        }
      }
      case 'client credentials, Basic': {
        const { client_id, client_secret = '', scope } = machine
        const draft = token([
          ['grant_type', 'client_credentials'],
          ['scope', scope],
        ])
        draft.headers.set('authorization', `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`)
        return { live: new Map(), draft }
      }
      case 'debug':
      case 'userinfo': {
        const live = await this.#tokens(flow)
        const draft = get(base === 'debug' ? '/oauth/debug' : '/oauth/userinfo', [['_format', 'json']])
        draft.headers.set('authorization', `Bearer ${live.get('access_token') ?? ''}`)
        return { live, draft }
      }
      case 'jwks':
        return { live: new Map(), draft: get('/oauth/jwks', []) }
    }
  }

  /** The authorization request of a logged-in user. */
  async #authorization(client: Client, flow: readonly Change[]): Promise<{ draft: Draft; live: Map<string, string> }> {
    const code_verifier = newVerifier()
    const live = new Map([
      ['code_verifier', code_verifier],
      ['code_challenge', challengeOf(code_verifier)],
      ['state', `s${newVerifier().slice(0, 8)}`],
    ])
    const draft = get('/oauth/authorize', [
      ['response_type', 'code'],
      ['client_id', client.client_id],
      ['redirect_uri', client.redirect_uri ?? ''],
      ['scope', client.scope],
      ['state', live.get('state') ?? ''],
      ['code_challenge', live.get('code_challenge') ?? ''],
      ['code_challenge_method', 'S256'],
    ])
    draft.headers.set('cookie', await this.#session())
    for (const change of flow) applyChange(draft, change, live)
    for (const name of ['client_id', 'redirect_uri']) live.set(name, valueOf(draft.query, name) ?? '')
    return { draft, live }
  }

  /** Requests the consent form and turns the request into a press of its first button. */
  async #fillForm(draft: Draft): Promise<void> {
    const shown = await this.#request(draft)
    const { fields, buttons } = readForm(shown.body, 'simple-oauth-authorize-form')
    draft.method = 'POST'
    draft.body = [...Object.entries(fields), ['op', buttons[0] ?? '']]
  }

  async #exchange(client: Client, flow: readonly Change[]): Promise<{ draft: Draft; live: Map<string, string> }> {
    const { draft: asked, live } = await this.#authorization(client, flow)
    const direct = await this.#request(asked)
    if (direct.status === 200) await this.#fillForm(asked)
    const { headers } = direct.status === 200 ? await this.#request(asked) : direct
    const code = new URL(String(headers['location'])).searchParams.get('code')
    if (code === null) throw new Error(`the authorization request led to ${String(headers['location'])}`)
    live.set('code', code)
    const redirect = live.get('redirect_uri') ?? ''
    return {
      live,
      draft: token([
        ['grant_type', 'authorization_code'],
        ['code', code],
        ...(redirect === '' ? [] : [['redirect_uri', redirect] as [string, string]]),
        ['client_id', live.get('client_id') ?? ''],
        ...(client.client_secret === undefined ? [] : [['client_secret', client.client_secret] as [string, string]]),
        ...(valueOf(asked.query, 'code_challenge') === null
          ? []
          : [['code_verifier', live.get('code_verifier') ?? ''] as [string, string]]),
      ]),
    }
  }

  async #tokens(flow: readonly Change[]): Promise<Live> {
    const { draft, live } = await this.#exchange(this.#place.app, flow)
    const { status, body } = await this.#request(draft)
    if (status !== 200) throw new Error(`the code was not exchanged: ${body}`)
    for (const [name, value] of Object.entries(JSON.parse(body) as Record<string, unknown>))
      live.set(name, String(value))
    return live
  }

  #session(): Promise<string> {
    this.#cookie ??= login(this.#place, this.#place.user.name, this.#place.user.password)
    return this.#cookie
  }

  async #request(draft: Draft): Promise<Received> {
    const query = new URLSearchParams(draft.query).toString()
    const { body, type } = encode(draft)
    const {
      statusCode,
      headers,
      body: answered,
    } = await request(`${this.#place.url}${draft.path}${query === '' ? '' : `?${query}`}`, {
      method: draft.method,
      headers: { ...(type === null ? {} : { 'content-type': type }), ...Object.fromEntries(draft.headers) },
      body,
    })
    return { status: statusCode, headers, body: await answered.text() }
  }
}

function encode({ body, encoding }: Draft): { body: string | FormData | null; type: string | null } {
  if (body === null) return { body: null, type: null }
  const form = new URLSearchParams(body).toString()
  switch (encoding) {
    case 'form':
      return { body: form, type: 'application/x-www-form-urlencoded' }
    case 'text':
      return { body: form, type: 'text/plain' }
    case 'json':
      return { body: JSON.stringify(Object.fromEntries(body)), type: 'application/json' }
    case 'multipart': {
      const parts = new FormData()
      for (const [name, value] of body) parts.append(name, value)
      return { body: parts, type: null }
    }
  }
}

const empty = (method: string, path: string): Draft => ({
  method,
  path,
  query: [],
  body: null,
  encoding: 'form',
  headers: new Map(),
})
const get = (path: string, query: [string, string][]): Draft => ({ ...empty('GET', path), query })
const token = (body: [string, string][]): Draft => ({ ...empty('POST', '/oauth/token'), body })
const valueOf = (pairs: Draft['query'], name: string): string | null =>
  pairs.findLast(([key]) => key === name)?.[1] ?? null
