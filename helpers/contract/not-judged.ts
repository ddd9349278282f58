import type { Expectation } from '../judge/expectation.ts'
import { json, type Outcome } from '../judge/outcome.ts'
import { missingPrerequisite } from '../judge/prerequisite.ts'
import { BlockedError, type CaseState } from '../oauth/case-state.ts'
import type { Check } from './case.ts'

/**
 * Whether a firewall rejected malformed input, which only the owner of a site may permit: no token endpoint answers 403 without an OAuth
 * error (RFC 6749 §5.2). A server that the suite started has no firewall.
 */
export function isFiltered({ requires }: Check, outcome: Outcome, { environment }: CaseState): boolean {
  if (!requires.includes('site.stress') || environment.target.capabilities.includes('site.control')) return false
  return outcome.kind === 'token' && outcome.last?.response.status === 403 && json(outcome) === undefined
}

/** The optional fact that a check judges, if it judges nothing else. */
export const optionalFact = ({ then }: Check): string =>
  then.map((one) => (one.expect === 'holds' ? one.ifPresent : undefined)).find((path) => path !== undefined) ?? ''

/** @throws BlockedError if what has to be judged is missing for a reason that this contract is not about. */
export function requirePrerequisite(expectations: readonly Expectation[], outcome: Outcome): void {
  const missing = missingPrerequisite(expectations, outcome)
  if (missing) throw new BlockedError(missing.cause, missing.message)
}
