import type { Members } from './mechanisms.ts'

/** The unverified claims of a JWT; none if it is not a JWT. */
export function claimsOf(token: string): Members {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? { ...claims } : {}
  } catch {
    return {}
  }
}
