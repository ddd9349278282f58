import type { Announced } from '../compare/releases.ts'
import { mustBeAccepted, type Comparison, type JudgedChange } from '../compare/compare.ts'
import type { CheckResult } from '../model/result.ts'
import { summarize, type RunOutcome } from '../report/run.ts'

/** Everything that is known of an upgrade in the end. */
export interface UpgradeOutcome {
  /** What was upgraded, and to what, for people: two folders. */
  readonly from: string
  readonly to: string
  /** Whether a copy was upgraded, to try it out; else an existing site. */
  readonly tried: boolean
  /** ISO 8601. */
  readonly startedAt: string
  /** Each is null where it did not begin, or nothing of it was selected. */
  readonly before: RunOutcome | null
  readonly survival: RunOutcome | null
  readonly after: RunOutcome | null
  readonly comparison: Comparison | null
  /** What was announced between the versions before and after. */
  readonly announced?: readonly Announced[]
  /** Milliseconds that the updates took; null where they did not end. */
  readonly updated: number | null
  /** The upgrade itself failed: that is a verdict. */
  readonly broken: { readonly code: string; readonly message: string; readonly lines: readonly string[] } | null
  readonly interrupted: { readonly signal: string; readonly during: string } | null
  /** What to do next, where the conclusion does not say it. */
  readonly next?: string | null
  /** Why there is no verdict. */
  readonly failure: { readonly code: string; readonly message: string } | null
}

/** The result of an upgrade in one term. */
type UpgradeConclusion =
  | 'clients keep working'
  | 'clients will notice'
  | 'the upgrade fails'
  /** Some questions have no answer; all others are well. */
  | 'incomplete'
  | 'no verdict'

export interface UpgradeSummary {
  readonly conclusion: UpgradeConclusion
  readonly exitCode: 0 | 1 | 2
  /** No Drupal was upgraded. */
  readonly demonstration: boolean
  /** Checks of what survived that did not. */
  readonly lost: readonly CheckResult[]
  /** Checks of what survived in which nothing was proven. */
  readonly unproven: readonly CheckResult[]
  /** Checks of what survived that were not skipped. */
  readonly asked: number
  readonly skipped: readonly CheckResult[]
  /** Changes that break clients or loosen a check, and that nobody accepted. */
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

/** What the parts of an upgrade add up to. Only what differs from before counts: what failed before fails after, too. */
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
