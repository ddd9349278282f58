import { createHash } from 'node:crypto'
import type { Json } from './verdict.ts'

export interface JsonObject {
  readonly [member: string]: Json
}

/** RFC 7638 §3.2: the required members of each key type, in lexicographic order. */
const required: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
}

/** RFC 7638 §3 with SHA-256, in base64url. A key of an unknown type is identified by all its members. */
export function thumbprint(key: JsonObject): string {
  const { kty } = key
  const names = (typeof kty === 'string' ? required[kty] : undefined) ?? Object.keys(key).sort()
  const members = Object.fromEntries(names.map((name) => [name, key[name] ?? null]))
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}
