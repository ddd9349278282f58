import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Check } from '../contract/case.ts'
import { Runner } from '../contract/runner.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import { createConsole } from '../report/console.ts'
import { shellQuote } from '../report/escape.ts'
import { writeReport } from '../report/json.ts'
import { recordRun, writeRecord } from '../report/record.ts'
import { count, summarize, type RunHeader, type RunOutcome } from '../report/run.ts'
import { hasLatest, linkLatest, runFolderName } from '../report/run-folders.ts'
import { painter } from '../report/text.ts'
import { chooseTarget } from '../targets/choose.ts'
import { policyOf } from '../targets/site/policy.ts'
import type { Settings } from '../settings/settings.ts'
import type { Target, TargetInfo } from '../model/target.ts'
import { collect, specFiles } from '../plan/collect.ts'
import type { CompareWith } from './compare-with.ts'
import { combineFailures, failureOf, type Failure } from './failure.ts'
import { applicableKnownIssues } from '../plan/known-issues.ts'
import { suite } from '../model/package.ts'
import { planOf, readAllKnownIssues } from '../plan/plan.ts'
import { select, selectors } from '../plan/select.ts'
import { notApplicable, type RunContext } from '../plan/run-context.ts'

/** What kept a run from coming to its own end. */
type End = Partial<Pick<RunOutcome, 'interrupted' | 'failure'>>

/**
 * One run from settings to exit code. `recordTo`: the folder for the observed facts of a run that came to its end.
 * Whatever way it ends, the target is stopped and the closing line printed. */
export async function run(
  { settings: given, site, ca, ownFolder }: RunContext,
  argv: readonly string[],
  recordTo: string | null,
): Promise<void> {
  const name = runFolderName(given.report, given, new Date())
  const settings: Settings = ownFolder ? { ...given, report: join(given.report, name) } : given
  const console = createConsole({
    stream: process.stdout,
    tty: process.stdout.isTTY,
    color: process.stdout.isTTY && process.stdout.hasColors(),
    again: process.env['npm_lifecycle_event'] === 'contract' ? 'npm run contract --' : suite.name,
    flags: flagsOf(argv),
    report: settings.report,
  })
  const results = new Map<string, CheckResult>()
  let header: RunHeader = headerOf(settings, null)
  let reasons: Readonly<Record<string, string>> = {}
  let checks: readonly Check[] = []
  let target: Target | undefined
  let left: () => Pick<RunOutcome, 'left'> = () => ({})
  let finished = false
  let compare: CompareWith | undefined
  let changed: 0 | 1 | 2 = 0
  const finish = ({ interrupted = null, failure: first = null }: End): void => {
    if (finished) return
    finished = true
    // What cannot be removed from a site is part of the outcome.
    const failure = stop(target, first)
    let outcome: RunOutcome = {
      ...{ header, results: [...results.values()], planned: checks.length, interrupted, failure },
      ...left(),
    }
    try {
      const folder = resolve(settings.report)
      // An older report must not be taken for that of a run that never began.
      const older = ownFolder ? hasLatest(given.report) : existsSync(join(folder, 'report.json'))
      if (results.size > 0 || older) {
        writeReport(folder, outcome, target?.composerLock?.())
        if (ownFolder && !linkLatest(given.report, name))
          console.stage(`${join(given.report, 'latest')} is not a link of this suite, and stays as it is`)
        changed = compare?.() ?? 0
      }
      if (recordTo !== null && failure === null && interrupted === null) {
        console.stage(`recorded in ${writeRecord(recordTo, recordRun(outcome.results, header))}`)
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
    const entries = readAllKnownIssues(settings, collected.checks)
    reasons = notApplicable(site, collected.checks)
    const started = await chooseTarget(settings, process.env, { site, ca })
    target = started
    const info = await started.start((stage) => console.stage(stage))
    header = headerOf(settings, info, reasons)
    console.start(header, checks.length)
    const session = new Runner({
      ...planOf(settings, { target: info, knownIssues: applicableKnownIssues(entries, info.versions, new Date()), ca }),
      changeSite: (request) => started.changeSite(request),
      errorLog: () => Promise.resolve(started.errorLog()),
    })
    // What our own clients left on a provisioned site is removed with them.
    if (info.mapped && !info.provisioned) left = () => ({ left: session.sideEffects() })
    await session.run(checks, (result) => {
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

async function comparing(settings: Settings, earlier: string): Promise<CompareWith> {
  const { compareWith } = await import('./compare-with.ts')
  const paint = painter(process.stdout.isTTY && process.stdout.hasColors())
  const print = (text: string): boolean => process.stdout.write(`\n${text}\n`)
  return compareWith(settings, earlier, { print, paint, width: process.stdout.columns || 100 })
}

/** On the way out of the process: what goes wrong here must keep nothing else from being told. */
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

/** The flags of the call without its selection, so that a failure can say how to run its contract again. */
function flagsOf(argv: readonly string[]): string[] {
  const flags: string[] = []
  const selecting: readonly string[] = selectors.map((name) => `--${name}`)
  for (let index = 0; index < argv.length; index++) {
    const flag = argv[index] ?? ''
    if (selecting.includes(flag)) index++
    else if (flag !== 'run' && flag !== 'record' && !selecting.some((one) => flag.startsWith(`${one}=`)))
      flags.push(shellQuote(flag))
  }
  return flags
}

function headerOf(
  settings: Settings,
  target: TargetInfo | null,
  reasons: Readonly<Record<string, string>> = {},
): RunHeader {
  const { profile, strict, only, source, severity, group, client, contracts, baseline } = settings
  return {
    suite,
    startedAt: new Date().toISOString(),
    target: target && {
      label: target.label,
      subject: target.mapped ? target.baseUrl : target.label,
      baseUrl: target.baseUrl,
      versions: target.versions,
      ...(target.modules ? { modules: target.modules } : {}),
      endpoints: target.endpoints,
      demonstration: target.demonstration,
      ...(target.mapped ? { mapped: true } : {}),
      ...(target.stated ? { stated: true } : {}),
      ...(target.notes ? { notes: target.notes } : {}),
    },
    settings: {
      ...{ profile, strict, only, source, severity, group, client, contracts, baseline },
      ...(Object.keys(reasons).length > 0 ? { notApplicable: reasons } : {}),
    },
  }
}
