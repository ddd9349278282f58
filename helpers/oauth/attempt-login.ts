import { logIn } from '../drupal/login.ts'
import { Cookies } from '../http/cookies.ts'
import { registerSecrets } from '../http/secrets.ts'
import type { Outcome } from '../judge/outcome.ts'
import { BlockedError, type CaseState, type StepResult } from './case-state.ts'
import { emptyOutcome } from './get.ts'
import type { LoginStep } from './steps.ts'

/** Logs in once, in a session of its own. @throws BlockedError if the form cannot be found or sent. */
export async function attemptLogin(caseState: CaseState, step: LoginStep): Promise<StepResult> {
  const { target, http, redactor } = caseState.environment
  caseState.requireExisting(`user ${step.user ?? caseState.user}`)
  const { name, password } = caseState.userInfo(step.user ?? caseState.user)
  const attempt = await logIn(http, new Cookies(), caseState.url(target.endpoints.login), {
    name,
    password: step.password ?? password ?? '',
  })
  for (const exchange of attempt.exchanges) registerSecrets(redactor, exchange)
  caseState.exchanges.push(...attempt.exchanges)
  const answered = attempt.ok || attempt.failure?.cause === 'login-failed' || attempt.failure?.cause === 'login-blocked'
  if (!answered) throw new BlockedError(attempt.failure?.cause ?? 'login-failed', attempt.failure?.message ?? '')
  const last = attempt.exchanges.at(-1) ?? null
  const outcome: Outcome = {
    ...emptyOutcome('login'),
    exchanges: attempt.exchanges,
    last,
    facts: { 'login.accepted': attempt.ok },
  }
  return { outcome, client: caseState.clientIfAny(), at: performance.now() }
}
