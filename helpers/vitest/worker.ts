/** Set-up file of vitest: every declaration becomes one test per check, run by one Runner. */
import { inject, test, type RunnerTestFile } from 'vitest'
import type { Check } from '../contract/case.ts'
import { setSink } from '../contract/contract-test.ts'
import { Runner } from '../contract/runner.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunHeader } from '../report/run.ts'
import { connectBridge, type BridgeAddress } from './bridge.ts'
import { endTest } from './end-test.ts'

declare module 'vitest' {
  interface ProvidedContext {
    contract: {
      readonly plan: Plan
      readonly bridge: BridgeAddress
      /** Checks that the settings select. */
      readonly checks: Check[]
      readonly header: RunHeader
      readonly report: string
    }
  }
}

const { plan, bridge, checks, header, report } = inject('contract')
const owner = connectBridge(bridge)
// One for all spec files: `isolate: false` keeps the global object.
const key = Symbol.for('simple-oauth-contract.runner')
const holder = globalThis as { [key]?: Runner | undefined }
const runner = (holder[key] ??= new Runner({ ...plan, ...owner, endEarly: true }))

interface Expected {
  readonly check: Check
  readonly result: Promise<CheckResult>
  readonly resolve: (result: CheckResult) => void
  readonly reject: (error: unknown) => void
}
const expected = new Map<string, Expected>()

setSink(({ id }, frame) => {
  const selected = checks.filter(({ contract }) => contract === id)
  if (selected.length === 0) test.skip(id)
  for (const check of selected) {
    const name = checkName(check)
    let settle: Pick<Expected, 'resolve' | 'reject'> | undefined
    const result = new Promise<CheckResult>((resolve, reject) => (settle = { resolve, reject }))
    if (settle) expected.set(name, { check, result, ...settle })
    test(name, async (context) => {
      await (begun ??= begin(context.task.file))
      endTest(await result, context, { frame, header, report })
    })
  }
})

let begun: Promise<void> | undefined

/** The first test of a file starts all its selected checks, concurrently where possible, as the command does. */
async function begin(file: RunnerTestFile): Promise<void> {
  const due = file.tasks.flatMap(({ mode, name }) => (mode === 'run' ? (expected.get(name) ?? []) : []))
  await owner.planned(due.length)
  const concluded: Promise<void>[] = []
  const tell = async (result: CheckResult): Promise<void> => {
    await owner.concluded({ result, sideEffects: runner.sideEffects() })
    expected.get(checkName(result))?.resolve(result)
  }
  void runner
    .run(
      due.map(({ check }) => check),
      (result) => concluded.push(tell(result)),
    )
    .then(() => Promise.all(concluded))
    .catch((error: unknown) => {
      for (const { reject } of due) reject(error)
    })
}
