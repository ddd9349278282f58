import type { Profile } from '../../fixtures/sources.ts'
import { conclude, type KnownIssue } from '../judge/conclude.ts'
import { fact } from '../judge/facts.ts'
import { judge } from '../judge/judge.ts'
import { observe } from '../judge/observe.ts'
import type { Exchange } from '../model/exchange.ts'
import type { ErrorReason } from '../model/reason.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import { sourceStack } from '../model/source-map.ts'
import type { Finding, Json } from '../model/verdict.ts'
import { BlockedError, CaseState, NotMappedError, type RunEnvironment } from '../oauth/case-state.ts'
import { deletesNothing } from '../oauth/content.ts'
import { runStep } from '../oauth/driver.ts'
import { unregister } from '../oauth/registration.ts'
import { blockerOf, outOfTime } from './blocker.ts'
import type { Check } from './case.ts'
import { emptyResult, redacted } from './check-result.ts'
import { diagnosed } from './diagnose-result.ts'
import { goOn } from './go-on.ts'
import { contextOf } from './judge-context.ts'
import { mustSucceed, withCacheNote } from './must-succeed.ts'
import type { KeptCheck } from './kept.ts'
import { isFiltered, optionalFact, requirePrerequisite } from './not-judged.ts'
import { findingPath } from './requirements.ts'
import { skipReason } from './skip-reason.ts'
import type { Watch } from './watch.ts'

/** What a check needs besides the environment it acts in. */
export interface Rules {
  readonly profile: Profile
  readonly knownIssues: readonly KnownIssue[]
  /** Milliseconds a check may take, including waits except those of slow proofs; then it is `blocked`. */
  readonly timeout: number
  /** Whether to wait for slow proofs. */
  readonly slow: boolean
  /** Runs a shared control once; a critical contract runs its own. */
  control(check: Check, run: () => Promise<void>): Promise<void>
  errorLog(): Promise<readonly string[]>
  /** Called before each step. */
  readonly step?: Watch['step']
  /** What was kept from before the upgrade, by the name of the check. */
  readonly kept?: Readonly<Record<string, KeptCheck>>
  /** Whether the Authorization header reaches the server; asked once a run. */
  headerArrives(): Promise<boolean | null>
}

