import { join, resolve } from 'node:path'
import { compareRuns, type Comparison } from '../compare/compare.ts'
import { UpgradeError, type Target, type TargetInfo } from '../model/target.ts'
import type { Check } from '../contract/case.ts'
import { NothingWorksError } from '../contract/early-end.ts'
import type { Kept } from '../contract/kept.ts'
import { collect, specFiles, upgradeFiles } from '../plan/collect.ts'
import { readKnownLists } from '../plan/plan.ts'
import type { RunContext } from '../plan/run-context.ts'
import { select } from '../plan/select.ts'
import { writeComparison } from '../report/comparison-files.ts'
import { readReport } from '../report/read-report.ts'
import { requireReportFolder } from '../report/report-folder.ts'
import { count, summarize, type RunOutcome } from '../report/run.ts'
import { painter } from '../report/text.ts'
import { chooseTarget, type ChosenUpgrade } from '../targets/choose.ts'
import { policyOf } from '../targets/site/policy.ts'
import { writeUpgrade } from '../upgrade/files.ts'
import { concludeUpgrade, type UpgradeOutcome } from '../upgrade/outcome.ts'
import { Part, type PartName, type Upgrading } from '../upgrade/part.ts'
import { createProgress, type Progress } from '../upgrade/progress.ts'
import { upgradeConclusion, upgradeText } from '../upgrade/text.ts'
import { isColored } from './color.ts'
import { readAccepted, readReleases } from './compare-inputs.ts'
import { combineFailures, failureOf, stop } from './failure.ts'
import { invocation } from './invocation.ts'
import { prepareReports } from './run-reports.ts'

/** What the flags of the subcommand say. */
export interface UpgradeOptions extends ChosenUpgrade {
  /** The old code, for people. */
  readonly from: string
  /** A file of accepted changes. */
  readonly accept: string | null
}

type Known = { -readonly [K in keyof UpgradeOutcome]: UpgradeOutcome[K] }

/**
 * One upgrade from settings to exit code: the contract, what has to survive, the upgrade, the questions, the contract again, the comparison.
 * However it ends, the target is stopped and the closing line is printed.
 * @throws ReportError before anything starts, where the report could not be written.
 */
export async function upgrade(context: RunContext, options: UpgradeOptions): Promise<void> {
  const { settings } = context
  const folder = resolve(settings.report)
  requireReportFolder(folder)
  const paint = painter(isColored(process.stdout, process.env))
  const progress = createProgress({
    ...{ stream: process.stdout, tty: process.stdout.isTTY, quiet: settings.quiet },
    color: isColored(process.stdout, process.env),
  })
  const known: Known = {
    ...{ from: options.from, to: options.to, startedAt: new Date().toISOString() },
    ...{ before: null, survival: null, after: null, comparison: null, updated: null },
    ...{ broken: null, interrupted: null, failure: null },
  }
  const running = new RunningUpgrade(context, options, known, progress)
  let finished = false
  const finish = (end: Partial<Pick<Known, 'interrupted' | 'failure'>>): void => {
    if (finished) return
    finished = true
    Object.assign(known, end)
    known.failure = stop(running.target, known.failure)
    try {
      running.writeUnfinished(known.interrupted?.signal ?? null)
      if (known.before ?? known.survival ?? known.broken) {
        if (known.comparison) writeComparison(folder, known.comparison)
        writeUpgrade(folder, known)
      }
    } catch (error) {
      known.failure = combineFailures(known.failure, failureOf(error))
    }
    process.exitCode = concludeUpgrade(known).exitCode
    const { verbose, quiet, report } = settings
    const options = { paint, width: process.stdout.columns || 100, verbose, report }
    progress.finish(quiet ? upgradeConclusion(known, options) : upgradeText(known, options))
  }
  process.on('exit', () => {
    finish({ failure: { code: 'suite-error', message: 'The command ended before the upgrade did; see above.' } })
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      finish({ interrupted: { signal, during: running.during } })
      process.exit()
    })
  }
  try {
    await running.go()
    finish({})
  } catch (error) {
    finish({ failure: failureOf(error) })
  }
  process.exit()
}

/** The upgrade while it goes on. */
class RunningUpgrade {
  target: Target | undefined
  /** For people: what was going on. */
  during = 'reading the contracts'
  private part: Part | null = null
  private readonly context: RunContext
  private readonly options: UpgradeOptions
  private readonly known: Known
  private readonly progress: Progress

  constructor(context: RunContext, options: UpgradeOptions, known: Known, progress: Progress) {
    this.context = context
    this.options = options
    this.known = known
    this.progress = progress
  }

