import { authorize } from '../oauth/declare-steps.ts'
import { CaseState, type RunEnvironment } from '../oauth/case-state.ts'
import { runStep } from '../oauth/driver.ts'
import { isBlocker } from './blocker.ts'

/**
 * Requests the login and consent pages once before many checks request them concurrently: Drupal compiles a template at first use, and a
 * worker that reads a half-written one answers 500. No token is used, so no permission is cached. Only on a site with the suite's own
 * users.
 */
export async function showConsent(environment: RunEnvironment, timeout: number): Promise<void> {
  const { target } = environment
  if ((target.mapped && !target.provisioned) || !target.clients.publicPkce || !target.users.editor) return
  const visitor = { client: 'publicPkce', user: 'editor' } as const
  const state = new CaseState(environment, visitor, AbortSignal.timeout(timeout))
  // Errors are ignored: a check that does the same reports them.
  await runStep(state, authorize({ decision: 'stop' })).catch((error: unknown) => {
    if (!isBlocker(error)) throw error
  })
}
