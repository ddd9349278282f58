import { verdicts, type Json, type Verdict } from '../model/verdict.ts'
import type { CheckResult, SideEffects } from '../model/result.ts'
import type { TargetInfo } from '../model/target.ts'

export interface RunSettings {
  readonly profile: string
  /** Warnings count as failed. */
  readonly strict: boolean
  /** Contracts, by id, whose absence the site's owner gave a reason for: skipping them is no gap. */
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

/** What was run against what. Plain JSON. */
export interface RunHeader {
  readonly suite: { readonly name: string; readonly version: string }
  /** ISO 8601. */
  readonly startedAt: string
  /** Null where the target was never reached. */
  readonly target: ReportedTarget | null
  readonly settings: RunSettings
}

/** Everything the reporter is told of a run. */
export interface RunOutcome {
  readonly header: RunHeader
  readonly results: readonly CheckResult[]
  /** Checks that were selected. */
  readonly planned: number
  /** The signal that ended the run. */
  readonly interrupted: string | null
  /** Of a site of somebody else. */
  readonly left?: SideEffects
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
  /** Contracts, not checks. */
  readonly criticalSkipped: readonly string[]
  /** "conformant", "as recorded (3 known)", "incomplete", "non-conformant" or "demonstration". */
  readonly conclusion: string
  readonly exitCode: 0 | 1 | 2
  /** Why the exit code is not 0, and what keeps the word from being better. */
  readonly reasons: readonly string[]
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
export function summarize({ header, results, planned, interrupted, failure }: RunOutcome): Summary {
  const { strict, notApplicable = {} } = header.settings
  const counts = Object.fromEntries(
    verdicts.map((verdict) => [verdict, results.filter((result) => result.verdict === verdict).length]),
  ) as Record<Verdict, number>
  const neverBegan = failure !== null && results.length === 0
  const missing = interrupted !== null || neverBegan ? 0 : Math.max(0, planned - results.length)
  const known = results.filter(({ findings }) => findings.some((finding) => finding.knownIssue)).length
  const criticalSkipped = unique(
    results
      .filter(({ verdict, severity }) => verdict === 'skipped' && severity === 'critical')
      .map(({ contract }) => contract)
      .filter((contract) => !Object.hasOwn(notApplicable, contract)),
  )
  const proven = results.some(({ verdict }) => proofs.has(verdict))
  const wrong = counts.fail + (strict ? counts.warn : 0)

  const noVerdict = [
    failure && `the run failed: ${failure.code}`,
    interrupted && `interrupted by ${interrupted} after ${results.length} of ${count(planned, 'check')}`,
    !failure && !interrupted && planned === 0 && 'nothing was selected',
    planned > 0 && !neverBegan && !proven && 'nothing was proven: no check ran to its end',
  ].filter((reason) => typeof reason === 'string')
  const red = [
    counts.fail > 0 && `${count(counts.fail, 'check')} failed`,
    strict && counts.warn > 0 && `${count(counts.warn, 'warning')}, counted as failed (strict)`,
    counts.stale > 0 && `${count(counts.stale, 'check')} stale: the known issue no longer occurs`,
    counts.blocked > 0 && `${count(counts.blocked, 'check')} blocked: nothing was proven there`,
    counts.error > 0 && `${count(counts.error, 'check')} in error: the suite itself went wrong`,
    missing > 0 && `${count(missing, 'check')} without a verdict`,
    criticalSkipped.length > 0 && `critical, but skipped: ${criticalSkipped.join(', ')}`,
  ].filter((reason) => typeof reason === 'string')

  const gaps = noVerdict.length + counts.blocked + counts.error + missing + criticalSkipped.length
  const conclusion = header.target?.demonstration
    ? 'demonstration'
    : wrong > 0
      ? 'non-conformant'
      : gaps > 0
        ? 'incomplete'
        : known > 0
          ? `as recorded (${known} known)`
          : 'conformant'
  return {
    counts,
    contracts: unique(results.map(({ contract }) => contract)).length,
    passed: counts.pass + (strict ? 0 : counts.warn),
    failed: wrong + counts.stale + counts.blocked + counts.error + missing,
    skipped: counts.known + counts.skipped,
    known,
    criticalSkipped,
    conclusion,
    exitCode: noVerdict.length > 0 ? 2 : red.length > 0 ? 1 : 0,
    reasons: [...noVerdict, ...red],
  }
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

/** The last line of every run. */
export const closingLine = ({ passed, failed, skipped }: Summary): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`
