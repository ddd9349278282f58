/** Set-up file of the vitest worker: every declaration becomes one test per variant, the session runs them all. */
import { inject, test, type TestContext } from 'vitest'
import { expand, type Check } from '../contract/case.ts'
import { setSink } from '../contract/contract-test.ts'
import { Session } from '../contract/session.ts'
import type { Profile } from '../../fixtures/sources.ts'
import type { Deviation } from '../judge/conclude.ts'
import { checkName, type CheckResult } from '../judge/result.ts'
import type { Verdict } from '../judge/verdict.ts'
import { crossBridge, type BridgeAddress } from '../target/bridge.ts'
import type { TargetInfo } from '../target/target.ts'

/** What the command hands to the worker. Plain JSON. */
export interface Plan {
  readonly target: TargetInfo
  readonly bridge: BridgeAddress
  readonly profile: Profile
  readonly ledger: readonly Deviation[]
  /** Milliseconds. */
  readonly requestTimeout: number
  /** Milliseconds. */
  readonly checkTimeout: number
  readonly ca: string | null
  /** All checks of the run, started at once; null in an editor, where each runs when its test does. */
  readonly checks: readonly Check[] | null
}

declare module 'vitest' {
  interface ProvidedContext {
    plan: Plan
  }
}
declare module '@vitest/runner' {
  interface TaskMeta {
    verdict?: Verdict
  }
}

/** One session for all spec files of the run: `isolate: false` keeps the global object. */
interface Running {
  readonly selected: ReadonlySet<string> | null
  result(check: Check): Promise<CheckResult>
}

const key = Symbol.for('simple-oauth-contract.running')
const holder = globalThis as { [key]?: Running | undefined }
const running = (holder[key] ??= begin(inject('plan')))

function begin(plan: Plan): Running {
  const bridge = crossBridge(plan.bridge)
  const { ca, checks, ...options } = plan
  const session = new Session({
    ...options,
    ...(ca === null ? {} : { ca }),
    control: (request) => bridge.control(request),
    errorLog: () => bridge.errorLog(),
  })
  const results = new Map<string, PromiseWithResolvers>()
  const place = (name: string): PromiseWithResolvers => {
    const known = results.get(name) ?? withResolvers()
    results.set(name, known)
    return known
  }
  const run = (some: readonly Check[]): Promise<void> =>
    session.run(some, (result) => {
      const { resolve, reject } = place(checkName(result))
      // A test that ended before its result has arrived could end the run without it.
      bridge.result(result).then(() => {
        resolve(result)
      }, reject)
    })
  if (checks) {
    run(checks).catch((error: unknown) => {
      for (const check of checks) place(checkName(check)).reject(error)
    })
  }
  return {
    selected: checks ? new Set(checks.map(checkName)) : null,
    result: async (check) => {
      const name = checkName(check)
      if (!checks && !results.has(name)) await run([check])
      return place(name).promise
    },
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<CheckResult>
  readonly resolve: (result: CheckResult) => void
  readonly reject: (error: unknown) => void
}

/** Promise.withResolvers, which Node 20 has not. */
function withResolvers(): PromiseWithResolvers {
  let resolvers!: Pick<PromiseWithResolvers, 'resolve' | 'reject'>
  const promise = new Promise<CheckResult>((resolve, reject) => (resolvers = { resolve, reject }))
  promise.catch(() => undefined)
  return { promise, ...resolvers }
}

setSink((declared, frame) => {
  for (const check of expand(declared)) {
    const name = checkName(check)
    if (running.selected && !running.selected.has(name)) continue
    test(name, async (context) => {
      finish(await running.result(check), context, frame)
    })
  }
})

/** A red test: named after the verdict, placed at the declaration of its contract. */
class VerdictError extends Error {
  constructor(result: CheckResult, frame: Error) {
    const wrong = result.findings.filter((finding) => !finding.ok && !finding.excuse)
    const lines = wrong.map(
      ({ path, expected, actual }) => `${path}: expected ${expected}, but came ${JSON.stringify(actual)}`,
    )
    const stale = result.stale.map(({ path }) => `${path}: the ledger excuses what did not occur`)
    super(
      [result.title, result.obstacle?.message ?? result.reason ?? '', ...lines, ...stale].filter(Boolean).join('\n  '),
    )
    this.name = result.verdict
    const [, ...places] = (frame.stack ?? '').split('\n')
    this.stack = [`${this.name}: ${this.message}`, ...places].join('\n')
  }
}

function finish(result: CheckResult, context: TestContext, frame: Error): void {
  context.task.meta.verdict = result.verdict
  if (result.verdict === 'pass') return
  if (result.verdict === 'warn') {
    void context.annotate(`warn: ${result.title}`)
    return
  }
  if (result.verdict === 'skipped') context.skip(`skipped: the target has no ${result.reason ?? 'such capability'}`)
  if (result.verdict === 'known')
    context.skip(`known: ${result.findings.find((finding) => finding.excuse)?.excuse?.reason ?? ''}`)
  throw new VerdictError(result, frame)
}