  async go(): Promise<void> {
    const { site, ca } = this.context
    // A run of an upgrade is no run of its own: what such a run would also write is left out.
    const settings = { ...this.context.settings, generateBaseline: null, compareWith: null, shard: null }
    const accepted = this.options.accept === null ? [] : readAccepted(this.options.accept)
    const { checks } = await collect([...specFiles(settings.contracts), ...upgradeFiles()], policyOf({}))
    const chosen = select(checks, settings)
    const asked = chosen.filter(({ before }) => before !== undefined)
    const contract = chosen.filter(({ before }) => before === undefined)
    const lists = readKnownLists(settings, checks)
    const reports = {
      before: await this.reportsOf('before'),
      survival: await this.reportsOf('survival'),
      after: await this.reportsOf('after'),
    }
    const target = await chooseTarget(settings, process.env, { site, ca }, this.options)
    this.target = target
    const upgrading: Upgrading = { target, settings, lists, ca, reports }
    const old = await this.doing('starting the site before the upgrade', () => target.start(this.stage))
    if (!(await this.run('before', upgrading, old, contract))) return
    const kept = await this.doing('keeping tokens, codes and sessions from before the upgrade', () =>
      new Part('survival', upgrading, old, asked).keep(),
    )
    const upgraded = await this.upgradeSite(target)
    if (upgraded === null) return
    if (!(await this.run('survival', upgrading, upgraded, asked, kept))) return
    if (!(await this.run('after', upgrading, upgraded, contract))) return
    if (contract.length > 0) this.known.comparison = this.compare(accepted)
  }

  /** Of a part that did not come to its end. */
  writeUnfinished(signal: string | null): void {
    if (this.part) this.known[this.part.name] = this.part.write(signal)
  }

  /** What writes report.json, evidence and page of a part; prepared before anything starts. */
  private async reportsOf(name: PartName): Promise<(outcome: RunOutcome) => void> {
    const folder = { report: join(this.context.settings.report, name), reporter: ['json', 'html'] }
    const reports = await prepareReports(folder, null, {}, `${invocation(process.env)} upgrade`)
    return (outcome) =>
      void reports.write(outcome, this.target?.composerLock?.(), { note: this.stage, print: this.stage })
  }

  private readonly stage = (text: string): void => {
    this.progress.stage(text)
  }

  private async doing<T>(what: string, action: () => Promise<T>): Promise<T> {
    this.during = what
    this.stage(what)
    return action()
  }

  /** @returns false where it makes no sense to go on. */
  private async run(
    name: PartName,
    upgrading: Upgrading,
    info: TargetInfo,
    checks: readonly Check[],
    kept?: Kept,
  ): Promise<boolean> {
    if (checks.length === 0) return true
    const part = new Part(name, upgrading, info, checks)
    this.part = part
    try {
      const outcome = await this.doing(`${doing[name]}: ${count(checks.length, 'check')}`, () =>
        part.run((results) => this.progress.results(results, checks.length), kept),
      )
      return this.conclude(name, outcome)
    } catch (error) {
      if (!(error instanceof NothingWorksError)) throw error
      const failure = failureOf(error)
      // Before the upgrade that is no verdict on it; after it, it is one.
      if (name !== 'before')
        this.known.broken = { ...failure, message: `Nothing works any more. ${failure.message}`, lines: [] }
      else this.known.failure = failure
      this.known[name] = part.write(null, failure)
      return false
    } finally {
      this.part = this.known[name] === null ? part : null
    }
  }

  private conclude(name: PartName, outcome: RunOutcome): boolean {
    this.known[name] = outcome
    return name !== 'before' || summarize(outcome).exitCode !== 2
  }

  private async upgradeSite(target: Target): Promise<TargetInfo | null> {
    const begun = performance.now()
    try {
      const info = await this.doing('upgrading the site', async () => target.upgrade?.(this.stage))
      if (!info) throw new Error('the target cannot be upgraded')
      this.known.updated = performance.now() - begun
      return info
    } catch (error) {
      if (!(error instanceof UpgradeError)) throw error
      const { code, message, lines } = error
      this.known.broken = { code, message, lines }
      return null
    }
  }

  private compare(accepted: ReturnType<typeof readAccepted>): Comparison {
    const { report } = this.context.settings
    const [before, after] = [readReport(join(report, 'before')), readReport(join(report, 'after'))]
    const today = new Date().toISOString().slice(0, 10)
    return compareRuns(before, after, { releases: readReleases(), accepted, allowPartial: false, today })
  }
}

const doing: Readonly<Record<PartName, string>> = {
  before: 'running the contract before the upgrade',
  survival: 'asking what survived the upgrade',
  after: 'running the contract after the upgrade',
}