/** Runs and judges one check. Never throws: every failure becomes a verdict. */
export async function runCheck(check: Check, environment: RunEnvironment, rules: Rules): Promise<CheckResult> {
  const start = performance.now()
  const missing = skipReason(check, environment.target)
  const base = emptyResult(check)
  if (missing) return { ...base, verdict: 'skipped', reason: missing }
  const timeout = AbortSignal.timeout(rules.timeout + (rules.slow ? slowSeconds(check) * 1000 : 0))
  const caseState = new CaseState(environment, check.given, timeout)
  let result: CheckResult
  try {
    if (check.before !== undefined) goOn(check, caseState, rules.kept?.[checkName(check)])
    result = { ...base, ...(await prove(check, caseState, rules)) }
  } catch (error) {
    const failedControl = error instanceof ControlFailed
    const reason = failedControl ? error.cause : error
    const blocker = blockerOf(reason)
    // A login or control that another check began adds its evidence here, too.
    const seen = [
      ...(failedControl ? error.exchanges : []),
      ...(reason instanceof BlockedError ? reason.exchanges : []),
    ]
    caseState.exchanges.push(...seen.filter((exchange) => !caseState.exchanges.includes(exchange)))
    result =
      reason instanceof NotMappedError
        ? { ...base, verdict: 'skipped', reason: reason.skip }
        : blocker
          ? {
              ...base,
              verdict: 'blocked',
              blocker: timeout.aborted ? outOfTime(rules.timeout) : blocker,
              control: failedControl ? 'failed' : 'none',
            }
          : { ...base, reason: { kind: 'suite-error', message: stackOf(reason) } }
  }
  try {
    for (const [index, step] of check.afterwards.entries()) {
      if (deletesNothing(caseState, step)) continue
      rules.step?.('afterwards', index, step)
      await mustSucceed(step, await runStep(caseState, step), caseState)
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const reason: ErrorReason = { kind: 'site-not-restored', message }
    if (result.verdict !== 'blocked') result = { ...result, verdict: 'error', reason }
  }
  await unregister(caseState)
  const broken = caseState.exchanges.some((exchange) => exchange.response.status >= 500)
  const serverLog = broken ? await rules.errorLog() : []
  result = await diagnosed(
    result,
    check,
    { exchanges: caseState.exchanges, site: environment.target, target: environment.target, log: serverLog },
    () => rules.headerArrives(),
  )
  return {
    ...redacted({ ...result, exchanges: caseState.exchanges, serverLog }, environment.redactor),
    milliseconds: Math.round(performance.now() - start),
  }
}

async function prove(check: Check, caseState: CaseState, rules: Rules): Promise<Partial<CheckResult>> {
  if (check.control.length > 0) {
    const run = async (): Promise<void> => {
      // The control has its own state, so the case cannot refer to it.
      const own = new CaseState(caseState.environment, check.given, AbortSignal.timeout(rules.timeout))
      try {
        for (const [index, step] of check.control.entries()) {
          rules.step?.('control', index, step)
          await mustSucceed(step, await runStep(own, step), own)
        }
      } catch (error) {
        throw new ControlFailed(error, own.exchanges)
      } finally {
        await unregister(own)
      }
    }
    await rules.control(check, run)
  }
  const findings: Finding[] = []
  const decisive = new Set<Exchange | null>()
  for (const [index, step] of check.when.entries()) {
    rules.step?.('when', index, step)
    const outcome = await runStep(caseState, step)
    if (step.expect) {
      decisive.add(outcome.last)
      requirePrerequisite([step.expect], outcome)
      const judged = await judge(step.expect, outcome, contextOf(check, caseState))
      findings.push(...judged.map((finding) => ({ ...finding, path: findingPath(step, index, finding.path) })))
      continue
    }
    if (index < check.when.length - 1) {
      await mustSucceed(step, outcome, caseState)
      continue
    }
    if (isFiltered(check, outcome, caseState)) return { verdict: 'skipped', reason: { kind: 'filtered' } }
    requirePrerequisite(check.then, outcome)
    decisive.add(outcome.last)
    const judged: Finding[] = []
    for (const expectation of check.then)
      judged.push(...(await judge(expectation, outcome, contextOf(check, caseState))))
    findings.push(...judged.map((finding) => withCacheNote(finding, outcome, caseState)))
    if (check.then.length > 0 && judged.length === 0)
      return {
        verdict: 'skipped',
        reason: { kind: 'not-returned', fact: optionalFact(check) },
        control: controlOf(check),
      }
    const unproven =
      check.slow && findings.every((finding) => finding.ok) ? await proveSlowly(check, caseState, rules) : []
    if (unproven === null)
      return { verdict: 'skipped', reason: { kind: 'needs-slow' }, findings, control: controlOf(check) }
    findings.push(...unproven)
    const facts = check.observe.map((path): [string, Json] => [path, fact(outcome, path) ?? 'absent'])
    const observed = { ...observe(outcome), ...Object.fromEntries(facts) }
    return {
      ...conclude(check, findings, rules.knownIssues, rules.profile),
      ...{ observed, control: controlOf(check) },
      decisive: caseState.exchanges.flatMap((exchange, at) => (decisive.has(exchange) ? [at] : [])),
    }
  }
  throw new Error(`${check.contract}: the last step carries its own expectation and nothing is left to judge`)
}

/** The findings of the slow part; null if it is not requested. */
async function proveSlowly(check: Check, caseState: CaseState, rules: Rules): Promise<Finding[] | null> {
  if (!check.slow || !rules.slow) return null
  const { when, then } = check.slow
  for (const [index, step] of when.entries()) {
    const outcome = await runStep(caseState, step)
    if (index === when.length - 1) return judge(then, outcome, contextOf(check, caseState))
    await mustSucceed(step, outcome, caseState)
  }
  return []
}

const slowSeconds = ({ slow }: Check): number =>
  (slow?.when ?? []).reduce((sum, step) => sum + (step.do === 'wait' && typeof step.for === 'number' ? step.for : 0), 0)

const controlOf = (check: Check): CheckResult['control'] =>
  check.control.length > 0 ? 'passed' : check.when.length > 1 ? 'an earlier step' : 'none'

const stackOf = (error: unknown): string => (error instanceof Error ? sourceStack(error) : String(error))

/** The control failed, so nothing can be proven; wraps the reason. */
class ControlFailed extends Error {
  readonly exchanges: readonly Exchange[]
  constructor(cause: unknown, exchanges: readonly Exchange[]) {
    super('the control failed', { cause })
    this.exchanges = exchanges
  }
}
