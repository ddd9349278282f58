import { findUserCodeForm } from '../drupal/user-code-form.ts'
import { findLoginForm } from '../drupal/login-form.ts'
import { nextOf } from '../drupal/who-am-i.ts'
import type { Exchange } from '../model/exchange.ts'
import type { Outcome } from '../judge/outcome.ts'
import { sessionOf } from './browser-flow.ts'
import { BlockedError, type CaseState, type StepResult } from './case-state.ts'
import { emptyOutcome } from './get.ts'
import type { VerifyUserCodeStep } from './steps.ts'

const mostPages = 10

/**
 * Opens the verification page as the browser of the user, types the code and presses a button (RFC 8628 §3.3). Ends if the page requires a
 * login, or at the page that follows the decision; only the device learns the outcome.
 * @throws BlockedError if the page is on another host, which is never requested, or has no form for a code.
 */
export async function verifyUserCode(caseState: CaseState, step: VerifyUserCodeStep): Promise<StepResult> {
  const flow = caseState.result(step.of)
  const { session = 'shared', user = caseState.user } = step
  const before = caseState.exchanges.length
  const cookies = await sessionOf(caseState, { session, user })
  let last = await caseState.send(
    { method: 'GET', url: ownAddress(caseState, caseState.value(`${step.of}.verification_uri`)) },
    cookies,
  )
  const end = (page: Outcome['page']): StepResult => ({
    outcome: { ...emptyOutcome('authorize'), exchanges: caseState.exchanges.slice(before), last, page },
    client: flow.client,
    at: performance.now(),
  })
  let decided = false
  for (let pages = 0; pages < mostPages; pages++) {
    const { url } = last.request
    const next = nextOf(last)
    if (next !== null) {
      last = await caseState.send({ method: 'GET', url: ownAddress(caseState, next) }, cookies)
      continue
    }
    const form = decided ? null : findUserCodeForm(last.response.body, url)
    if (form === null) {
      if (findLoginForm(last.response.body, url)) return end('login')
      if (!decided) throw withoutForm(last)
      return end(last.response.status >= 400 ? 'error' : 'other')
    }
    ownAddress(caseState, form.action)
    decided = true
    const decision = form.decide(caseState.value(`${step.of}.user_code`), step.decision ?? 'allow')
    if (decision === null) throw new BlockedError('no-deny-button', 'the verification page has no button to deny')
    last = await caseState.send(decision, cookies)
  }
  throw new BlockedError('endless-redirects', `more than ${mostPages} redirects at the verification page`)
}

function ownAddress(caseState: CaseState, url: string): string {
  const { baseUrl } = caseState.environment.target
  if (URL.canParse(url) && new URL(url).origin === new URL(baseUrl).origin) return url
  throw new BlockedError(
    'verification-elsewhere',
    'the verification page is not on the site under test, and no other host is ever asked',
  )
}

const withoutForm = ({ response }: Exchange): BlockedError =>
  new BlockedError(
    'no-user-code-form',
    `expected a form with the field user_code at verification_uri, got ${response.status} without one`,
  )
