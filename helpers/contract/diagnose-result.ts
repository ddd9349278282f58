import type { Expectation } from '../judge/expectation.ts'
import type { CheckResult } from '../model/result.ts'
import type { RunEnvironment } from '../oauth/case-state.ts'
import { withDiagnosis, withDiagnosisNote, withLog, type Seen } from './blocker.ts'
import type { Check } from './case.ts'

/** Expectations of a correct request; a missing refusal is never due to a condition of the site. */
const granting: ReadonlySet<Expectation['expect']> = new Set(['granted', 'code', 'opened', 'permitted'])

/** Adds the condition of the site that explains why a check was blocked or a correct request was refused. */
export async function diagnosed(
  result: CheckResult,
  check: Check,
  seen: Seen & Pick<RunEnvironment, 'target'>,
  headerArrives: () => Promise<boolean | null>,
): Promise<CheckResult> {
  const { blocker } = result
  if (blocker !== null)
    return { ...result, blocker: await withDiagnosis(withLog(blocker, seen.exchanges, seen.log), seen, headerArrives) }
  // A server that the suite set up has no such condition.
  return seen.target.mapped && result.verdict === 'fail' && check.then.every(({ expect }) => granting.has(expect))
    ? { ...result, findings: await withDiagnosisNote(result.findings, seen, headerArrives) }
    : result
}
