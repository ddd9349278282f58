import { createHmac, createPublicKey, sign, type JsonWebKey } from 'node:crypto'
import type { ClientRole, ScopeRole } from '../../fixtures/roles.ts'
import { BlockedError } from './case-state.ts'
import { forgedKeys } from './forged-key.ts'
import { certificateAddress, keySetAddress } from './key-set-server.ts'
import { codeVerifier } from './pkce.ts'
import type { Changes, Param, Params, SignedWith, Single, Tampered } from './values.ts'

export interface Lookup {
  /** `first.code`; throws if no step stored it. */
  value(ref: string): string
  scopeName(role: ScopeRole): string
  clientSecret(role: ClientRole): string
  /** The origin of the first redirect URI of the client. */
  clientOrigin(): string
  /** The URL of a path on the site; an empty path gives the site's own. */
  url(path: string): string
  /** The address of the run's own key set server. */
  keySetUrl(): string
}

/** The strings a parameter is sent as: none, one, or several for a repeated one. */
export function resolveParam(param: Param, lookup: Lookup): string[] {
  if (param === null) return []
  if (typeof param === 'object' && param.$ === 'repeated') return param.values.map((value) => resolve(value, lookup))
  return [resolve(param, lookup)]
}

/** Further headers of a request, in their order. */
export const resolveHeaders = (headers: Params | undefined, lookup: Lookup): (readonly [string, string])[] =>
  Object.entries(headers ?? {}).flatMap(([name, value]) =>
    resolveParam(value, lookup).map((text) => [name, text] as const),
  )

/** The headers of a correct request, then those of the case, which take precedence. */
export function withOwnHeaders(
  defaults: readonly (readonly [string, string])[],
  own: readonly (readonly [string, string])[],
): (readonly [string, string])[] {
  const names = new Set(own.map(([name]) => name.toLowerCase()))
  return [...defaults.filter(([name]) => !names.has(name)), ...own]
}

export function resolve(value: Single, lookup: Lookup): string {
  if (typeof value === 'string') return value
  switch (value.$) {
    case 'ref':
      return lookup.value(value.of)
    case 'anotherVerifier':
      return codeVerifier()
    case 'verifier':
      return codeVerifier(value.length, value.containing)
    case 'tampered':
      return tamper(lookup.value(value.of), value.at)
    case 'signedWith':
      return forge(value, lookup)
    case 'joined':
      return value.parts.map((part) => resolve(part, lookup)).join('')
    case 'scopes':
      return value.roles.map((role) => lookup.scopeName(role)).join(' ')
    case 'clientSecret': {
      const secret = lookup.clientSecret(value.client)
      return value.cut ? secret.slice(0, -4) : secret
    }
    case 'clientOrigin':
      return lookup.clientOrigin()
    case 'siteUrl':
      return lookup.url('')
    case 'variant':
      throw new Error(`the variant's value "${value.name}" was not resolved`)
  }
}

/** Values of variants are resolved before a case runs; what remains is a change. */
export function requireResolvedParams(changes: Changes | undefined): Params {
  if (changes && '$' in changes) throw new Error("the variant's changes were not resolved")
  return changes ?? {}
}

/** Defaults with the case's changes: `null` leaves a parameter out; a repeated one is sent once for each of its values. */
export function applyChanges(
  defaults: ReadonlyMap<string, string>,
  changes: Params,
  lookup: Lookup,
): [string, string][] {
  const pairs: [string, string][] = []
  for (const [name, value] of defaults) if (!(name in changes)) pairs.push([name, value])
  for (const [name, change] of Object.entries(changes)) {
    for (const value of resolveParam(change, lookup)) pairs.push([name, value])
  }
  return pairs
}

