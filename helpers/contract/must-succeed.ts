import type { Expectation } from '../judge/expectation.ts'
import { judge } from '../judge/judge.ts'
import type { Outcome } from '../judge/outcome.ts'
import { serverWords } from '../judge/server-words.ts'
import { expectedGot } from '../model/describe-value.ts'
import type { Finding } from '../model/verdict.ts'
import { BlockedError, NotMappedError, type CaseState } from '../oauth/case-state.ts'
import type { Step } from '../oauth/steps.ts'
import { contextOf } from './judge-context.ts'

const success: Partial<Record<Step['do'], Expectation>> = {
  obtain: { expect: 'granted' },
  authorize: { expect: 'code' },
  codeGrant: { expect: 'granted' },
  exchange: { expect: 'granted' },
  refresh: { expect: 'granted' },
  clientCredentials: { expect: 'granted' },
  resource: { expect: 'opened' },
  deviceAuthorization: {
    expect: 'holds',
    facts: { status: { is: 'equal', to: 200 }, 'json.device_code': { is: 'type', type: 'string' } },
  },
  verifyUserCode: { expect: 'holds', facts: { status: { is: 'equal', to: 200 } } },
  poll: { expect: 'granted' },
  register: { expect: 'holds', facts: { 'json.client_id': { is: 'type', type: 'string' } } },
  manageRegistration: { expect: 'holds', facts: { status: { is: 'one-of', values: [200, 204] } } },
  revoke: { expect: 'holds', facts: { status: { is: 'equal', to: 200 } } },
  introspect: { expect: 'holds', facts: { 'json.active': { is: 'equal', to: true } } },
  login: { expect: 'holds', facts: { 'login.accepted': { is: 'equal', to: true } } },
  decide: { expect: 'code' },
  document: { expect: 'holds', facts: { status: { is: 'equal', to: 200 } } },
  jwks: { expect: 'holds', facts: { status: { is: 'equal', to: 200 }, json: { is: 'type', type: 'object' } } },
}

/** Note: a server may apply permissions that it calculated for an earlier request. */
const staleCache =
  'If the scope and the user have the permission, the site answers from its permission cache: rebuild caches ("drush cache:rebuild")'

/** On a site that others also use, the suite does not know what the cache held before the run. */
export function withCacheNote(
  finding: Finding,
  { kind, last }: Outcome,
  { environment: { target } }: CaseState,
): Finding {
  const refused = kind === 'resource' && last?.response.status === 403
  return finding.ok || !refused || target.mapped !== true ? finding : { ...finding, note: `${staleCache}.` }
}

/**
 * JSON:API 1.1: the status of each success. Cleaning up happens on a throw-away site: content that is already gone, or may not be deleted,
 * must not hide the verdict.
 */
const contentStatus = { read: [200], create: [201], change: [200], delete: [204, 403, 404] } as const

const pageServed: Expectation = { expect: 'holds', facts: { status: { is: 'equal', to: 200 } } }

/**
 * @throws BlockedError if a step did not end as it must: as its own `expect` says, else in success.
 * @throws NotMappedError if it expects a login form, and the users of the site log in elsewhere.
 */
export async function mustSucceed(step: Step, outcome: Outcome, caseState: CaseState): Promise<void> {
  const expectation = step.expect ?? successOf(step)
  const wrong = expectation && (await wrongFinding(expectation, outcome, caseState))
  if (!wrong) return
  if (wrong.path === 'page' && isLoginElsewhere(step, outcome, caseState))
    throw new NotMappedError({ kind: 'login-elsewhere' })
  const words = serverWords(outcome)
  const said = words === null ? '' : `: ${words}`
  throw new BlockedError('step-failed', `the step ${step.do} failed: ${expectedGot(wrong)}${said}`)
}

/**
 * Whether an anonymous browser was sent to another site, by a site whose owner says that its users do not log in with a password here.
 * Elsewhere, such a redirect remains a failure.
 */
function isLoginElsewhere(step: Step, { callback }: Outcome, { environment: { target }, user }: CaseState): boolean {
  const isAnonymous = step.do === 'authorize' && step.session === 'none'
  const isForeign = callback !== null && !callback.registered
  return isAnonymous && isForeign && target.mapped === true && target.users[user]?.password === undefined
}

function successOf(step: Step): Expectation | undefined {
  if (step.do === 'jsonapi' && typeof step.op === 'string')
    return { expect: 'holds', facts: { status: { is: 'one-of', values: contentStatus[step.op] } } }
  return step.do === 'resource' && step.at === 'rolePage' ? pageServed : success[step.do]
}

/** The first finding of an expectation that an outcome does not meet. */
export async function wrongFinding(
  expectation: Expectation,
  outcome: Outcome,
  caseState: CaseState,
): Promise<Finding | undefined> {
  const findings = await judge(expectation, outcome, contextOf({ severity: 'info' }, caseState))
  return findings.find((finding) => !finding.ok)
}
