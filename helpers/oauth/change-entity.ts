import { randomBytes } from 'node:crypto'
import { logOut } from '../drupal/log-out.ts'
import type { Cookies } from '../http/cookies.ts'
import { registerSecrets } from '../http/secrets.ts'
import type { Outcome } from '../judge/outcome.ts'
import type { Exchange } from '../model/exchange.ts'
import { isObject, type Json } from '../model/verdict.ts'
import type { ConsumerChange } from '../model/target.ts'
import { BlockedError, type CaseState, type Entity, type StepResult } from './case-state.ts'
import { emptyOutcome } from './get.ts'
import { clientOf, requireResolved } from './grants.ts'
import type { ChangeConsumerStep, ChangeUserStep } from './steps.ts'

/** Changes a user, and keeps the present session for `session: 'ended'`. */
export async function changeUser(caseState: CaseState, step: ChangeUserStep): Promise<StepResult> {
  const { environment } = caseState
  const user = step.user ?? caseState.user
  const change = requireResolved(step.change)
  mark(caseState, `user ${user}`, change)
  const session = await environment.forgetLogin(user)
  if (session) caseState.endedSessions.set(user, session)
  if (change === 'logOut') {
    if (!session) throw new BlockedError('no-session', `${user} has no browser session to log out of`)
    await endBrowserSession(caseState, session.clone())
    return changed(caseState, undefined)
  }
  const password = newSecret()
  if (change === 'password') environment.redactor.register('password', password)
  const request = { op: 'user.change', user, change } as const
  return changed(caseState, await environment.changeSite(change === 'password' ? { ...request, password } : request))
}

/**
 * Logs a browser out with the page of the site.
 * @returns what was sent.
 * @throws BlockedError if the browser kept its session: what follows would prove nothing.
 */
export async function endBrowserSession(caseState: CaseState, cookies: Cookies): Promise<readonly Exchange[]> {
  const { target, http, redactor } = caseState.environment
  // Below the same prefix as the login: /de/user/login, /de/user/logout.
  const path = target.endpoints.login.replace(/\/login\/?$/u, '/logout')
  const { ok, exchanges } = await logOut(http, cookies, caseState.url(path))
  for (const exchange of exchanges) registerSecrets(redactor, exchange)
  caseState.exchanges.push(...exchanges)
  if (!ok) throw new BlockedError('logout-failed', `the browser kept its session cookie after the log-out at ${path}`)
  return exchanges
}

/** Changes a consumer. A new secret is a value of the step. */
export async function changeConsumer(caseState: CaseState, step: ChangeConsumerStep): Promise<StepResult> {
  const { environment } = caseState
  const { role } = caseState.client(clientOf(step))
  const change = changeOf(caseState, step)
  mark(caseState, `client ${role}`, change)
  if (change !== 'secret')
    return changed(caseState, await environment.changeSite({ op: 'consumer.change', client: role, change }))
  const secret = newSecret()
  environment.redactor.register('client_secret', secret)
  await environment.changeSite({ op: 'consumer.change', client: role, change, secret })
  const result = changed(caseState, undefined)
  return { ...result, outcome: { ...result.outcome, values: { client_secret: secret } } }
}

function mark(caseState: CaseState, entity: Entity, change: unknown): void {
  if (change === 'restore') caseState.deleted.delete(entity)
  else caseState.requireExisting(entity)
  if (change === 'delete') caseState.deleted.add(entity)
}

function changeOf(caseState: CaseState, step: ChangeConsumerStep): ConsumerChange {
  const change = requireResolved(step.change)
  if (typeof change === 'string') return change
  const { scopes, ...settings } = change
  return scopes === undefined ? settings : { ...settings, scopes: scopes.map((role) => caseState.scopeName(role)) }
}

/** The result of a change: no answer, but facts that the site returns. */
export function changed(caseState: CaseState, facts: unknown): StepResult {
  const outcome: Outcome = {
    ...emptyOutcome('changeSite'),
    ...(isObject(facts as Json) ? { facts: facts as Record<string, Json> } : {}),
  }
  return { outcome, client: caseState.clientIfAny(), at: performance.now() }
}

/** 128 bits in 22 characters, as provisioned secrets have. */
const newSecret = (): string => randomBytes(16).toString('base64url')
