/** Set-up file of vitest, for editors: every declaration becomes one test per variant, run by one Runner. */
import { inject, test, type TestContext } from 'vitest'
import { expand, type Check } from '../../contract/case.ts'
import { setSink } from '../../contract/contract-test.ts'
import { Runner } from '../../contract/runner.ts'
import { expectedGot } from '../../judge/describe-value.ts'
import { checkName, type CheckResult } from '../../model/result.ts'
import { connectBridge, type BridgeAddress } from '../../targets/bridge.ts'
import { describeReason } from '../../report/describe-reason.ts'
import type { Plan } from '../../plan/plan.ts'

declare module 'vitest' {
  interface ProvidedContext {
    plan: Plan
    bridge: BridgeAddress
  }
}

// One Runner for all spec files: `isolate: false` keeps the global object.
const key = Symbol.for('simple-oauth-contract.runner')
const holder = globalThis as { [key]?: Runner | undefined }
const runner = (holder[key] ??= new Runner({ ...inject('plan'), ...connectBridge(inject('bridge')) }))

/** Each check when its test runs, once. */
async function resultOf(check: Check): Promise<CheckResult> {
  let found: CheckResult | undefined
  await runner.run([check], (result) => (found = result))
  if (!found) throw new Error(`${checkName(check)} ended without a verdict`)
  return found
}

setSink((declared, frame) => {
  for (const check of expand(declared)) {
    test(checkName(check), async (context) => {
      finish(await resultOf(check), context, frame)
    })
  }
})

/** A red test: named after the verdict, placed at the declaration of its contract. */
class VerdictError extends Error {
  constructor(result: CheckResult, frame: Error) {
    const wrong = result.findings.filter((finding) => !finding.ok && !finding.knownIssue)
    const lines = wrong.map((finding) => `${finding.path}: ${expectedGot(finding)}`)
    const stale = result.stale.map(({ path }) => `${path}: the known issue no longer occurs`)
    super(
      [result.title, result.blocker?.message ?? reasonText(result), ...lines, ...stale].filter(Boolean).join('\n  '),
    )
    this.name = result.verdict
    const [, ...places] = (frame.stack ?? '').split('\n')
    this.stack = [`${this.name}: ${this.message}`, ...places].join('\n')
  }
}

const reasonText = ({ reason }: CheckResult): string => (reason === null ? '' : describeReason(reason))

function finish(result: CheckResult, context: TestContext, frame: Error): void {
  if (result.verdict === 'pass') return
  if (result.verdict === 'warn') {
    void context.annotate(`warn: ${result.title}`)
    return
  }
  if (result.verdict === 'skipped') context.skip(`skipped: ${reasonText(result)}`)
  if (result.verdict === 'known')
    context.skip(`known: ${result.findings.find((finding) => finding.knownIssue)?.knownIssue?.reason ?? ''}`)
  throw new VerdictError(result, frame)
}
