import { createHash, randomBytes, randomInt } from 'node:crypto'

/** RFC 7636 §4.1: ALPHA / DIGIT / "-" / "." / "_" / "~" */
const unreserved = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'

/** A random code verifier of `length` characters, with `containing` in its middle. */
export function codeVerifier(length = 64, containing = ''): string {
  const characters = Array.from({ length: length - containing.length }, () => unreserved[randomInt(unreserved.length)])
  characters.splice(Math.floor(characters.length / 2), 0, containing)
  return characters.join('')
}

/** BASE64URL-ENCODE(SHA256(ASCII(code_verifier))), RFC 7636 §4.2. */
export function s256(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url')
}

/** A `state` that no other request of this run has. */
export function randomState(): string {
  return randomBytes(12).toString('base64url')
}
