import type { Expectation } from './expectation.ts'
import { fact } from './facts.ts'
import { decodeToken, json, member, type Outcome } from './outcome.ts'
import { notDecided } from './permission.ts'
import { describeAnswer } from './server-words.ts'

/** Something missing without which an expectation says nothing about the server. */
export interface Missing {
  /** Stable: `no-token`, `no-code`, `no-redirect`, `no-consent-form`, `token-not-accepted`, `no-such-path`, `path-redirects`. */
  readonly cause: string
  /** What was expected, and what was returned, in the server's own words. */
  readonly message: string
}

/**
 * Finds what these expectations need in an outcome but do not judge themselves; null if nothing is missing. A claim of a token that was not
 * issued is neither right nor wrong; nor is a header of a page that was not served.
 */
export function missingPrerequisite(expectations: readonly Expectation[], outcome: Outcome): Missing | null {
  for (const expectation of expectations) {
    const undecided = expectation.expect === 'forbidden' ? notDecided(outcome) : null
    if (undecided !== null) return undecided
    const found = isLeftOut(expectation, outcome)
      ? missingForOptional(expectations, outcome)
      : missingFor(expectation, outcome)
    // A finding of the contract itself reports that it is missing.
    if (found && !expectations.some((other) => judges(other, found, outcome))) return missing(found, outcome)
  }
  return null
}

type Need = 'access_token' | 'id_token' | 'refresh_token' | 'code' | 'redirect' | 'consent form'

function missingFor(expectation: Expectation, outcome: Outcome): Need | null {
  if (expectation.expect === 'signedBy') return tokenOf(outcome, expectation.token) === '' ? expectation.token : null
  if (expectation.expect !== 'holds') return null
  const { page, ...others } = expectation.facts
  const paths = Object.keys(others)
  // Alone, the page is judged; with other facts, it says which page they belong to.
  const ofConsent = page?.is === 'equal' && page.to === 'consent' && paths.length > 0
  if (ofConsent && outcome.page !== 'consent') return 'consent form'
  // Whether there is a code is a requirement of its own.
  const isCodeJudged = expectation.facts['callback.code']?.is === 'type'
  const needing = paths.filter((path) => !isCodeJudged || !path.startsWith('callback.'))
  return needing.map((path) => missingForFact(path, outcome)).find((need) => need !== null) ?? null
}

/** Whether an expectation is about an optional fact that the answer lacks. */
const isLeftOut = (expectation: Expectation, outcome: Outcome): boolean =>
  expectation.expect === 'holds' &&
  expectation.ifPresent !== undefined &&
  fact(outcome, expectation.ifPresent) === undefined

/**
 * Optional facts can be missing only from a token response, so one must have been issued: without a token, a missing `expires_in` says
 * nothing. If anything else is judged, that decides.
 */
function missingForOptional(expectations: readonly Expectation[], outcome: Outcome): Need | null {
  if (outcome.kind !== 'token') return null
  const isOfToken = expectations.some((one) => one.expect === 'holds' && one.ifPresent?.startsWith('access_token.'))
  const others = expectations.filter((one) => !isLeftOut(one, outcome))
  if (others.length === 0 && isOfToken) return missingForFact('access_token.claims', outcome)
  const isAboutToken = others.length === 0 || (isOfToken && others.every(isOfExpiry))
  return isAboutToken && tokenOf(outcome, 'access_token') === '' ? 'access_token' : null
}

const isOfExpiry = (expectation: Expectation): boolean =>
  expectation.expect === 'holds' && Object.keys(expectation.facts).every((path) => path === 'json.expires_in')

function missingForFact(path: string, outcome: Outcome): Need | null {
  const [root = '', part = ''] = path.split('.')
  if (root === 'callback' && part === 'code') return (outcome.callback?.params['code'] ?? '') === '' ? 'code' : null
  if (root === 'callback') return outcome.callback === null ? 'redirect' : null
  // A refresh token need not be a JWT.
  if (root === 'refresh_token') return tokenOf(outcome, root) === '' ? root : null
  if (root !== 'access_token' && root !== 'id_token') return null
  return decodeToken(tokenOf(outcome, root)) === undefined ? root : null
}

function tokenOf(outcome: Outcome, name: string): string {
  const token = member(json(outcome), name)
  return typeof token === 'string' ? token : ''
}

/** Whether another expectation of the contract fails if this is missing. */
function judges(other: Expectation, need: Need, outcome: Outcome): boolean {
  if (need === 'consent form') return false
  if (need === 'code' || need === 'redirect')
    return other.expect === 'code' || (need === 'redirect' && other.expect === 'refusedAtAuthorize')
  if (tokenOf(outcome, need) !== '') return other.expect === 'signedBy' && other.token === need
  return (
    (other.expect === 'granted' && need === 'access_token') ||
    (other.expect === 'holds' && `json.${need}` in other.facts)
  )
}

function missing(need: Need, outcome: Outcome): Missing {
  const got = `got ${describeAnswer(outcome)}`
  if (need === 'code') return { cause: 'no-code', message: `expected an authorization code, ${got}` }
  if (need === 'redirect') return { cause: 'no-redirect', message: `expected a redirect to the client, ${got}` }
  if (need === 'consent form') return { cause: 'no-consent-form', message: `expected the consent form, ${got}` }
  if (tokenOf(outcome, need) === '')
    return { cause: 'no-token', message: `expected a token response with ${need}, ${got}` }
  return { cause: 'no-token', message: `expected ${need} to be a JWT, got a string that is not one` }
}
