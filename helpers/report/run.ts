import { verdicts, type Json, type Verdict } from '../model/verdict.ts'
import type { CheckResult, SideEffects } from '../model/result.ts'
import type { Conclusion, RunReason } from '../model/run-reason.ts'
import type { TargetInfo } from '../model/target.ts'

export interface RunSettings {
  readonly profile: string
  /** Warnings count as failed. */
  readonly strict: boolean
  /** Contracts, by id, that the site's owner declared not applicable, with the reason: skipping them is not a gap. */
  readonly notApplicable?: Readonly<Record<string, string>>
  readonly [setting: string]: Json
}

/** The server under test, as a report names it. */
export interface ReportedTarget
  extends
    Pick<TargetInfo, 'label' | 'baseUrl' | 'versions' | 'modules' | 'demonstration' | 'mapped' | 'stated' | 'notes'>,
    Partial<Pick<TargetInfo, 'endpoints'>> {
  /** What is tested, whatever its version and port: equal in two runs of one site or codebase. */
  readonly subject?: string
}

/** What was tested with which settings. Plain JSON. */
export interface RunHeader {
  readonly suite: { readonly name: string; readonly version: string }
  /** ISO 8601. */
  readonly startedAt: string
  /** Null where the target was never reached. */
  readonly target: ReportedTarget | null
  readonly settings: RunSettings
}

/** Everything a reporter gets of a run. */
export interface RunOutcome {
  readonly header: RunHeader
  readonly results: readonly CheckResult[]
  /** Checks that were selected. */
  readonly planned: number
  /** The signal that ended the run. */
  readonly interrupted: string | null
  /** What the run left on a third-party site. */
  readonly sideEffects?: SideEffects
  /** Why the run could not start or go on: settings, target, runner. */
  readonly failure: { readonly code: string; readonly message: string } | null
}

export interface Summary {
  readonly counts: Readonly<Record<Verdict, number>>
  readonly contracts: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Checks with a finding that the known issues cover. */
  readonly known: number
  /** Critical contracts that were skipped, by id. */
  readonly criticalSkipped: readonly string[]
  readonly conclusion: Conclusion
  readonly exitCode: 0 | 1 | 2
  /** Why the exit code is not 0, and what keeps the conclusion from being better. */
  readonly reasons: readonly RunReason[]
}

/** "1 check", "2 checks" */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

const proofs: ReadonlySet<Verdict> = new Set(['pass', 'warn', 'known', 'stale', 'fail'])

/**
 * What the verdicts of a run add up to.
 *
 * A run that proved nothing (all its checks `blocked`, `error` or `skipped`, or none at all) ends with 2 and not with 1: it says
 * nothing about the server, most often because a password, a client or the address is wrong. One proof is enough for 1.
 * A check without a verdict counts as failed, unless the run was interrupted: then what did not run is counted nowhere.
 */
export function summarize(outcome: RunOutcome): Summary {
  const { header, results } = outcome
  const { strict } = header.settings
  const counts = countsOf(results)
  const known = results.filter(({ findings }) => findings.some((finding) => finding.knownIssue)).length
  const unfinished = reasonsForNoVerdict(outcome)
  const missing = missingOf(outcome)
  const criticalSkipped = criticalSkippedOf(outcome)
  const open = reasonsForRed(counts, strict, missing, criticalSkipped)
  return {
    counts,
    contracts: unique(results.map(({ contract }) => contract)).length,
    passed: counts.pass + (strict ? 0 : counts.warn),
    failed: counts.fail + (strict ? counts.warn : 0) + counts.stale + counts.blocked + counts.error + missing,
    skipped: counts.known + counts.skipped,
    known,
    criticalSkipped,
    conclusion: conclusionOf(header.target?.demonstration ?? false, [...unfinished, ...open], known),
    exitCode: unfinished.length > 0 ? 2 : open.length > 0 ? 1 : 0,
    reasons: [...unfinished, ...open],
  }
}

const countsOf = (results: readonly CheckResult[]): Record<Verdict, number> =>
  Object.fromEntries(
    verdicts.map((verdict) => [verdict, results.filter((result) => result.verdict === verdict).length]),
  ) as Record<Verdict, number>

const neverBegan = ({ failure, results }: RunOutcome): boolean => failure !== null && results.length === 0

const missingOf = (outcome: RunOutcome): number =>
  outcome.interrupted !== null || neverBegan(outcome) ? 0 : Math.max(0, outcome.planned - outcome.results.length)

function criticalSkippedOf({ header, results }: RunOutcome): string[] {
  const { notApplicable = {} } = header.settings
  const skipped = results.filter(({ verdict, severity }) => verdict === 'skipped' && severity === 'critical')
  return unique(skipped.map(({ contract }) => contract).filter((id) => !Object.hasOwn(notApplicable, id)))
}

function reasonsForNoVerdict(outcome: RunOutcome): RunReason[] {
  const { failure, interrupted, planned, results } = outcome
  const proven = results.some(({ verdict }) => proofs.has(verdict))
  return [
    ...(failure ? [{ kind: 'run-failed', code: failure.code } as const] : []),
    ...(interrupted === null
      ? []
      : [{ kind: 'interrupted', signal: interrupted, completed: results.length, planned } as const]),
    ...(!failure && interrupted === null && planned === 0 ? [{ kind: 'nothing-selected' } as const] : []),
    ...(planned > 0 && !neverBegan(outcome) && !proven ? [{ kind: 'nothing-proven' } as const] : []),
  ]
}

function reasonsForRed(
  counts: Readonly<Record<Verdict, number>>,
  strict: boolean,
  missing: number,
  criticalSkipped: readonly string[],
): RunReason[] {
  const checks = [
    { kind: 'fail', checks: counts.fail },
    { kind: 'warn', checks: strict ? counts.warn : 0 },
    { kind: 'stale', checks: counts.stale },
    { kind: 'blocked', checks: counts.blocked },
    { kind: 'error', checks: counts.error },
    { kind: 'no-verdict', checks: missing },
  ] as const
  return [
    ...checks.filter((reason) => reason.checks > 0),
    ...(criticalSkipped.length > 0 ? [{ kind: 'critical-not-tested', contracts: criticalSkipped } as const] : []),
  ]
}

/** A server whose only flaw is a stale known issue is not incomplete: everything was proven. */
function conclusionOf(demonstration: boolean, reasons: readonly RunReason[], known: number): Conclusion {
  const kinds = reasons.map(({ kind }) => kind)
  if (demonstration) return 'demonstration'
  if (kinds.includes('fail') || kinds.includes('warn')) return 'non-conformant'
  if (kinds.some((kind) => kind !== 'stale')) return 'incomplete'
  return known > 0 ? 'no new differences' : 'conformant'
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

/** The last line of every run. */
export const closingLine = ({ passed, failed, skipped }: Summary): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`
