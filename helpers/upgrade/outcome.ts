import type { Announced } from '../compare/releases.ts'
import { mustBeAccepted, type Comparison, type JudgedChange } from '../compare/compare.ts'
import type { CheckResult } from '../model/result.ts'
import { summarize, type RunOutcome } from '../report/run.ts'

/** The outcome of an upgrade. */
export interface UpgradeOutcome {
  /** What was upgraded, and to what: two folders. */
  readonly from: string
  readonly to: string
  /** Whether a copy was upgraded as a trial; otherwise an existing site. */
  readonly tried: boolean
  /** ISO 8601. */
  readonly startedAt: string
  /** Each part is null if it did not begin, or nothing was selected for it. */
  readonly before: RunOutcome | null
  readonly survival: RunOutcome | null
  readonly after: RunOutcome | null
  readonly comparison: Comparison | null
  /** What was announced between the versions before and after. */
  readonly announced?: readonly Announced[]
  /** Duration of the updates in milliseconds; null if they did not complete. */
  readonly updated: number | null
  /** The upgrade itself failed: that is a verdict. */
  readonly broken: { readonly code: string; readonly message: string; readonly lines: readonly string[] } | null
  readonly interrupted: { readonly signal: string; readonly during: string } | null
  /** What to do next, if the conclusion does not say it. */
  readonly next?: string | null
  /** Why there is no verdict. */
  readonly failure: { readonly code: string; readonly message: string } | null
}

/** The result of an upgrade in one or two words. */
type UpgradeConclusion =
  | 'clients keep working'
  | 'clients will notice'
  | 'the upgrade fails'
  /** Some questions are unanswered; everything else survived. */
  | 'incomplete'
  | 'no verdict'

export interface UpgradeSummary {
  readonly conclusion: UpgradeConclusion
  readonly exitCode: 0 | 1 | 2
  /** No Drupal was upgraded. */
  readonly demonstration: boolean
  /** Checks whose subject did not survive. */
  readonly lost: readonly CheckResult[]
  /** Checks of survival that proved nothing. */
  readonly unproven: readonly CheckResult[]
  /** Checks of survival that were not skipped. */
  readonly asked: number
  readonly skipped: readonly CheckResult[]
  /** Unaccepted changes that break clients or loosen a check. */
  readonly open: readonly JudgedChange[]
  readonly passed: number
  readonly failed: number
}

const exitCodes: Readonly<Record<UpgradeConclusion, 0 | 1 | 2>> = {
  'clients keep working': 0,
  'clients will notice': 1,
  'the upgrade fails': 1,
  incomplete: 1,
  'no verdict': 2,
}

/** Concludes from the parts of an upgrade. Only differences count: what already failed before is expected to fail after. */
export function concludeUpgrade(outcome: UpgradeOutcome): UpgradeSummary {
  const { before, survival, comparison, broken } = outcome
  const results = survival?.results ?? []
  const strict = survival?.header.settings.strict ?? false
  const lost = results.filter(({ verdict }) => ['fail', 'stale', ...(strict ? ['warn'] : [])].includes(verdict))
  const unproven = results.filter(({ verdict }) => verdict === 'blocked' || verdict === 'error')
  const skipped = results.filter(({ verdict }) => verdict === 'skipped')
  const open = (comparison?.changes ?? []).filter(mustBeAccepted)
  const conclusion = conclusionOf(outcome, lost.length + open.length, unproven.length)
  const changed = new Set(open.flatMap(({ checks }) => checks.map(({ name }) => name))).size
  const ofServer = open.filter(({ checks }) => checks.length === 0).length
  return {
    conclusion,
    exitCode: exitCodes[conclusion],
    demonstration: (before ?? survival)?.header.target?.demonstration ?? false,
    lost,
    unproven,
    asked: results.length - skipped.length,
    skipped,
    open,
    passed:
      results.length -
      skipped.length -
      lost.length -
      unproven.length +
      Math.max(0, (comparison?.compared ?? 0) - changed),
    failed: lost.length + unproven.length + changed + ofServer + (broken ? 1 : 0),
  }
}

function conclusionOf(outcome: UpgradeOutcome, noticed: number, open: number): UpgradeConclusion {
  const { before, survival, after, comparison, broken, interrupted, failure } = outcome
  if (interrupted || failure) return 'no verdict'
  if (broken) return 'the upgrade fails'
  const unproven = [before, survival, after].some((part) => part !== null && summarize(part).exitCode === 2)
  if (noticed === 0 && (unproven || (comparison ?? survival) === null || comparison?.exitCode === 2))
    return 'no verdict'
  if (noticed > 0) return 'clients will notice'
  return open > 0 ? 'incomplete' : 'clients keep working'
}
