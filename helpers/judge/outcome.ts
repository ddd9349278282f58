import { decodeJwt, decodeProtectedHeader } from 'jose'
import { header, type Exchange } from '../model/exchange.ts'
import type { Json } from '../model/verdict.ts'

/** A redirect that leaves the site: caught, never requested. */
export interface Callback {
  readonly location: string
  /** True when it goes to a redirect URI registered for the client or asked for in the request. */
  readonly registered: boolean
  /** Query and fragment parameters, decoded; of a repeated one the first. */
  readonly params: { readonly [name: string]: string }
}

export type Page = 'login' | 'consent' | 'error' | 'other'

/** What one step led to; the judge looks at nothing else. */
export interface Outcome {
  readonly kind: 'authorize' | 'token' | 'race' | 'login' | 'resource' | 'jwks' | 'document' | 'changeSite'
  readonly exchanges: readonly Exchange[]
  /** The exchange that decides; null for control steps. */
  readonly last: Exchange | null
  readonly callback: Callback | null
  readonly page: Page | null
  /** Values later steps and matchers refer to: code, state, access_token, … */
  readonly values: { readonly [name: string]: string }
  /** Facts that no single answer shows: `race.successes`, `login.accepted`. */
  readonly facts?: { readonly [path: string]: Json }
  /** True when the client authenticated with an Authorization header. */
  readonly basic: boolean
}

/** The body as JSON, or undefined where it is none. */
export function json(outcome: Outcome): Json | undefined {
  const body = outcome.last?.response.body
  if (body === undefined || outcome.last?.response.truncated) return undefined
  try {
    return shallow(JSON.parse(body) as Json)
  } catch {
    return undefined
  }
}

// RFC 8259 §9 lets a parser set a limit. What is deeper could be neither compared nor written without a stack overflow.
const mostLevels = 100

function shallow(value: Json): Json | undefined {
  let level: Json[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > mostLevels) return undefined
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values<Json>(one) : []))
  }
  return value
}

