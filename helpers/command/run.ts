import type { Check } from '../contract/case.ts'
import { Runner } from '../contract/runner.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import { createConsole } from '../report/console.ts'
import { publishable, recordRun, writeRecord } from '../report/record.ts'
import { count, summarize, type RunHeader, type RunOutcome } from '../report/run.ts'
import { painter } from '../report/text.ts'
import { chooseTarget } from '../targets/choose.ts'
import { policyOf } from '../targets/site/policy.ts'
import type { Target } from '../model/target.ts'
import { collect, specFiles, upgradeFiles } from '../plan/collect.ts'
import { headerOf } from '../plan/run-header.ts'
import { combineFailures, failureOf, stop } from './failure.ts'
import { concludeRun, expectationsOf, requireNewBaseline, type Expectations } from '../plan/conclude-run.ts'
import { knownIssuesOf, planOf, readKnownLists } from '../plan/plan.ts'
import { select } from '../plan/select.ts'
import { notApplicable, type RunContext } from '../plan/run-context.ts'
import type { CompareWith } from './compare-with.ts'
import { invocation, repeatedFlags } from './invocation.ts'
import type { FlagValues } from '../settings/flags.ts'
import type { Settings } from '../settings/settings.ts'
import { isColored } from './color.ts'
import { prepareReports } from './run-reports.ts'

/** What kept a run from coming to its own end. */
type End = Partial<Pick<RunOutcome, 'interrupted' | 'failure' | 'bailed'>>

/**
 * One run from settings to exit code. However it ends, the target is stopped and the closing line is printed.
 * @param recordTo The folder for the observed facts of a complete run; null for none.
 * @throws ReportError, SettingsError before anything starts, where the report could not be written.
 */
export async function run(
  { settings, runs, site, ca }: RunContext,
  flags: FlagValues,
  recordTo: string | null,
): Promise<void> {
  const rerunCommand = invocation(process.env)
  const reports = await prepareReports(settings, runs, process.env, rerunCommand)
  requireNewBaseline(settings)
  const console = createConsole({
    stream: process.stdout,
    tty: process.stdout.isTTY,
    color: isColored(process.stdout, process.env),
    rerunCommand,
    flags: repeatedFlags(flags),
    report: settings.report,
    page: reports.page,
    detail: settings.quiet || !reports.console ? 'quiet' : settings.verbose ? 'verbose' : 'default',
  })
  const results = new Map<string, CheckResult>()
  let header: RunHeader = headerOf(settings, null)
  let reasons: Readonly<Record<string, string>> = {}
  let checks: readonly Check[] = []
  let target: Target | undefined
  let sideEffects: () => Pick<RunOutcome, 'sideEffects'> = () => ({})
  let expectations: Expectations | null = null
  let finished = false
  let compare: CompareWith | undefined
  let changed: 0 | 1 | 2 = 0
  let begun: number | null = null
  let ticking: NodeJS.Timeout | undefined
  const finish = ({ interrupted = null, failure: first = null, bailed = false }: End): void => {
    if (finished) return
    finished = true
    clearInterval(ticking)
    // What cannot be removed from a site is part of the outcome.
    const failure = stop(target, first)
    let outcome: RunOutcome = {
      ...{ header, results: [...results.values()], planned: checks.length, interrupted, failure },
      ...(bailed ? { bailed } : {}),
      ...sideEffects(),
      ...(begun === null ? {} : { milliseconds: Math.round(performance.now() - begun) }),
    }
    try {
      outcome = concludeRun(outcome, expectations, settings, new Date())
      const say = { note: (text: string) => console.stage(text), print: (lines: string) => console.lines(lines) }
      if (reports.write(outcome, target?.composerLock?.(), say)) changed = compare?.() ?? 0
      if (recordTo !== null && failure === null && interrupted === null && !bailed) {
        console.stage(`recorded in ${writeRecord(recordTo, recordRun(publishable(outcome.results), header))}`)
      }
    } catch (error) {
      outcome = { ...outcome, failure: combineFailures(failure, failureOf(error)) }
    }
    process.exitCode = summarize(outcome).exitCode || changed
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
    // Before anything starts, and before `latest` is moved, which may be what it is compared with.
    if (settings.compareWith !== null) compare = await comparing(settings, settings.compareWith)
    const collected = await collect(specFiles(settings.contracts), policyOf(site?.content ?? {}))
    checks = select(collected.checks, settings)
    // One baseline may serve runs and upgrades.
    const { checks: upgrades } = await collect(upgradeFiles())
    const lists = readKnownLists(settings, [...collected.checks, ...upgrades])
    reasons = notApplicable(site, collected.checks)
    const started = await chooseTarget(settings, process.env, { site, ca })
    target = started
    const info = await started.start(
      (stage) => console.stage(stage),
      (text) => console.warn(text),
    )
    header = headerOf(settings, info, reasons)
    expectations = expectationsOf(lists, header.target)
    console.start(header, checks.length)
    begun = performance.now()
    const runner = new Runner({
      ...planOf(settings, { target: info, knownIssues: knownIssuesOf(lists, settings, info.versions, new Date()), ca }),
      changeSite: (request) => started.changeSite(request),
      errorLog: () => Promise.resolve(started.errorLog()),
      endEarly: true,
      ...(settings.bail === null ? {} : { bail: settings.bail }),
    })
    // What our own clients left on a provisioned site is removed with them.
    if (info.mapped && !info.provisioned) sideEffects = () => ({ sideEffects: runner.sideEffects() })
    ticking = setInterval(() => {
      console.tick()
    }, 1_000)
    await runner.run(
      checks,
      (result) => {
        results.set(checkName(result), result)
        console.result(result)
      },
      (check) => console.begin(checkName(check)),
    )
    finish(runner.bailed ? { bailed: true } : withoutVerdict(checks, results))
  } catch (error) {
    finish({ failure: failureOf(error) })
  }
  // undici keeps sockets and timers for later; there is no later.
  process.exit()
}

async function comparing(settings: Settings, earlier: string): Promise<CompareWith> {
  const { compareWith } = await import('./compare-with.ts')
  const paint = painter(isColored(process.stdout, process.env))
  const print = (text: string): boolean => process.stdout.write(`\n${text}\n`)
  return compareWith(settings, earlier, { print, paint, width: process.stdout.columns || 100 })
}

/** A check that ended without a verdict must not vanish from the counts. */
function withoutVerdict(checks: readonly Check[], results: ReadonlyMap<string, CheckResult>): End {
  const missing = checks.filter((check) => !results.has(checkName(check)))
  if (missing.length === 0) return {}
  const names = missing.slice(0, 5).map(checkName).join(', ')
  const message = `${count(missing.length, 'check')} ended without a verdict: ${names}`
  return { failure: { code: 'runner-failed', message } }
}
