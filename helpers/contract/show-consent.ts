import { authorize } from '../oauth/declare-steps.ts'
import { CaseState, type RunEnvironment } from '../oauth/case-state.ts'
import { runStep } from '../oauth/driver.ts'
import { isBlocker } from './blocker.ts'

/**
 * Asks once for the pages that many checks ask for at once: Drupal compiles a template at its first use, and a worker that reads it
 * half-written answers 500. No token is used, so that no permission is cached for one. Only on a site with users of the suite's own.
 */
export async function showConsent(environment: RunEnvironment, timeout: number): Promise<void> {
  const { target } = environment
  if ((target.mapped && !target.provisioned) || !target.clients.publicPkce || !target.users.editor) return
  const visitor = { client: 'publicPkce', user: 'editor' } as const
  const state = new CaseState(environment, visitor, AbortSignal.timeout(timeout))
  // What is wrong has a name and a verdict where a check does the same.
  await runStep(state, authorize({ decision: 'stop' })).catch((error: unknown) => {
    if (!isBlocker(error)) throw error
  })
}
