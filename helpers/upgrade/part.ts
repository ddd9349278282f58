import type { Check } from '../contract/case.ts'
import type { Kept } from '../contract/kept.ts'
import type { Step } from '../oauth/steps.ts'
import { Runner } from '../contract/runner.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import type { Target, TargetInfo } from '../model/target.ts'
import { concludeRun, expectationsOf } from '../plan/conclude-run.ts'
import { knownIssuesOf, planOf, type KnownLists } from '../plan/plan.ts'
import { headerOf } from '../plan/run-header.ts'
import type { RunOutcome } from '../report/run.ts'
import type { Settings } from '../settings/settings.ts'
import type { Progress } from './progress.ts'

/** Shared by all parts of an upgrade. */
export interface Upgrading {
  readonly target: Target
  readonly settings: Settings
  readonly lists: KnownLists
  readonly ca: string | null
  /** Writes the reports of each part. Synchronous. */
  readonly reports: Readonly<Record<PartName, (outcome: RunOutcome) => void>>
}

export const partNames = ['before', 'survival', 'after'] as const
/** The contract before the upgrade, the questions about what survived, and the contract after it. */
export type PartName = (typeof partNames)[number]

const asking: ReadonlySet<Step['do']> = new Set([
  'resource',
  'exchange',
  'refresh',
  'jwks',
  'document',
  'clientCredentials',
])

/**
 * Whether a check needs no login after the upgrade. A login may destroy what other checks ask about: if Drupal rehashes the password, it
 * saves the user, which ends the user's tokens and sessions.
 */
const withoutLogin = ({ control, when }: Check): boolean =>
  control.length === 0 &&
  when.every((step) => asking.has(step.do) || (step.do === 'authorize' && step.session === 'kept'))

/** Some checks on one state of the site, with a report of their own. */
export class Part {
  readonly name: PartName
  readonly planned: number
  private readonly upgrading: Upgrading
  private readonly info: TargetInfo
  private readonly checks: readonly Check[]
  private readonly begun = performance.now()
  private readonly results = new Map<string, CheckResult>()

  /** @param answered Results of an earlier process for checks that are not run again. */
  constructor(
    name: PartName,
    upgrading: Upgrading,
    info: TargetInfo,
    checks: readonly Check[],
    answered: readonly CheckResult[] = [],
  ) {
    this.name = name
    this.upgrading = upgrading
    this.info = info
    for (const result of answered) this.results.set(checkName(result), result)
    this.checks = checks.filter((check) => !this.results.has(checkName(check)))
    this.planned = checks.length
  }

  /**
   * Runs the checks and writes their report.
   * @throws NothingWorksError, after the report was written.
   */
  async run({ begin, result: report }: Pick<Progress, 'begin' | 'result'>, kept?: Kept): Promise<RunOutcome> {
    const runner = this.runner(kept)
    const done = (result: CheckResult): void => {
      this.results.set(checkName(result), result)
      report(result)
    }
    const begun = (check: Check): void => {
      begin(checkName(check))
    }
    const first = kept === undefined ? [] : this.checks.filter(withoutLogin)
    try {
      // One by one, because a run of several checks begins with a login.
      for (const check of first) await runner.run([check], done, begun)
      const others = this.checks.filter((check) => !first.includes(check))
      if (others.length > 0) await runner.run(others, done, begun)
    } finally {
      await runner.close()
    }
    return this.write(null)
  }

  /** Runs the steps before the upgrade. */
  async keep(): Promise<Kept> {
    const runner = this.runner()
    try {
      return await runner.keep(this.checks)
    } finally {
      await runner.close()
    }
  }

  /** Writes the results so far. Synchronous: it must work while the process exits. */
  write(interrupted: string | null, failure: RunOutcome['failure'] = null): RunOutcome {
    const { settings, lists, reports } = this.upgrading
    const header = headerOf(settings, this.info)
    const results = [...this.results.values()]
    const milliseconds = Math.round(performance.now() - this.begun)
    const outcome = concludeRun(
      { header, results, planned: this.planned, interrupted, failure, milliseconds },
      // No record contains contracts about an upgrade.
      this.name === 'survival' ? null : expectationsOf(lists, header.target),
      settings,
      new Date(),
    )
    if (results.length > 0) reports[this.name](outcome)
    return outcome
  }

  private runner(kept?: Kept): Runner {
    const { target, settings, lists, ca } = this.upgrading
    const knownIssues = knownIssuesOf(lists, settings, this.info.versions, new Date())
    return new Runner({
      ...planOf(settings, { target: this.info, knownIssues, ca }),
      changeSite: (request) => target.changeSite(request),
      errorLog: () => Promise.resolve(target.errorLog()),
      endEarly: true,
      ...(kept ? { kept } : {}),
    })
  }
}