/** Wrong in one way only: a changed part of a JWT is still well-formed JSON, but the signature no longer matches. */
function tamper(text: string, at: Tampered['at']): string {
  const [header = '', payload = '', signature = ''] = text.split('.')
  switch (at) {
    case 'header':
      return `${encode({ ...decode(header), tampered: true })}.${payload}.${signature}`
    case 'subject':
      return `${header}.${encode({ ...decode(payload), sub: '1' })}.${signature}`
    case 'expiry':
      return `${header}.${encode({ ...decode(payload), exp: Number(decode(payload)['exp']) + 86_400 })}.${signature}`
    case 'scope':
      return `${header}.${encode(withScope(decode(payload)))}.${signature}`
    case 'signature':
      return `${header}.${payload}.${changed(signature, Math.floor(signature.length / 2))}`
    case 'unsigned':
      return `${header}.${payload}.`
    case 'middle':
      return changed(text, Math.floor(text.length / 2))
    case 'end':
      return changed(text, text.length - 1)
    case 'case':
      return Array.from(text, (letter) =>
        letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
      ).join('')
    case 'shorter':
      return text.slice(0, -1)
    case 'cut':
      return text.slice(0, Math.floor(text.length / 2))
  }
}

const withScope = ({ scope, ...claims }: Record<string, unknown>): object => ({
  ...claims,
  scope: Array.isArray(scope) ? [...(scope as unknown[]), 'more'] : `${String(scope)} more`,
})

const changed = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === 'a' ? 'b' : 'a') + text.slice(index + 1)

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
/** @throws BlockedError if the server's token is not a JWT: then it cannot be changed in only one way. */
function decode(part: string): Record<string, unknown> {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    if (typeof decoded === 'object' && decoded !== null) return decoded as Record<string, unknown>
  } catch {
    // The error is thrown below.
  }
  throw new BlockedError('not-a-jwt', 'the token is not a JWT, so no JWT can be forged from it')
}

const algorithms: Readonly<Record<SignedWith['key'], string>> = {
  'other-key': 'RS256',
  'embedded-key': 'RS256',
  'key-at-jku': 'RS256',
  'key-at-x5u': 'RS256',
  none: 'none',
  'public-key-as-secret': 'HS256',
  'empty-secret': 'HS256',
}

/**
 * A JWT with the claims of a real one and a signature that proves nothing. Built manually, because good libraries refuse to create such
 * tokens.
 */
function forge(value: SignedWith, lookup: Lookup): string {
  const [header = '', payload = ''] = lookup.value(value.of).split('.')
  const good = decode(header)
  const changes = { alg: algorithms[value.key], ...keyHeader(value, good, lookup), ...value.header }
  const input = `${encode({ ...good, ...changes })}.${payload}`
  switch (value.key) {
    case 'none':
      return `${input}.`
    case 'empty-secret':
      return `${input}.${hmac('', input)}`
    case 'public-key-as-secret':
      return `${input}.${hmac(publicPem(lookup.value(`${value.keys ?? ''}.body`)), input)}`
    default:
      return `${input}.${sign('sha256', Buffer.from(input), forgedKeys().privateKey).toString('base64url')}`
  }
}

const hmac = (secret: string, input: string): string => createHmac('sha256', secret).update(input).digest('base64url')

/** The header parameters that say where the key is (RFC 7515 §4.1.2, §4.1.3, §4.1.5). */
function keyHeader({ key }: SignedWith, { kid }: Record<string, unknown>, lookup: Lookup): object {
  switch (key) {
    case 'embedded-key':
      return { jwk: forgedKeys().publicKey.export({ format: 'jwk' }) }
    case 'key-at-jku':
      return { jku: keySetAddress(lookup.keySetUrl(), typeof kid === 'string' ? kid : '') }
    case 'key-at-x5u':
      return { x5u: certificateAddress(lookup.keySetUrl()) }
    default:
      return {}
  }
}

/** Whether a step's token refers to a key by URL, so that the run has to serve it first. */
export const needsKeySet = (step: unknown): boolean => /"key":"key-at-(jku|x5u)"/u.test(JSON.stringify(step))

/** The key an attacker would try as an HMAC secret: the public key, as the PEM file a server keeps it in. */
function publicPem(keySet: string): string {
  try {
    const [key] = (JSON.parse(keySet) as { keys: [JsonWebKey] }).keys
    return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
  } catch (cause) {
    throw new BlockedError('no-public-key', 'the published key set does not begin with a public key', [], { cause })
  }
}
