import type { Expectation } from '../judge/expectation.ts'
import { json, type Outcome } from '../judge/outcome.ts'
import { missingPrerequisite } from '../judge/prerequisite.ts'
import { BlockedError, type CaseState } from '../oauth/case-state.ts'
import type { Check } from './case.ts'

/**
 * Whether a firewall answered what only the owner of a site may allow, malformed input: no token endpoint answers 403 without an OAuth error
 * (RFC 6749 §5.2). In front of a server that the suite started there is none.
 */
export function isFiltered({ requires }: Check, outcome: Outcome, { environment }: CaseState): boolean {
  if (!requires.includes('site.stress') || environment.target.capabilities.includes('site.control')) return false
  return outcome.kind === 'token' && outcome.last?.response.status === 403 && json(outcome) === undefined
}

/** What the standard makes optional, of a check that judges nothing else. */
export const optionalFact = ({ then }: Check): string =>
  then.map((one) => (one.expect === 'holds' ? one.ifPresent : undefined)).find((path) => path !== undefined) ?? ''

/** @throws BlockedError where what is to be judged is not there, for a reason that this contract is not about. */
export function requirePrerequisite(expectations: readonly Expectation[], outcome: Outcome): void {
  const missing = missingPrerequisite(expectations, outcome)
  if (missing) throw new BlockedError(missing.cause, missing.message)
}
