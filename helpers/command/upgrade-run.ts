import { join } from 'node:path'
import { compareRuns, type Comparison } from '../compare/compare.ts'
import type { AcceptedChange } from '../compare/accept.ts'
import { announcedBetween } from '../compare/releases.ts'
import type { Check } from '../contract/case.ts'
import { NothingWorksError } from '../contract/early-end.ts'
import type { Kept } from '../contract/kept.ts'
import type { CheckResult } from '../model/result.ts'
import type { Target, TargetInfo } from '../model/target.ts'
import { collect, specFiles, upgradeFiles } from '../plan/collect.ts'
import { readKnownLists } from '../plan/plan.ts'
import type { RunContext } from '../plan/run-context.ts'
import { select } from '../plan/select.ts'
import { readReport } from '../report/read-report.ts'
import { count, summarize, type RunOutcome } from '../report/run.ts'
import type { Settings } from '../settings/settings.ts'
import { policyOf } from '../targets/site/policy.ts'
import type { UpgradeOutcome } from '../upgrade/outcome.ts'
import { Part, type PartName, type Upgrading } from '../upgrade/part.ts'
import type { Progress } from '../upgrade/progress.ts'
import { readReleases } from './compare-inputs.ts'
import { failureOf } from './failure.ts'
import { invocation } from './invocation.ts'
import { prepareReports } from './run-reports.ts'

export type Known = { -readonly [K in keyof UpgradeOutcome]: UpgradeOutcome[K] }

/** Nothing is known of an upgrade that has not begun. */
export const nothingKnown = (of: Pick<Known, 'from' | 'to' | 'tried'>): Known => ({
  ...{ ...of, startedAt: new Date().toISOString(), next: null },
  ...{ before: null, survival: null, after: null, comparison: null, updated: null },
  ...{ broken: null, interrupted: null, failure: null },
})

/** What is asked in an upgrade, and where the parts of its report go. */
export interface Prepared {
  /** What has to survive. */
  readonly asked: readonly Check[]
  /** All that is run before and after. */
  readonly contract: readonly Check[]
  readonly upgrading: Omit<Upgrading, 'target'>
}

/** An upgrade in progress. */
export class UpgradeRun {
  /** The target to stop, however the upgrade ends. */
  stopping: Pick<Target, 'stop'> | undefined
  /** For people: what was going on. */
  during = 'reading the contracts'
  readonly known: Known
  readonly progress: Progress
  readonly settings: Settings
  private readonly context: RunContext
  private part: Part | null = null

  constructor(context: RunContext, known: Known, progress: Progress) {
    this.context = context
    this.known = known
    this.progress = progress
    // The runs of an upgrade are parts of it: what a run on its own would also write is left out.
    this.settings = { ...context.settings, generateBaseline: null, compareWith: null, shard: null }
  }

  /** Collects what is asked, and makes sure that its reports can be written. */
  async prepare(composerLock: () => string | undefined = () => undefined): Promise<Prepared> {
    const { settings } = this
    const { site, ca } = this.context
    const { checks } = await collect(
      [...specFiles(settings.contracts), ...upgradeFiles()],
      policyOf(site?.content ?? {}),
    )
    const chosen = select(checks, settings)
    const reports = {
      before: await this.reportsOf('before', composerLock),
      survival: await this.reportsOf('survival', composerLock),
      after: await this.reportsOf('after', composerLock),
    }
    return {
      asked: chosen.filter(({ before }) => before !== undefined),
      contract: chosen.filter(({ before }) => before === undefined),
      upgrading: { settings, lists: readKnownLists(settings, checks), ca, reports },
    }
  }

  /** Writes the report of a part that did not complete. */
  writeUnfinished(signal: string | null): void {
    if (this.part) this.known[this.part.name] = this.part.write(signal)
  }

  readonly stage = (text: string): void => {
    this.progress.stage(text)
  }

  async doing<T>(what: string, action: () => Promise<T>): Promise<T> {
    this.during = what
    this.stage(what)
    return action()
  }

  keep(upgrading: Upgrading, info: TargetInfo, asked: readonly Check[]): Promise<Kept> {
    return this.doing('keeping tokens, codes and sessions from before the upgrade', () =>
      new Part('survival', upgrading, info, asked).keep(),
    )
  }

  /**
   * Runs one part and writes its report.
   * @param asking What was kept from before the upgrade, and the results of an earlier process.
   * @returns false if going on makes no sense.
   */
  async run(
    name: PartName,
    upgrading: Upgrading,
    info: TargetInfo,
    checks: readonly Check[],
    asking?: {
      readonly kept: Kept
      readonly answered?: readonly CheckResult[]
      readonly note?: Pick<Progress, 'begin' | 'result'>
    },
  ): Promise<boolean> {
    if (checks.length === 0) return true
    const part = new Part(name, upgrading, info, checks, asking?.answered)
    this.part = part
    const { progress } = this
    progress.start(checks.length - (asking?.answered?.length ?? 0), name === 'survival')
    const report: Pick<Progress, 'begin' | 'result'> = {
      begin: (check) => {
        asking?.note?.begin(check)
        progress.begin(check)
      },
      result: (result) => {
        asking?.note?.result(result)
        progress.result(result)
      },
    }
    try {
      const outcome = await this.doing(`${doing[name]}: ${count(checks.length, 'check')}`, () =>
        part.run(report, asking?.kept),
      )
      this.known[name] = outcome
      return name !== 'before' || summarize(outcome).exitCode !== 2
    } catch (error) {
      if (!(error instanceof NothingWorksError)) throw error
      const failure = failureOf(error)
      // Before the upgrade, that says nothing about it; after the upgrade, it is the verdict.
      if (name !== 'before')
        this.known.broken = { ...failure, message: `Nothing works any more. ${failure.message}`, lines: [] }
      else this.known.failure = failure
      this.known[name] = part.write(null, failure)
      return false
    } finally {
      this.part = this.known[name] === null ? part : null
    }
  }

  /** Finds what was announced between two states of the site. */
  announce(before: TargetInfo, after: TargetInfo): void {
    this.known.announced = announcedBetween(readReleases(), { target: before }, { target: after })
  }

  compare(accepted: readonly AcceptedChange[]): Comparison {
    const { report } = this.settings
    const [before, after] = [readReport(join(report, 'before')), readReport(join(report, 'after'))]
    const today = new Date().toISOString().slice(0, 10)
    return compareRuns(before, after, { releases: readReleases(), accepted, allowPartial: false, today })
  }

  /** What writes report.json, evidence and page of a part; prepared before anything starts. */
  private async reportsOf(
    name: PartName,
    composerLock: () => string | undefined,
  ): Promise<(outcome: RunOutcome) => void> {
    const folder = { report: join(this.settings.report, name), reporter: ['json', 'html'] }
    const reports = await prepareReports(folder, null, {}, `${invocation(process.env)} upgrade`)
    return (outcome) => void reports.write(outcome, composerLock(), { note: this.stage, print: this.stage })
  }
}

const doing: Readonly<Record<PartName, string>> = {
  before: 'running the contract before the upgrade',
  survival: 'asking what survived the upgrade',
  after: 'running the contract after the upgrade',
}