export function isObject(value: Json | undefined): value is { readonly [member: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/** The decoded parts of a JWT, unverified; undefined where the text is none. */
export function decodeToken(token: Json | undefined): { header: Json; claims: Json } | undefined {
  if (typeof token !== 'string') return undefined
  try {
    const header = shallow(decodeProtectedHeader(token) as Json)
    const claims = shallow(decodeJwt(token))
    return header === undefined || claims === undefined ? undefined : { header, claims }
  } catch {
    return undefined
  }
}

/** Names whose JWT parts facts can speak of. */
const tokens = ['access_token', 'refresh_token', 'id_token'] as const

/** A fact by its path, or undefined: `status`, `header.NAME`, `json.MEMBER`, `callback.NAME`, `page`, `body`, `access_token.claims.NAME`, `access_token.lifetime`, `access_token.age`, `framing`, `keys.bits`. */
export function fact(outcome: Outcome, path: string): Json | undefined {
  if (outcome.facts && path in outcome.facts) return outcome.facts[path]
  const [root = '', ...rest] = path.split('.')
  const name = rest.join('.')
  if (root === 'status') return outcome.last?.response.status
  if (root === 'page') return outcome.page ?? undefined
  if (root === 'header') return (outcome.last && header(outcome.last.response, name)) ?? undefined
  if (root === 'json') return name === '' ? json(outcome) : member(json(outcome), name)
  if (root === 'callback') return outcome.callback ? (outcome.callback.params[name] ?? undefined) : undefined
  if (root === 'body') return outcome.last?.response.body
  if (root === 'framing') return framing(outcome)
  // Where no consent page came there is nothing on it.
  if (path === 'consent.scopes' || path === 'consent.foreign') return undefined
  if (path === 'keys.bits') return smallestKey(json(outcome))
  if ((tokens as readonly string[]).includes(root)) {
    const decoded = decodeToken(member(json(outcome), root))
    if (rest[0] === 'lifetime') return lifetime(decoded?.claims)
    if (rest[0] === 'age') return age(decoded?.claims, outcome)
    const part = rest[0] === 'header' ? decoded?.header : decoded?.claims
    return rest.length === 1 ? part : member(part, rest.slice(1).join('.'))
  }
  throw new Error(`unknown fact "${path}"`)
}

/** What forbids other sites to frame the page (RFC 7034; `frame-ancestors` of a Content-Security-Policy). */
function framing(outcome: Outcome): string {
  const policy = (outcome.last && header(outcome.last.response, 'content-security-policy')) ?? ''
  if (/(^|;)\s*frame-ancestors\s/iu.test(policy)) return 'frame-ancestors'
  return ((outcome.last && header(outcome.last.response, 'x-frame-options')) ?? 'absent').toUpperCase()
}

/** Bits of the smallest RSA modulus of a key set (RFC 7518 §6.3.1.1). */
function smallestKey(keySet: Json | undefined): number | undefined {
  const keys = member(keySet, 'keys')
  if (!Array.isArray(keys)) return undefined
  const bits = keys.flatMap((key: Json) => {
    const modulus = member(key, 'n')
    return typeof modulus === 'string' ? [Buffer.from(modulus, 'base64url').length * 8] : []
  })
  return bits.length === 0 ? undefined : Math.min(...bits)
}

/** Seconds from `iat` to `exp`, whole ones: a fraction is a matter of its own. */
function lifetime(claims: Json | undefined): number | undefined {
  const [iat, exp] = [member(claims, 'iat'), member(claims, 'exp')]
  return typeof iat === 'number' && typeof exp === 'number' ? Math.floor(exp - iat) : undefined
}

/**
 * Seconds from `iat` to the answer, by the server's own clock. Some servers (Apache) date an answer by the arrival of the request: what
 * the exchange took is no future.
 */
function age(claims: Json | undefined, { last }: Outcome): number | undefined {
  const [iat, now] = [member(claims, 'iat'), Date.parse((last && header(last.response, 'date')) ?? '')]
  if (typeof iat !== 'number' || Number.isNaN(now)) return undefined
  const seconds = now / 1000 - iat
  return seconds < 0 && -seconds <= Math.ceil((last?.milliseconds ?? 0) / 1000) ? 0 : seconds
}

const headersThatMatter = [
  'content-type',
  'cache-control',
  'pragma',
  'www-authenticate',
  'x-frame-options',
  'content-security-policy',
]

/** Facts of an outcome for later comparison: no secrets, no page text, nothing that changes from run to run. */
export function observe(outcome: Outcome): { [path: string]: Json } {
  const facts: { [path: string]: Json } = {}
  if (outcome.last) facts['status'] = outcome.last.response.status
  if (outcome.page) facts['page'] = outcome.page
  Object.assign(facts, outcome.facts)
  for (const name of headersThatMatter) {
    const value = outcome.last && header(outcome.last.response, name)
    if (value) facts[`header.${name}`] = value
  }
  if (outcome.callback) facts['callback.params'] = Object.keys(outcome.callback.params).sort()
  const error = outcome.callback?.params['error'] ?? member(json(outcome), 'error')
  if (error !== undefined) facts['error'] = error
  const body = json(outcome)
  if (isObject(body) && outcome.kind !== 'resource') facts['json'] = typed(body)
  for (const name of tokens) {
    const decoded = decodeToken(member(body, name))
    if (!decoded) continue
    if (isObject(decoded.header)) facts[`${name}.header`] = typed(decoded.header)
    if (isObject(decoded.claims)) facts[`${name}.claims`] = typed(decoded.claims)
  }
  return facts
}

/** `{ "exp": "number" }`: names and types, no values. */
function typed(object: { readonly [member: string]: Json }): Json {
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((name) => [name, typeOf(object[name])]),
  )
}

/** The JSON type, with `integer` told apart from `number`. */
export function typeOf(value: Json | undefined): string {
  if (value === undefined) return 'absent'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
