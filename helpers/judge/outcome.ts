import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { decodeJwt } from 'jose/jwt/decode'
import type { Exchange } from '../model/exchange.ts'
import { isObject, type Json } from '../model/verdict.ts'

/** A redirect that leaves the site: caught, never requested. */
export interface Callback {
  readonly location: string
  /** True if it goes to a redirect URI that is registered for the client or was requested. */
  readonly registered: boolean
  /** Query and fragment parameters, decoded; of a repeated one the first. */
  readonly params: { readonly [name: string]: string }
}

export type Page = 'login' | 'consent' | 'error' | 'other'

/** The result of one step, which is all that the judge sees. */
export interface Outcome {
  readonly kind:
    | 'authorize'
    | 'token'
    | 'race'
    | 'login'
    | 'resource'
    | 'preflight'
    | 'jwks'
    | 'document'
    | 'everyAnswer'
    | 'changeSite'
  readonly exchanges: readonly Exchange[]
  /** The decisive exchange; null if the step sends no request. */
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

/** The status of the decisive answer; 0 without one. */
export const statusOf = ({ last }: Outcome): number => last?.response.status ?? 0

/** The body as JSON, or undefined where it is not JSON. */
export function json(outcome: Outcome): Json | undefined {
  const body = outcome.last?.response.body
  if (body === undefined || outcome.last?.response.truncated) return undefined
  try {
    return shallow(JSON.parse(body) as Json)
  } catch {
    return undefined
  }
}

// RFC 8259 §9 lets a parser limit the depth: comparing or writing deeper values would overflow the stack.
const mostLevels = 100

function shallow(value: Json): Json | undefined {
  let level: Json[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > mostLevels) return undefined
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values<Json>(part) : []))
  }
  return value
}

export function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/** The decoded parts of a JWT, unverified; undefined if the string is not a JWT. */
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

/** A claim as a value that later steps compare with: a string as it is, anything else as JSON. */
export const comparable = (claim: Json): string => (typeof claim === 'string' ? claim : JSON.stringify(claim))

/** The JSON type, with `integer` distinguished from `number`. */
export function typeOf(value: Json | undefined): string {
  if (value === undefined) return 'absent'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
