import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Check } from '../contract/case.ts'
import { Runner } from '../contract/runner.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import { createConsole } from '../report/console.ts'
import { writeReport } from '../report/json.ts'
import { recordRun, writeRecord } from '../report/record.ts'
import { requireReportFolder } from '../report/report-folder.ts'
import { count, summarize, type RunHeader, type RunOutcome } from '../report/run.ts'
import { chooseTarget } from '../targets/choose.ts'
import { policyOf } from '../targets/site/policy.ts'
import type { Target } from '../model/target.ts'
import { collect, specFiles } from '../plan/collect.ts'
import { headerOf } from '../plan/run-header.ts'
import { combineFailures, failureOf, type Failure } from './failure.ts'
import { applicableKnownIssues } from '../plan/known-issues.ts'
import { planOf, readAllKnownIssues } from '../plan/plan.ts'
import { select } from '../plan/select.ts'
import { notApplicable, type RunContext } from '../plan/run-context.ts'
import { invocation, repeatedFlags } from './invocation.ts'
import type { FlagValues } from '../settings/flags.ts'
import { isColored } from './color.ts'

/** What kept a run from coming to its own end. */
type End = Partial<Pick<RunOutcome, 'interrupted' | 'failure'>>

/**
 * One run from settings to exit code. However it ends, the target is stopped and the closing line is printed.
 * @param recordTo The folder for the observed facts of a complete run; null for none.
 * @throws ReportError before anything starts, where the report could not be written.
 */
export async function run(
  { settings, site, ca }: RunContext,
  flags: FlagValues,
  recordTo: string | null,
): Promise<void> {
  requireReportFolder(resolve(settings.report))
  const console = createConsole({
    stream: process.stdout,
    tty: process.stdout.isTTY,
    color: isColored(process.stdout, process.env),
    rerunCommand: invocation(process.env),
    flags: repeatedFlags(flags),
    report: settings.report,
    detail: settings.quiet ? 'quiet' : settings.verbose ? 'verbose' : 'default',
  })
  const results = new Map<string, CheckResult>()
  let header: RunHeader = headerOf(settings, null)
  let reasons: Readonly<Record<string, string>> = {}
  let checks: readonly Check[] = []
  let target: Target | undefined
  let sideEffects: () => Pick<RunOutcome, 'sideEffects'> = () => ({})
  let finished = false
  const finish = ({ interrupted = null, failure: first = null }: End): void => {
    if (finished) return
    finished = true
    // What cannot be removed from a site is part of the outcome.
    const failure = stop(target, first)
    let outcome: RunOutcome = {
      ...{ header, results: [...results.values()], planned: checks.length, interrupted, failure },
      ...sideEffects(),
    }
    try {
      const folder = resolve(settings.report)
      // An older report must not be taken for that of a run that never began.
      if (results.size > 0 || existsSync(join(folder, 'report.json')))
        writeReport(folder, outcome, target?.composerLock?.())
      if (recordTo !== null && failure === null && interrupted === null) {
        console.stage(`recorded in ${writeRecord(recordTo, recordRun(outcome.results, header))}`)
      }
    } catch (error) {
      outcome = { ...outcome, failure: combineFailures(failure, failureOf(error)) }
    }
    process.exitCode = summarize(outcome).exitCode
    console.finish(outcome)
  }
  process.on('exit', () => {
    finish({
      failure: { code: 'suite-error', message: 'The command ended before the run did; see above for the error.' },
    })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      finish({ interrupted: signal })
      process.exit()
    })
  }
  try {
    const collected = await collect(specFiles(settings.contracts), policyOf(site?.content ?? {}))
    checks = select(collected.checks, settings)
    const entries = readAllKnownIssues(settings, collected.checks)
    reasons = notApplicable(site, collected.checks)
    const started = await chooseTarget(settings, process.env, { site, ca })
    target = started
    const info = await started.start((stage) => console.stage(stage))
    header = headerOf(settings, info, reasons)
    console.start(header, checks.length)
    const runner = new Runner({
      ...planOf(settings, { target: info, knownIssues: applicableKnownIssues(entries, info.versions, new Date()), ca }),
      changeSite: (request) => started.changeSite(request),
      errorLog: () => Promise.resolve(started.errorLog()),
    })
    // What our own clients left on a provisioned site is removed with them.
    if (info.mapped && !info.provisioned) sideEffects = () => ({ sideEffects: runner.sideEffects() })
    await runner.run(checks, (result) => {
      results.set(checkName(result), result)
      console.result(result)
    })
    finish(withoutVerdict(checks, results))
  } catch (error) {
    finish({ failure: failureOf(error) })
  }
  // undici keeps sockets and timers for later; there is no later.
  process.exit()
}

/** On the way out of the process: an error here must not keep the rest from being reported. */
function stop(target: Target | undefined, failure: Failure | null): Failure | null {
  try {
    target?.stop()
    return failure
  } catch (error) {
    return combineFailures(failure, failureOf(error))
  }
}

/** A check that ended without a verdict must not vanish from the counts. */
function withoutVerdict(checks: readonly Check[], results: ReadonlyMap<string, CheckResult>): End {
  const missing = checks.filter((check) => !results.has(checkName(check)))
  if (missing.length === 0) return {}
  const names = missing.slice(0, 5).map(checkName).join(', ')
  const message = `${count(missing.length, 'check')} ended without a verdict: ${names}`
  return { failure: { code: 'runner-failed', message } }
}
