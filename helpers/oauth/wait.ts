import type { ClientInfo } from '../model/target.ts'
import type { CaseState, StepResult } from './case-state.ts'
import { deviceInterval, deviceLifetime } from './device.ts'
import { emptyOutcome } from './get.ts'
import { requireResolved } from './grants.ts'
import type { WaitStep } from './steps.ts'
import type { VariantValue } from './values.ts'

/** Waits until 1.5 seconds after the configured lifetime, because servers count in whole seconds. */
export async function waitFor(caseState: CaseState, step: WaitStep): Promise<StepResult> {
  const result = caseState.result(step.of)
  const lifetime = secondsOf(requireResolved(step.for), result, result.client ?? caseState.client())
  await caseState.environment.sleep(Math.max(0, result.at + (lifetime + 1.5) * 1000 - performance.now()))
  return { ...result, outcome: emptyOutcome('changeSite') }
}

function secondsOf(
  expiry: Exclude<WaitStep['for'], VariantValue>,
  result: StepResult,
  { accessTokenLifetime, refreshTokenLifetime }: ClientInfo,
): number {
  if (typeof expiry === 'number') return expiry
  if (expiry === 'device-code-expiry') return deviceLifetime(result)
  if (expiry === 'device-interval') return deviceInterval(result)
  return expiry === 'refresh-token-expiry' ? refreshTokenLifetime : accessTokenLifetime
}
