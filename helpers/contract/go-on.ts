import { BlockedError, NotMappedError, type CaseState } from '../oauth/case-state.ts'
import type { Check } from './case.ts'
import { expiredMeanwhile, keptResults, notKept, type KeptCheck } from './kept.ts'

/**
 * Restores what the steps before the upgrade left.
 * @throws BlockedError, NotMappedError if they failed, or if what they left has expired since.
 */
export function goOn(check: Check, caseState: CaseState, kept: KeptCheck | undefined): void {
  caseState.goOnWith(kept ? keptResults(kept) : {}, kept?.exchanges ?? [])
  if (kept?.skip) throw new NotMappedError(kept.skip)
  const blocker = kept ? (kept.blocker ?? expiredMeanwhile(check, kept, Date.now())) : notKept(check)
  if (blocker) throw new BlockedError(blocker.cause, blocker.message)
  caseState.uid = kept?.uid ?? caseState.uid
}
