import type { UserRole } from '../../fixtures/roles.ts'
import type { Exchange } from '../model/exchange.ts'
import type { SkipReason } from '../model/reason.ts'
import { checkName, type Blocker } from '../model/result.ts'
import type { StepResult } from '../oauth/case-state.ts'
import type { Step } from '../oauth/steps.ts'
import type { Check } from './case.ts'
import { expectsRefusal } from './derive-control.ts'

/** What the steps of one check left before the upgrade; if they failed, why. */
export interface KeptCheck {
  /** By the name of the step. `at` is in milliseconds since 1970: the steps may belong to an earlier process. */
  readonly results: Readonly<Record<string, StepResult>>
  readonly exchanges: readonly Exchange[]
  readonly uid: string | null
  readonly blocker: Blocker | null
  readonly skip: SkipReason | null
}

/** Everything that is kept from before an upgrade. Plain JSON; contains secrets. */
export interface Kept {
  /** By the name of the check. */
  readonly checks: Readonly<Record<string, KeptCheck>>
  /** Cookie headers of browser sessions. */
  readonly sessions: Readonly<Partial<Record<UserRole, string>>>
}

/** A time of the monotonic clock of this process in milliseconds since 1970, and back. */
const toEpoch = (at: number): number => at + performance.timeOrigin
const fromEpoch = (at: number): number => at - performance.timeOrigin

export const resultsToKeep = (results: ReadonlyMap<string, StepResult>): KeptCheck['results'] =>
  Object.fromEntries(
    // A browser with an open form is not kept: it is not plain JSON.
    [...results].map(([name, { outcome, client, at }]) => [name, { outcome, client, at: toEpoch(at) }]),
  )

export const keptResults = ({ results }: KeptCheck): KeptCheck['results'] =>
  Object.fromEntries(Object.entries(results).map(([name, result]) => [name, { ...result, at: fromEpoch(result.at) }]))

/**
 * Reports what has expired since the upgrade began: neither its acceptance nor its rejection says anything about the upgrade. Contracts
 * about an expiry wait for it before the upgrade.
 * @param now Milliseconds since 1970.
 */
export function expiredMeanwhile(check: Check, kept: KeptCheck, now: number): Blocker | null {
  if ((check.before ?? []).some((step) => step.do === 'wait')) return null
  const uses = check.when.flatMap((step) => usesOf(step))
  for (const { name, what } of uses) {
    const result = kept.results[name]
    if (result?.client == null) continue
    const { accessTokenLifetime, refreshTokenLifetime } = result.client
    const lifetime = what === 'refresh token' ? refreshTokenLifetime : accessTokenLifetime
    const age = Math.round((now - result.at) / 1000)
    if (age < lifetime) continue
    const next = expectsRefusal(check.then) ? 'It is rejected anyway' : 'It cannot be accepted'
    return {
      cause: 'expired-meanwhile',
      message: `the ${what} from before the upgrade lives ${String(lifetime)} s, and the upgrade took ${String(age)} s. ${next}, which proves nothing about the upgrade`,
    }
  }
  return null
}

/** The expiring values of earlier steps that a step uses. */
function usesOf(step: Step): { name: string; what: 'access token' | 'refresh token' | 'code' }[] {
  if (step.do === 'exchange') return [{ name: step.of, what: 'code' }]
  if (step.do === 'refresh') return [{ name: step.of, what: 'refresh token' }]
  if (step.do !== 'resource' || typeof step.token !== 'object' || step.token?.$ !== 'ref') return []
  return [{ name: step.token.of.split('.')[0] ?? '', what: 'access token' }]
}

/** Blocks a check that was never prepared, as when another version of the suite began the upgrade. */
export const notKept = (check: Check): Blocker => ({
  cause: 'not-kept',
  message: `nothing was kept for ${checkName(check)} before the upgrade`,
})
