import type { Profile } from '../../fixtures/sources.ts'
import { TransportError } from '../http/client.ts'
import type { Exchange } from '../model/exchange.ts'
import type { Redactor } from '../http/redact.ts'
import { conclude, type KnownIssue } from '../judge/conclude.ts'
import type { Expectation } from '../judge/expectation.ts'
import { judge, type JudgeContext } from '../judge/judge.ts'
import { fact, json, observe, type Outcome } from '../judge/outcome.ts'
import type { CheckResult, Blocker } from '../model/result.ts'
import { sourceStack } from '../model/source-map.ts'
import type { Finding, Json } from '../model/verdict.ts'
import { CaseState, NotMappedError, BlockedError, type RunEnvironment } from '../oauth/case-state.ts'
import { runStep } from '../oauth/driver.ts'
import type { Step } from '../oauth/steps.ts'
import { TargetError } from '../model/target.ts'
import type { Check } from './case.ts'
import { skipReason } from './skip-reason.ts'

/** What a check needs besides the world it acts in. */
export interface Rules {
  readonly profile: Profile
  readonly knownIssues: readonly KnownIssue[]
  /** Milliseconds a check may take, waiting included but for that of slow proofs; then it is `blocked`. */
  readonly timeout: number
  /** Whether slow proofs are given. */
  readonly slow: boolean
  /** Runs a shared control once; a critical contract runs its own. */
  control(check: Check, run: () => Promise<void>): Promise<void>
  errorLog(): Promise<readonly string[]>
}

/** Runs and judges one check. Never throws: whatever goes wrong is a verdict. */
export async function runCheck(check: Check, world: RunEnvironment, rules: Rules): Promise<CheckResult> {
  const start = performance.now()
  const missing = skipReason(check, world.target)
  const base = emptyResult(check)
  if (missing) return { ...base, verdict: 'skipped', reason: missing }
  const timeout = AbortSignal.timeout(rules.timeout + (rules.slow ? slowSeconds(check) * 1000 : 0))
  const actor = new CaseState(world, check.given, timeout)
  let result: CheckResult
  try {
    result = { ...base, ...(await prove(check, actor, rules)) }
  } catch (error) {
    const failedControl = error instanceof ControlFailed
    const reason = failedControl ? error.cause : error
    const blocker = blockerOf(reason)
    // A login or a control that others began leaves its evidence here, too.
    const seen = [
      ...(failedControl ? error.exchanges : []),
      ...(reason instanceof BlockedError ? reason.exchanges : []),
    ]
    actor.exchanges.push(...seen.filter((exchange) => !actor.exchanges.includes(exchange)))
    result =
      reason instanceof NotMappedError
        ? { ...base, verdict: 'skipped', reason: reason.message }
        : blocker
          ? {
              ...base,
              verdict: 'blocked',
              blocker: timeout.aborted ? outOfTime(rules.timeout) : blocker,
              control: failedControl ? 'failed' : 'none',
            }
          : { ...base, reason: reason instanceof Error ? sourceStack(reason) : String(reason) }
  }
  try {
    for (const step of check.afterwards) await mustSucceed(step, await runStep(actor, step), actor)
  } catch (error) {
    // A site that was not put back makes every later verdict doubtful.
    const reason = `the site was not put back: ${error instanceof Error ? error.message : String(error)}`
    if (result.verdict !== 'blocked') result = { ...result, verdict: 'error', reason }
  }
  const broken = actor.exchanges.some((exchange) => exchange.response.status >= 500)
  const serverLog = broken ? await rules.errorLog() : []
  return {
    ...redacted({ ...result, exchanges: actor.exchanges, serverLog }, world.redactor),
    milliseconds: Math.round(performance.now() - start),
  }
}

/** Only what the server had a part in: it could otherwise make any word of ours a secret, the path of a finding too. */
function redacted(result: CheckResult, redactor: Redactor): CheckResult {
  const { reason, blocker, exchanges, serverLog } = result
  const observed = Object.entries(result.observed).map(([path, fact]) => [path, redactor.redactJson(fact)] as const)
  return {
    ...result,
    ...redactor.redactJson({ reason, exchanges, serverLog }),
    blocker: blocker && { ...blocker, message: redactor.redact(blocker.message) },
    findings: result.findings.map((finding) => ({ ...finding, actual: redactor.redactJson(finding.actual) })),
    observed: Object.fromEntries(observed),
  }
}

async function prove(check: Check, actor: CaseState, rules: Rules): Promise<Partial<CheckResult>> {
  if (check.control.length > 0) {
    const run = async (): Promise<void> => {
      // A control of its own leaves nothing behind that the case could refer to.
      const own = new CaseState(actor.world, check.given, AbortSignal.timeout(rules.timeout))
      try {
        for (const step of check.control) await mustSucceed(step, await runStep(own, step), own)
      } catch (error) {
        throw new ControlFailed(error, own.exchanges)
      }
    }
    await rules.control(check, run)
  }
  const findings: Finding[] = []
  for (const [index, step] of check.when.entries()) {
    const outcome = await runStep(actor, step)
    if (step.expect) {
      const prefix = step.as ?? `step ${String(index + 1)}`
      const judged = await judge(step.expect, outcome, contextOf(check, actor))
      findings.push(...judged.map((finding) => ({ ...finding, path: `${prefix}: ${finding.path}` })))
      continue
    }
    if (index < check.when.length - 1) {
      await mustSucceed(step, outcome, actor)
      continue
    }
    for (const expectation of check.then) findings.push(...(await judge(expectation, outcome, contextOf(check, actor))))
    const unproven = check.slow && findings.every((finding) => finding.ok) ? await proveSlowly(check, actor, rules) : []
    if (unproven === null) return { verdict: 'skipped', reason: notRefuted, findings, control: controlOf(check) }
    findings.push(...unproven)
    const facts = check.observe.map((path): [string, Json] => [path, fact(outcome, path) ?? 'absent'])
    const observed = { ...observe(outcome), ...Object.fromEntries(facts) }
    return { ...conclude(check, findings, rules.knownIssues, rules.profile), observed, control: controlOf(check) }
  }
  throw new Error(`${check.contract}: the last step carries its own expectation and nothing is left to judge`)
}

