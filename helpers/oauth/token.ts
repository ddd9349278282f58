import type { Exchange } from '../http/exchange.ts'
import { decodeToken, isObject, json, type Outcome } from '../judge/outcome.ts'
import type { ClientInfo } from '../target/target.ts'
import type { Actor, Trace } from './actor.ts'
import { applyChanges } from './resolve.ts'
import type { ClientAuthentication } from './steps.ts'
import type { Params } from './values.ts'

/** One request, and how it differs from the usual. */
export interface TokenRequest {
  readonly client: ClientInfo
  readonly parameters: ReadonlyMap<string, string>
  readonly changes: Params
  readonly authentication?: ClientAuthentication | undefined
  /** Instead of the client's own secret. */
  readonly secret?: string | undefined
  readonly placement?: 'body' | 'query'
  /** Values of the flow this request goes on with. */
  readonly flow?: Outcome['values']
}

/** One request to the token endpoint (RFC 6749 §3.2), correct but for the changes. */
export async function requestToken(actor: Actor, request: TokenRequest): Promise<Trace> {
  const { client } = request
  const authentication = request.authentication ?? (client.confidential ? 'body' : 'none')
  const parameters = new Map([...request.parameters, ['client_id', client.client_id]])
  const secret = request.secret ?? client.client_secret
  if (authentication === 'body' && secret !== undefined) parameters.set('client_secret', secret)
  const headers: [string, string][] = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['accept', 'application/json'],
  ]
  if (authentication === 'basic') headers.push(['authorization', basic(client.client_id, secret ?? '')])
  const pairs = applyChanges(parameters, request.changes, actor)
  const form = new URLSearchParams(pairs).toString()
  const url = actor.url(actor.world.target.endpoints.token)
  const exchange = await actor.send(
    request.placement === 'query'
      ? { method: 'POST', url: `${url}?${form}`, headers, body: '' }
      : { method: 'POST', url, headers, body: form },
  )
  return { outcome: outcomeOf(exchange, request.flow ?? {}, authentication === 'basic'), client, at: performance.now() }
}

/** RFC 6749 §2.3.1: id and secret are form-urlencoded before they are put together. */
function basic(id: string, secret: string): string {
  const encode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)
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
  const texts = Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const claims = decodeToken(body['access_token'])?.claims
  const told = Object.entries(isObject(claims) ? claims : {})
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .map(([name, value]) => [`access_token.claims.${name}`, value] as const)
  const issued = texts.filter(([name]) => tokens.includes(name))
  // The flow's own values stand: no answer replaces the code or the verifier of the request before it.
  const values = Object.fromEntries([...texts, ...Object.entries(flow), ...issued, ...told])
  return { ...outcome, values }
}
