import type { Outcome } from '../judge/outcome.ts'
import type { CaseState, StepResult } from './case-state.ts'
import { emptyOutcome } from './get.ts'
import { requireResolved } from './grants.ts'
import { resolve } from './resolve.ts'
import type { PreflightStep } from './steps.ts'

/** The method that a script would use, and its header that is not safelisted (Fetch, CORS-safelisted request-header). */
const asks = {
  authorize: ['GET', 'authorization'],
  token: ['POST', 'authorization'],
  resource: ['GET', 'authorization'],
  userinfo: ['GET', 'authorization'],
  content: ['PATCH', 'authorization,content-type'],
} as const

/** A CORS preflight as a browser sends it (Fetch, CORS-preflight fetch). */
export async function askPreflight(caseState: CaseState, step: PreflightStep): Promise<StepResult> {
  const at = requireResolved(step.at)
  const [method, headers] = asks[at]
  const { endpoints } = caseState.environment.target
  const last = await caseState.send({
    method: 'OPTIONS',
    url: caseState.url(endpoints[at] ?? endpoints.resource),
    headers: [
      ['origin', resolve(step.origin, caseState)],
      ['access-control-request-method', method],
      ['access-control-request-headers', headers],
    ],
  })
  const outcome: Outcome = { ...emptyOutcome('preflight'), exchanges: [last], last }
  return { outcome, client: caseState.clientIfAny(), at: performance.now() }
}