/** Why a check with a slow proof is skipped although nothing speaks against it. */
const notRefuted = 'not refuted: --slow waits, and proves it'

/** What comes of the slow part; null where it is not asked for. */
async function proveSlowly(check: Check, actor: CaseState, rules: Rules): Promise<Finding[] | null> {
  if (!check.slow || !rules.slow) return null
  const { when, then } = check.slow
  for (const [index, step] of when.entries()) {
    const outcome = await runStep(actor, step)
    if (index === when.length - 1) return judge(then, outcome, contextOf(check, actor))
    await mustSucceed(step, outcome, actor)
  }
  return []
}

const slowSeconds = ({ slow }: Check): number =>
  (slow?.when ?? []).reduce((sum, step) => sum + (step.do === 'wait' && typeof step.for === 'number' ? step.for : 0), 0)

const controlOf = (check: Check): CheckResult['control'] =>
  check.control.length > 0 ? 'passed' : check.when.length > 1 ? 'an earlier step' : 'none'

const success: Partial<Record<Step['do'], Expectation>> = {
  obtain: { expect: 'granted' },
  authorize: { expect: 'code' },
  codeGrant: { expect: 'granted' },
  exchange: { expect: 'granted' },
  refresh: { expect: 'granted' },
  clientCredentials: { expect: 'granted' },
  resource: { expect: 'opened' },
  login: { expect: 'holds', facts: { 'login.accepted': { is: 'equal', to: true } } },
  document: { expect: 'holds', facts: { status: { is: 'equal', to: 200 } } },
  jwks: { expect: 'holds', facts: { status: { is: 'equal', to: 200 }, json: { is: 'type', type: 'object' } } },
}

async function mustSucceed(step: Step, outcome: Outcome, actor: CaseState): Promise<void> {
  const expectation = success[step.do]
  if (!expectation) return
  const context = contextOf({ severity: 'info' }, actor)
  const wrong = (await judge(expectation, outcome, context)).find((finding) => !finding.ok)
  if (!wrong) return
  const came = typeof wrong.actual === 'string' ? wrong.actual : JSON.stringify(wrong.actual)
  throw new BlockedError('step-failed', `the step ${step.do} had to succeed (${wrong.expected}), but came: ${came}`)
}

function contextOf(check: Pick<Check, 'severity'>, actor: CaseState): JudgeContext {
  return {
    severity: check.severity,
    get accessTokenLifetime() {
      return actor.client().accessTokenLifetime
    },
    get clientId() {
      return actor.client().client_id
    },
    get userId() {
      if (actor.uid !== null) return actor.uid
      const next = 'state it as uid in the site file'
      throw new BlockedError('user-id-unknown', `the site does not tell the id of the user ${actor.user}: ${next}`)
    },
    baseUrl: actor.world.target.baseUrl,
    value: (of) => actor.value(of),
    scopeName: (role) => actor.scopeName(role),
    keys: (name) => json(actor.trace(name).outcome),
  }
}

/** A control that fails proves that nothing can be proven; wraps the reason. */
class ControlFailed extends Error {
  readonly exchanges: readonly Exchange[]
  constructor(cause: unknown, exchanges: readonly Exchange[]) {
    super('the control failed', { cause })
    this.exchanges = exchanges
  }
}

/** A server that goes away resets some connections and refuses the rest: one cause, one group in the summary. */
const noConnection = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

function blockerOf(error: unknown): Blocker | null {
  if (error instanceof BlockedError) return obstacleFor(error.obstacleCause, error.message)
  if (error instanceof TransportError || error instanceof TargetError) return obstacleFor(error.code, error.message)
  return null
}

const obstacleFor = (cause: string, message: string): Blocker => ({
  cause: noConnection.has(cause) ? 'no-connection' : cause,
  message,
})

const outOfTime = (milliseconds: number): Blocker => ({
  cause: 'check-timeout',
  message: `no verdict within ${String(milliseconds / 1000)} s: see whether the server is overloaded, or allow more time`,
})

function emptyResult(check: Check): CheckResult {
  return {
    contract: check.contract,
    variant: check.variant,
    title: check.title,
    severity: check.severity,
    ...(check.guarantee === undefined ? {} : { guarantee: check.guarantee }),
    sources: check.sources,
    group: check.group,
    client: check.given.client,
    user: check.given.user ?? null,
    location: check.location,
    verdict: 'error',
    reason: null,
    blocker: null,
    control: 'none',
    findings: [],
    stale: [],
    observed: {},
    exchanges: [],
    serverLog: [],
    milliseconds: 0,
  }
}
