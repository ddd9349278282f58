import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { codeIssued, notGranted, refusedAtAuthorize } from './authorize.ts'
import type { Expectation } from './expectation.ts'
import { match, type MatchContext } from './match.ts'
import { fact, json, member, type Outcome } from './outcome.ts'
import { denied, opened } from './resource.ts'
import { validate } from './schemas.ts'
import { granted, refused, withheld } from './token.ts'
import type { Finding, Json, Severity } from '../model/verdict.ts'

export interface JudgeContext extends MatchContext {
  /** Of the contract. */
  readonly severity: Severity
  /** The JSON Web Key Set an earlier step stored under this name. */
  keys(name: string): Json | undefined
}

/** Compares one outcome with one expectation. Pure: no I/O, and nothing the server sent makes it throw. */
export async function judge(expectation: Expectation, outcome: Outcome, context: JudgeContext): Promise<Finding[]> {
  const findings = await findingsOf(expectation, outcome, context)
  const { source } = expectation
  return source === undefined ? findings : findings.map((finding) => ({ ...finding, source }))
}

async function findingsOf(expectation: Expectation, outcome: Outcome, context: JudgeContext): Promise<Finding[]> {
  switch (expectation.expect) {
    case 'refused':
      return refused(expectation.errors, expectation.note, outcome, context.severity)
    case 'refusedAtAuthorize':
      return refusedAtAuthorize(expectation.errors, expectation.delivery, outcome, context.severity)
    case 'notGranted':
      return [outcome.kind === 'token' ? withheld(outcome, context.severity) : notGranted(outcome, context.severity)]
    case 'code':
      return codeIssued(outcome, context.severity)
    case 'granted':
      return [granted(outcome, context.severity)]
    case 'opened':
      return [opened(outcome, context.severity)]
    case 'denied':
      return denied(expectation.error, outcome, context.severity)
    case 'holds':
      return Object.entries(expectation.facts).map(([path, matcher]) => ({
        path,
        severity: context.severity,
        ...match(fact(outcome, path), matcher, context),
      }))
    case 'signedBy':
      return [await signedBy(expectation, outcome, context)]
  }
}

// What a key set of RSA, EC and OKP keys can verify. Never HMAC and never "none" (RFC 8725 §3.1).
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** Only the signature is judged: the token's times have contracts of their own. */
async function signedBy(
  { keys: name, token: kind }: Extract<Expectation, { expect: 'signedBy' }>,
  outcome: Outcome,
  context: JudgeContext,
): Promise<Finding> {
  const token = member(json(outcome), kind)
  const finding = {
    path: `${kind}.signature`,
    expected: 'verified with the published keys',
    severity: context.severity,
  }
  const problems = validate('jwks', context.keys(name))
  if (problems.length > 0) return { ...finding, ok: false, actual: `no usable key set: ${problems.join('; ')}` }
  try {
    const keys = createLocalJWKSet(context.keys(name) as unknown as JSONWebKeySet)
    await compactVerify(typeof token === 'string' ? token : '', keys, { algorithms })
    return { ...finding, ok: true, actual: 'verified' }
  } catch (error) {
    return {
      ...finding,
      ok: false,
      actual: error instanceof Error && 'code' in error ? String(error.code) : 'ERR_UNKNOWN',
    }
  }
}
