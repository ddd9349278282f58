import { compareWith, type CompareWith } from '../command/compare-with.ts'
import type { RunReports } from '../command/run-reports.ts'
import { combineFailures, failureOf, type Failure } from '../command/failure.ts'
import { suite } from '../model/package.ts'
import { checkName, type CheckResult, type SideEffects } from '../model/result.ts'
import type { Target, TargetInfo } from '../model/target.ts'
import { concludeRun, type Expectations } from '../plan/conclude-run.ts'
import type { RunContext } from '../plan/run-context.ts'
import { headerOf } from '../plan/run-header.ts'
import { createConsole, type Console } from '../report/console.ts'
import { count, summarize, type RunHeader, type RunOutcome } from '../report/run.ts'
import { painter } from '../report/text.ts'
import type { Settings } from '../settings/settings.ts'
import type { Conclusion } from './bridge.ts'

/** Collects the results of a vitest run, and ends it as the command does: target, report, closing lines, exit code. */
export class RunEnd {
  private readonly results = new Map<string, CheckResult>()
  private settings: Settings | null = null
  private reports: RunReports | null = null
  private compare: CompareWith | null = null
  private header: RunHeader | null = null
  private expectations: Expectations | null = null
  private target: Target | null = null
  private isForeign = false
  private left: SideEffects | null = null
  private checks = 0
  private signal: NodeJS.Signals | null = null
  private failure: Failure | null = null
  private finished = false
  private shown: Console | null = null

  constructor() {
    // On a signal, vitest ends without teardown.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => (this.signal = signal))
    process.on('exit', () => {
      this.finish()
    })
  }

  begin({ settings }: RunContext, reports: RunReports): void {
    this.settings = settings
    this.reports = reports
    this.header = headerOf(settings, null)
    if (settings.compareWith === null) return
    const print = (text: string): boolean => process.stderr.write(`\n${text}\n`)
    this.compare = compareWith(settings, settings.compareWith, { print, paint: painter(false), width: 100 })
  }

  stopping(target: Target): void {
    this.target = target
  }

  started(header: RunHeader, { mapped, provisioned }: TargetInfo, expectations: Expectations): void {
    this.expectations = expectations
    this.header = header
    this.isForeign = mapped === true && provisioned !== true
  }

  stage(text: string): void {
    this.console().stage(text)
  }

  planned(checks: number): void {
    this.checks += checks
  }

  concluded({ result, sideEffects }: Conclusion): void {
    // A repeated test, as in watch mode, was not planned.
    this.results.set(checkName(result), result)
    if (this.isForeign) this.left = sideEffects
  }

  /** Printed at the end, after vitest's own output. */
  failed(failure: Failure): Failure {
    this.failure = failure
    return failure
  }

  /** Synchronous, so that it works while the process exits. */
  finish(): void {
    if (this.finished) return
    this.finished = true
    const failure = this.stop(this.failure ?? this.withoutVerdict())
    let outcome: RunOutcome = {
      header: this.header ?? { suite, startedAt: new Date().toISOString(), target: null, settings: noSettings },
      results: [...this.results.values()],
      planned: this.checks,
      interrupted: this.signal,
      failure,
      ...(this.left ? { sideEffects: this.left } : {}),
    }
    let changed: 0 | 1 | 2 = 0
    try {
      if (this.settings) outcome = concludeRun(outcome, this.expectations, this.settings, new Date())
      const say = { note: (text: string) => this.stage(text), print: (lines: string) => this.console().lines(lines) }
      if (this.reports?.write(outcome, this.target?.composerLock?.(), say)) changed = this.compare?.() ?? 0
    } catch (error) {
      outcome = { ...outcome, failure: combineFailures(failure, failureOf(error)) }
    }
    const exitCode = summarize(outcome).exitCode || changed
    // vitest sets its own exit code before this, and again after it.
    const set = (): void => {
      if (exitCode !== 0) process.exitCode = exitCode
    }
    set()
    process.on('exit', set)
    this.console().finish(outcome)
  }

  private stop(failure: Failure | null): Failure | null {
    try {
      this.target?.stop()
      return failure
    } catch (error) {
      return combineFailures(failure, failureOf(error))
    }
  }

  private withoutVerdict(): Failure | null {
    const missing = this.checks - this.results.size
    if (missing <= 0 || this.signal !== null) return null
    return { code: 'runner-failed', message: `${count(missing, 'check')} ended without a verdict` }
  }

  /** To the standard error: vitest's reporters write to the standard output, which programs may read. */
  private console(): Console {
    return (this.shown ??= createConsole({
      stream: process.stderr,
      tty: false,
      color: process.stderr.isTTY && process.stderr.hasColors(),
      rerunCommand: suite.name,
      report: this.settings?.report ?? 'results',
    }))
  }
}

const noSettings: RunHeader['settings'] = { profile: 'default', strict: false }
