import { header, type Exchange } from '../../model/exchange.ts'
import type { Endpoints } from '../../model/target.ts'
import type { CheckResult } from '../../model/result.ts'

export const actors = ['client', 'browser', 'server', 'resource'] as const
export type Actor = (typeof actors)[number]

/** One arrow of a sequence diagram. */
export interface Message {
  readonly from: Actor
  readonly to: Actor
  readonly text: string
  readonly kind: 'request' | 'response'
  /** What the findings judge. */
  readonly isDecisive: boolean
  /** The number of the exchange, from 1. */
  readonly exchange: number
}

const standard: Partial<Endpoints> = {
  token: '/oauth/token',
  jwks: '/oauth/jwks',
  resource: '/oauth/debug',
  userinfo: '/oauth/userinfo',
}

/** The messages of a check, as its exchanges show them. */
export function sequenceOf(
  { exchanges, decisive = [exchanges.length - 1] }: CheckResult,
  endpoints: Partial<Endpoints> = {},
): Message[] {
  const paths = { ...standard, ...endpoints }
  return exchanges.flatMap((exchange, index) => {
    const [from, to] = between(exchange, paths)
    const common = { isDecisive: decisive.includes(index), exchange: index + 1 }
    const back = callbackOf(exchange)
    return [
      { ...common, from, to, kind: 'request', text: requestText(exchange) } as const,
      { ...common, from: to, to: from, kind: 'response', text: responseText(exchange) } as const,
      ...(back === undefined ? [] : [{ ...common, from, to: 'client', kind: 'response', text: back } as const]),
    ]
  })
}

function between(
  { request }: Exchange,
  { token, jwks, resource, userinfo, rolePage }: Partial<Endpoints>,
): [Actor, Actor] {
  const path = pathOf(request.url)
  const is = (endpoint: string | undefined): boolean =>
    endpoint !== undefined && endpoint !== '' && path.endsWith(endpoint)
  const hasBearer = request.headers.some(
    ([name, value]) => name.toLowerCase() === 'authorization' && !/^basic\b/iu.test(value),
  )
  if (is(token) || is(jwks) || path.includes('/.well-known/')) return ['client', 'server']
  return is(resource) || is(userinfo) || is(rolePage) || hasBearer ? ['client', 'resource'] : ['browser', 'server']
}

function pathOf(url: string): string {
  const path = /^[a-z]+:\/\/[^/?#]*([^?#]*)/iu.exec(url)?.[1] ?? url.split(/[?#]/u)[0] ?? ''
  return path === '' ? '/' : path
}

/** Parameters shown without values, which are long or redacted. */
const named = ['code', 'code_verifier', 'refresh_token', 'client_secret', 'scope', 'code_challenge_method'] as const

function requestText({ request }: Exchange): string {
  const query = new URLSearchParams(request.url.replace(/^[^?]*\??/u, ''))
  const isForm = request.headers.some(([name, value]) => name === 'content-type' && value.includes('urlencoded'))
  const form = new URLSearchParams(isForm ? (request.body ?? '') : '')
  const scheme = request.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1].split(' ')[0]
  const details = formOf(form) ?? authorizationOf(query) ?? tokenOf(form)
  const what = [`${request.method} ${pathOf(request.url)}`, scheme].filter(Boolean).join(' ')
  return details === '' ? what : `${what}: ${details}`
}

/** A form of Drupal, by its id. */
function formOf(form: URLSearchParams): string | undefined {
  const id = form.get('form_id')
  if (id === null) return undefined
  if (id.includes('login')) return 'login form'
  return id.includes('authorize') ? 'consent form' : 'form'
}

function authorizationOf(query: URLSearchParams): string | undefined {
  const type = query.get('response_type')
  if (type === null && !query.has('client_id')) return undefined
  const challenge = query.has('code_challenge') ? (query.get('code_challenge_method') ?? 'plain') : 'no PKCE'
  return [...(type === 'code' ? [] : [type ?? 'no response_type']), challenge].join(', ')
}

function tokenOf(form: URLSearchParams): string {
  const grant = form.get('grant_type')
  const names = named
    .filter((name) => form.has(name) && name !== grant)
    .map((name) => (form.get(name) === '' ? `empty ${name}` : name))
  return [...(grant === null ? [] : [grant]), ...names].join(', ')
}

function responseText({ response }: Exchange): string {
  const { status } = response
  if (status === 0) return 'no response'
  const location = header(response, 'location')
  if (location !== null && status >= 300 && status < 400)
    return `${status} redirect to ${isCallback(location) ? 'the client' : pathOf(location)}`
  const error = errorOf(response)
  return [String(status), error ?? issuedOf(response) ?? kindOf(response)].filter(Boolean).join(' ')
}

function errorOf(response: Exchange['response']): string | undefined {
  const challenge = /error="([^"]*)"/u.exec(header(response, 'www-authenticate') ?? '')?.[1]
  const { error } = membersOf(response)
  return typeof error === 'string' ? error : challenge
}

function issuedOf(response: Exchange['response']): string | undefined {
  const members = membersOf(response)
  const issued = ['access_token', 'refresh_token', 'id_token'].filter((name) => name in members)
  return issued.length > 0 ? issued.join(', ') : undefined
}

function membersOf({ body }: Exchange['response']): { readonly [member: string]: unknown } {
  if (!body.startsWith('{')) return {}
  try {
    return JSON.parse(body) as { readonly [member: string]: unknown }
  } catch {
    return {}
  }
}

function kindOf(response: Exchange['response']): string {
  const type = header(response, 'content-type') ?? ''
  if (type.includes('html')) return 'page'
  return type.includes('json') ? 'JSON' : ''
}

/** A redirect with parameters of an authorization response (RFC 6749 §4.1.2). */
const isCallback = (location: string): boolean => /[?&#](?:code|error|access_token|id_token)=/u.test(location)

function callbackOf({ response }: Exchange): string | undefined {
  const location = header(response, 'location')
  if (location === null || !isCallback(location)) return undefined
  const params = new URLSearchParams(location.replace(/^[^?#]*[?#]/u, ''))
  return [...params]
    .map(([name, value]) => (name === 'error' ? `error=${value}` : name))
    .slice(0, 4)
    .join(', ')
}
