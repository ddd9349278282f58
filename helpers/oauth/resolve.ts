import { createHmac, createPublicKey, generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { ClientRole, ScopeRole } from '../../fixtures/roles.ts'
import { BlockedError } from './case-state.ts'
import { codeVerifier } from './pkce.ts'
import type { Changes, Param, Params, SignedWith, Single, Tampered } from './values.ts'

export interface Lookup {
  /** `first.code`; throws where no step stored it. */
  value(ref: string): string
  scopeName(role: ScopeRole): string
  clientSecret(role: ClientRole): string
}

/** The strings a parameter is sent as: none, one, or several for a repeated one. */
export function resolveParam(param: Param, lookup: Lookup): string[] {
  if (param === null) return []
  if (typeof param === 'object' && param.$ === 'repeated') return param.values.map((value) => resolve(value, lookup))
  return [resolve(param, lookup)]
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

/** Wrong in one way: a changed part of a JWT is still well-formed JSON, only the signature no longer matches. */
function tamper(text: string, at: Tampered['at']): string {
  const [header = '', payload = '', signature = ''] = text.split('.')
  switch (at) {
    case 'header':
      return `${encode({ ...decode(header), tampered: true })}.${payload}.${signature}`
    case 'payload':
      return `${header}.${encode({ ...decode(payload), sub: '1', tampered: true })}.${signature}`
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
    case 'cut':
      return text.slice(0, Math.floor(text.length / 2))
  }
}

const changed = (text: string, index: number): string =>
  text.slice(0, index) + (text[index] === 'a' ? 'b' : 'a') + text.slice(index + 1)

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
/** @throws BlockedError where a server's token is not a JWT: what cannot be changed in one way proves nothing. */
function decode(part: string): Record<string, unknown> {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    if (typeof decoded === 'object' && decoded !== null) return decoded as Record<string, unknown>
  } catch {
    // Answered below.
  }
  throw new BlockedError('not-a-jwt', 'the token is not a JWT, so no JWT can be forged from it')
}

let otherKey: KeyObject | undefined

/** A JWT with the claims of a real one and a signature that proves nothing. By hand: good libraries refuse to create these. */
function forge(value: SignedWith, lookup: Lookup): string {
  const [header = '', payload = ''] = lookup.value(value.of).split('.')
  const alg = { 'other-key': 'RS256', 'embedded-key': 'RS256', none: 'none', 'public-key-as-secret': 'HS256' }[
    value.key
  ]
  otherKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const jwk = value.key === 'embedded-key' ? { jwk: createPublicKey(otherKey).export({ format: 'jwk' }) } : {}
  const input = `${encode({ ...decode(header), alg, ...jwk, ...value.header })}.${payload}`
  if (value.key === 'none') return `${input}.`
  if (value.key === 'public-key-as-secret') {
    return `${input}.${createHmac('sha256', publicPem(lookup.value(`${value.keys ?? ''}.body`)))
      .update(input)
      .digest('base64url')}`
  }
  return `${input}.${sign('sha256', Buffer.from(input), otherKey).toString('base64url')}`
}

/** The key an attacker would try as an HMAC secret: the public key, as the PEM file a server keeps it in. */
function publicPem(keySet: string): string {
  try {
    const [key] = (JSON.parse(keySet) as { keys: [JsonWebKey] }).keys
    return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
  } catch (cause) {
    throw new BlockedError('no-public-key', 'the published key set does not begin with a public key', [], { cause })
  }
}
