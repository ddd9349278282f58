import type { Expectation } from '../judge/expectation.ts'
import type { CheckResult } from '../model/result.ts'
import type { RunEnvironment } from '../oauth/case-state.ts'
import { withDiagnosis, withDiagnosisNote, withLog, type Seen } from './blocker.ts'
import type { Check } from './case.ts'

/** What a correct request has to be answered with; a refusal that did not come has no condition of the site as its cause. */
const granting: ReadonlySet<Expectation['expect']> = new Set(['granted', 'code', 'opened', 'permitted'])

/** With the condition of the site that explains what was blocked, or what a correct request was refused. */
export async function diagnosed(
  result: CheckResult,
  check: Check,
  seen: Seen & Pick<RunEnvironment, 'target'>,
  headerArrives: () => Promise<boolean | null>,
): Promise<CheckResult> {
  const { blocker } = result
  if (blocker !== null)
    return { ...result, blocker: await withDiagnosis(withLog(blocker, seen.exchanges, seen.log), seen, headerArrives) }
  // Of a server that the suite set up, no such condition is to be expected.
  return seen.target.mapped && result.verdict === 'fail' && check.then.every(({ expect }) => granting.has(expect))
    ? { ...result, findings: await withDiagnosisNote(result.findings, seen, headerArrives) }
    : result
}
