import { isObject } from '../model/verdict.ts'
import type { Exchange } from '../model/exchange.ts'
import { comparable, decodeToken, json, type Outcome } from '../judge/outcome.ts'
import type { ClientInfo } from '../model/target.ts'
import type { CaseState, StepResult } from './case-state.ts'
import { applyChanges, resolveHeaders, withOwnHeaders } from './resolve.ts'
import type { ClientAuthentication } from './steps.ts'
import type { Params } from './values.ts'

/** One request, and how it differs from a correct one. */
export interface TokenRequest {
  readonly client: ClientInfo
  /** A path other than that of the token endpoint. */
  readonly path?: string
  readonly parameters: ReadonlyMap<string, string>
  readonly changes: Params
  readonly authentication?: ClientAuthentication | undefined
  /** Instead of the client's own secret. */
  readonly secret?: string | undefined
  readonly placement?: 'body' | 'query'
  /** Parameters in the URL alone. */
  readonly query?: Params
  readonly method?: string
  readonly mediaType?: string | null
  readonly headers?: Params
  /** Instead of the parameters. */
  readonly body?: string
  /** Values of the flow that this request continues. */
  readonly flow?: Outcome['values']
}

/**
 * One request to the token endpoint (RFC 6749 §3.2), or to another endpoint at which clients authenticate: correct except for the changes.
 */
export async function requestToken(caseState: CaseState, request: TokenRequest): Promise<StepResult> {
  const { client, mediaType = formType, method = 'POST', placement = 'body' } = request
  const { path = caseState.environment.target.endpoints.token } = request
  const credentials = authenticate(request)
  const headers = withOwnHeaders(
    [...contentType(mediaType), ['accept', 'application/json'], ...credentials.headers],
    resolveHeaders(request.headers, caseState),
  )
  const parameters = new Map([...request.parameters, ['client_id', client.client_id], ...credentials.parameters])
  const pairs = applyChanges(parameters, request.changes, caseState)
  const inUrl = new URLSearchParams(applyChanges(new Map(), request.query ?? {}, caseState)).toString()
  const endpoint = caseState.url(path)
  const url = inUrl === '' ? endpoint : `${endpoint}?${inUrl}`
  const exchange = await caseState.send(
    placement === 'query'
      ? { method, url: `${url}?${new URLSearchParams(pairs).toString()}`, headers, body: method === 'POST' ? '' : null }
      : { method, url, headers, body: request.body ?? written(pairs, mediaType) },
  )
  const isBasic = headers.some(([name]) => name === 'authorization')
  return { outcome: outcomeOf(exchange, request.flow ?? {}, isBasic), client, at: performance.now() }
}

interface Credentials {
  readonly parameters: readonly (readonly [string, string])[]
  readonly headers: readonly (readonly [string, string])[]
}

/** How the client proves who it is (RFC 6749 §2.3.1). */
function authenticate({ client, secret = client.client_secret, ...request }: TokenRequest): Credentials {
  const id = client.client_id
  const inBody = secret === undefined ? [] : [['client_secret', secret] as const]
  const inHeader = [['authorization', basic(id, secret ?? '', formEncoded)] as const]
  switch (request.authentication ?? (client.confidential ? 'body' : 'none')) {
    case 'body':
      return { parameters: inBody, headers: [] }
    case 'basic':
      return { parameters: [], headers: inHeader }
    case 'basic-encoded':
      return { parameters: [], headers: [['authorization', basic(id, secret ?? '', percentEncoded)]] }
    case 'basic-lower-case':
      return { parameters: [], headers: inHeader.map(([name, value]) => [name, value.replace(/^Basic/u, 'basic')]) }
    case 'both':
      return { parameters: inBody, headers: inHeader }
    case 'none':
      return { parameters: [], headers: [] }
  }
}

function contentType(mediaType: string | null): (readonly [string, string])[] {
  if (mediaType === null) return []
  return [['content-type', mediaType === multipart ? `${multipart}; boundary=${boundary}` : mediaType]]
}

const formType = 'application/x-www-form-urlencoded'
const multipart = 'multipart/form-data'
const boundary = 'simple-oauth-contract'

function written(pairs: [string, string][], mediaType: string | null): string {
  if (mediaType === 'application/json') return JSON.stringify(Object.fromEntries(pairs))
  if (mediaType !== multipart) return new URLSearchParams(pairs).toString()
  const parts = pairs.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return `${parts.join('')}--${boundary}--\r\n`
}

const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)
/** Legal, but more than necessary: some clients encode every character. */
const percentEncoded = (text: string): string =>
  Buffer.from(text).reduce((all, byte) => `${all}%${byte.toString(16).toUpperCase().padStart(2, '0')}`, '')

/** RFC 6749 §2.3.1: id and secret are form-urlencoded before they are joined. */
function basic(id: string, secret: string, encode: (text: string) => string): string {
  const credentials = `${encode(id)}:${encode(secret)}`
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

const tokens: readonly string[] = ['access_token', 'refresh_token', 'id_token']

function outcomeOf(exchange: Exchange, flow: Outcome['values'], isBasic: boolean): Outcome {
  const outcome: Outcome = {
    kind: 'token',
    exchanges: [exchange],
    last: exchange,
    callback: null,
    page: null,
    values: flow,
    basic: isBasic,
  }
  const body = json(outcome)
  if (!isObject(body)) return outcome
  const strings = Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const claimed = ['access_token', 'id_token'].flatMap((token) => {
    const claims = decodeToken(body[token])?.claims
    return Object.entries(isObject(claims) ? claims : {}).map(
      ([name, value]) => [`${token}.claims.${name}`, comparable(value)] as const,
    )
  })
  const issued = strings.filter(([name]) => tokens.includes(name))
  // The flow's own values stay: no response replaces the code or verifier of an earlier request.
  const values = Object.fromEntries([...strings, ...Object.entries(flow), ...issued, ...claimed])
  return { ...outcome, values }
}
