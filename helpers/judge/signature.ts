import type { JSONWebKeySet } from 'jose'
import { createLocalJWKSet } from 'jose/jwks/local'
import { compactVerify } from 'jose/jws/compact/verify'
import type { Json } from '../model/verdict.ts'
import { json, member, type Outcome } from './outcome.ts'
import type { Observation, Requirement } from './requirement.ts'
import { validate } from './schemas.ts'

// What a key set of RSA, EC and OKP keys can verify. Never HMAC and never "none" (RFC 8725 §3.1).
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

type Token = 'access_token' | 'id_token'

export const describeSigned = (token: Token): Requirement => ({
  path: `${token}.signature`,
  expected: 'verified with the published keys',
})

/** Only the signature is judged: other contracts judge the token's times. */
export async function signedBy(token: Token, keySet: Json | undefined, outcome: Outcome): Promise<Observation> {
  const path = `${token}.signature`
  const problems = validate('jwks', keySet)
  if (problems.length > 0) return { path, ok: false, actual: { verified: false, problems } }
  const jwt = member(json(outcome), token)
  try {
    const keys = createLocalJWKSet(keySet as unknown as JSONWebKeySet)
    await compactVerify(typeof jwt === 'string' ? jwt : '', keys, { algorithms })
    return { path, ok: true, actual: { verified: true } }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'ERR_UNKNOWN'
    return { path, ok: false, actual: { verified: false, code } }
  }
}
