import type { CaseState, StepResult } from './case-state.ts'
import { emptyOutcome } from './get.ts'
import { resolve } from './resolve.ts'
import type { PreflightStep } from './steps.ts'

/** Asks as a browser does, without cookies and credentials (Fetch Standard, "CORS-preflight fetch"). */
export async function preflight(caseState: CaseState, step: PreflightStep): Promise<StepResult> {
  const { requestHeaders } = step
  const last = await caseState.send({
    method: 'OPTIONS',
    url: caseState.url(resolve(step.path, caseState)),
    headers: [
      ['accept', '*/*'],
      ['origin', resolve(step.origin, caseState)],
      ['access-control-request-method', resolve(step.method, caseState)],
      ...(requestHeaders === undefined
        ? []
        : [['access-control-request-headers', resolve(requestHeaders, caseState)] as const]),
    ],
  })
  return {
    outcome: { ...emptyOutcome('document'), exchanges: [last], last },
    client: caseState.clientIfAny(),
    at: performance.now(),
  }
}
