import type { RunEnvironment } from '../oauth/case-state.ts'
import { CaseState, NotMappedError } from '../oauth/case-state.ts'
import { runStep } from '../oauth/driver.ts'
import { blockerOf } from './blocker.ts'
import type { Check } from './case.ts'
import { resultsToKeep, type KeptCheck } from './kept.ts'
import { mustSucceed, wrongFinding } from './must-succeed.ts'
import type { Rules } from './run-check.ts'
import { skipReason } from './skip-reason.ts'

/** Takes the steps of a check before the upgrade. A failure is kept as well, because the check is judged after the upgrade. */
export async function runBefore(
  check: Check,
  environment: RunEnvironment,
  { timeout }: Pick<Rules, 'timeout'>,
): Promise<KeptCheck> {
  const state = new CaseState(environment, check.given, AbortSignal.timeout(timeout))
  const kept = (end: Pick<KeptCheck, 'blocker' | 'skip'>): KeptCheck => ({
    results: resultsToKeep(state.results),
    exchanges: state.exchanges,
    uid: state.uid,
    ...end,
  })
  const skip = skipReason(check, environment.target)
  if (skip) return kept({ blocker: null, skip })
  try {
    for (const step of check.before ?? []) {
      const outcome = await runStep(state, step)
      if (step.expect === undefined) await mustSucceed(step, outcome, state)
      const wrong = step.expect && (await wrongFinding(step.expect, outcome, state))
      if (wrong) return kept({ blocker: null, skip: { kind: 'otherwise-before', value: wrong.path } })
    }
    return kept({ blocker: null, skip: null })
  } catch (error) {
    if (error instanceof NotMappedError) return kept({ blocker: null, skip: error.skip })
    const blocker = blockerOf(error)
    if (!blocker) throw error
    const message = environment.redactor.redact(`before the upgrade, ${blocker.message}`)
    return kept({ blocker: { ...blocker, message }, skip: null })
  }
}
