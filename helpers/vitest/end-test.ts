import type { TestContext } from 'vitest'
import type { CheckResult } from '../model/result.ts'
import { briefLine, failureMessage } from '../report/failure-message.ts'
import type { RunHeader } from '../report/run.ts'
import { suite } from '../model/package.ts'
import { painter } from '../report/text.ts'

declare module '@vitest/runner' {
  interface TaskMeta {
    /** For reporters: vitest itself only knows passed, failed and skipped. */
    contract?: { readonly verdict: CheckResult['verdict']; readonly reason?: string }
  }
}

interface Place {
  /** Where the contract was declared. */
  readonly frame: Error
  readonly header: RunHeader
  /** The report folder as the user wrote it. */
  readonly report: string
}

const plain = painter(false)

/** Ends a test according to its verdict by throwing: skipped with the reason, or failed. Returns for a pass. */
export function endTest(result: CheckResult, { annotate, skip, task }: TestContext, place: Place): void {
  const { verdict } = result
  if (verdict === 'pass') {
    task.meta.contract = { verdict }
    return
  }
  const context = { header: place.header, report: place.report, rerunCommand: suite.name, paint: plain }
  if (verdict === 'skipped' || verdict === 'known') {
    const reason = briefLine(result, plain)
    task.meta.contract = { verdict, reason }
    void annotate(reason, verdict)
    skip(reason)
  }
  const message = failureMessage(result, context)
  task.meta.contract = { verdict, reason: message }
  if (verdict === 'warn' && !place.header.settings.strict) {
    void annotate(message, 'warning')
    return
  }
  throw new VerdictError(verdict, message, place.frame)
}

/** The error of a failed test: named after its verdict, located at the contract's declaration. */
class VerdictError extends Error {
  constructor(verdict: string, message: string, frame: Error) {
    super(message)
    this.name = verdict
    const [, ...places] = (frame.stack ?? '').split('\n')
    this.stack = [`${verdict}: ${message}`, ...places].join('\n')
  }
}
