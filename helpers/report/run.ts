import { isLoosened, type DriftChange, type RecordDrift } from '../compare/record-drift.ts'
import { verdicts, type Json, type Verdict } from '../model/verdict.ts'
import type { CheckResult, SideEffects } from '../model/result.ts'
import type { Conclusion, RunReason } from '../model/run-reason.ts'
import type { TargetInfo } from '../model/target.ts'
import type { TestedFiles } from './tested-files.ts'

interface RunSettings {
  readonly profile: string
  /** Warnings count as failed. */
  readonly strict: boolean
  /** `2/3`: the run is one part of several, see `merge`. */
  readonly shard?: string
  /** Critical contracts may be skipped without `--slow` or without the permission for stress. */
  readonly allowSkipped?: boolean
  /** Contracts, by id, that the site's owner declared not applicable, with the reason: skipping them is not a gap. */
  readonly notApplicable?: Readonly<Record<string, string>>
  readonly [setting: string]: Json
}

/** The server under test, as a report names it. */
export interface ReportedTarget
  extends
    Pick<
      TargetInfo,
      'label' | 'baseUrl' | 'versions' | 'modules' | 'offers' | 'demonstration' | 'mapped' | 'stated' | 'notes'
    >,
    Partial<Pick<TargetInfo, 'endpoints'>> {
  /** Identifies the site or codebase across versions and ports. */
  readonly subject?: string
}

/** What was tested, and with which settings. Plain JSON. */
export interface RunHeader {
  readonly suite: { readonly name: string; readonly version: string }
  /** ISO 8601. */
  readonly startedAt: string
  /** Null where the target was never reached. */
  readonly target: ReportedTarget | null
  readonly settings: RunSettings
  readonly files?: TestedFiles
}

/** Notes for the owner of a list of known issues. */
export interface KnownIssueNotes {
  /** Entries that no longer excuse anything. */
  readonly expired: readonly { readonly name: string; readonly until: string }[]
  /** Entries that expire within 60 days. */
  readonly expiring: readonly { readonly name: string; readonly until: string }[]
  /** Generated entries of a baseline that nobody has explained. */
  readonly unexplained: number
  /** The baseline that the run wrote. */
  readonly written?: { readonly file: string; readonly entries: number }
}

/** Everything that a reporter gets about a run. */
export interface RunOutcome {
  readonly header: RunHeader
  readonly results: readonly CheckResult[]
  /** Checks that were selected. */
  readonly planned: number
  /** The signal that ended the run. */
  readonly interrupted: string | null
  /** Whether it ended at a number of failures (--bail). */
  readonly bailed?: boolean
  /** What the run left on a third-party site. */
  readonly sideEffects?: SideEffects
  /** How the server differs from the record of its release. */
  readonly drift?: RecordDrift
  readonly knownIssues?: KnownIssueNotes
  /** Wall-clock time of the checks. */
  readonly milliseconds?: number
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
  /** IDs of skipped critical contracts, except those that do not apply to the site. */
  readonly criticalSkipped: readonly string[]
  readonly conclusion: Conclusion
  readonly exitCode: 0 | 1 | 2
  /** Why the exit code is not 0, and the conclusion not better. */
  readonly reasons: readonly RunReason[]
}

/** "1 check", "2 checks" */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

const proofs: ReadonlySet<Verdict> = new Set(['pass', 'warn', 'known', 'stale', 'fail'])

/**
 * Concludes from the verdicts of a run.
 *
 * A run that proved nothing (all its checks `blocked`, `error` or `skipped`, or none at all) ends with 2 and not with 1, because it says
 * nothing about the server; most often a password, a client or the address is wrong. One proof is enough for 1. A check without a verdict
 * counts as failed, unless the run was interrupted: then it is not counted.
 */
export function summarize(outcome: RunOutcome): Summary {
  const { header, results } = outcome
  const { strict } = header.settings
  const counts = countsOf(results)
  const known = results.filter(({ findings }) => findings.some((finding) => finding.knownIssue)).length
  const unfinished = reasonsForNoVerdict(outcome)
  const missing = missingOf(outcome)
  const criticalSkipped = criticalSkippedOf(outcome)
  const open = [
    ...reasonsForRed(counts, strict, missing),
    ...driftReasons(outcome),
    ...gaps(outcome),
    ...bailReasons(outcome),
  ]
  const conclusion = conclusionOf(unfinished, open, counts.warn, known)
  const demonstration = header.target?.demonstration ?? false
  return {
    counts,
    contracts: unique(results.map(({ contract }) => contract)).length,
    passed: counts.pass + (strict ? 0 : counts.warn),
    failed: counts.fail + (strict ? counts.warn : 0) + counts.stale + counts.blocked + counts.error + missing,
    skipped: counts.known + counts.skipped,
    known,
    criticalSkipped,
    conclusion: demonstration ? 'demonstration' : conclusion,
    exitCode: exitCodes[conclusion],
    reasons: [...unfinished, ...open],
  }
}

const countsOf = (results: readonly CheckResult[]): Record<Verdict, number> =>
  Object.fromEntries(
    verdicts.map((verdict) => [verdict, results.filter((result) => result.verdict === verdict).length]),
  ) as Record<Verdict, number>

const neverBegan = ({ failure, results }: RunOutcome): boolean => failure !== null && results.length === 0

const missingOf = (outcome: RunOutcome): number =>
  outcome.interrupted !== null || outcome.bailed === true || neverBegan(outcome)
    ? 0
    : Math.max(0, outcome.planned - outcome.results.length)

function criticalSkippedOf(
  { header, results }: RunOutcome,
  of: (result: CheckResult) => boolean = () => true,
): string[] {
  const { notApplicable = {} } = header.settings
  const skipped = results.filter(
    (result) => result.verdict === 'skipped' && result.severity === 'critical' && of(result),
  )
  return unique(skipped.map(({ contract }) => contract).filter((id) => !Object.hasOwn(notApplicable, id)))
}

/** Critical contracts that a run with other settings would have tested. What a site does not have is not a gap. */
function gaps(outcome: RunOutcome): RunReason[] {
  if (outcome.header.settings.allowSkipped) return []
  const contracts = criticalSkippedOf(outcome, ({ reason }) =>
    ['needs-stress', 'needs-slow'].includes(reason?.kind ?? ''),
  )
  return contracts.length > 0 ? [{ kind: 'critical-not-tested', contracts }] : []
}

const bailReasons = ({ bailed, planned, results }: RunOutcome): RunReason[] =>
  bailed === true ? [{ kind: 'bailed', completed: results.length, planned }] : []

/**
 * The differences from the record that fail a run: grants that the release refuses; with `strict`, all others. None unless the record is of
 * exactly these versions.
 */
export const drifts = ({ deviations, changes }: RecordDrift, strict: boolean): DriftChange[] =>
  deviations.length > 0 ? [] : changes.filter((change) => change.accepted === null && (strict || isLoosened(change)))

function driftReasons({ drift, header }: RunOutcome): RunReason[] {
  if (drift === undefined) return []
  const open = drifts(drift, header.settings.strict)
  const loosened = open.filter(isLoosened).length
  const unused = drift.deviations.length > 0 ? 0 : drift.unused.length
  return [
    ...(loosened > 0 ? [{ kind: 'granted-beyond-record', changes: loosened } as const] : []),
    ...(open.length > loosened ? [{ kind: 'drift', changes: open.length - loosened } as const] : []),
    ...(unused > 0 ? [{ kind: 'drift-gone', changes: unused } as const] : []),
  ]
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

function reasonsForRed(counts: Readonly<Record<Verdict, number>>, strict: boolean, missing: number): RunReason[] {
  const checks = [
    { kind: 'fail', checks: counts.fail },
    { kind: 'warn', checks: strict ? counts.warn : 0 },
    { kind: 'stale', checks: counts.stale },
    { kind: 'blocked', checks: counts.blocked },
    { kind: 'error', checks: counts.error },
    { kind: 'no-verdict', checks: missing },
  ] as const
  return checks.filter((reason) => reason.checks > 0)
}

/** The exit code follows from the conclusion, so that they never disagree. */
const exitCodes: Readonly<Record<Exclude<Conclusion, 'demonstration'>, Summary['exitCode']>> = {
  conformant: 0,
  'no failures': 0,
  'no new differences': 0,
  'outdated baseline': 1,
  incomplete: 1,
  'non-conformant': 1,
  'no verdict': 2,
}

/** The worst behaviour of the server comes first; a stale baseline comes last, because it is not a flaw of the server. */
function conclusionOf(
  unfinished: readonly RunReason[],
  open: readonly RunReason[],
  warnings: number,
  known: number,
): keyof typeof exitCodes {
  const kinds = open.map(({ kind }) => kind)
  if (unfinished.length > 0) return 'no verdict'
  if (kinds.some((kind) => ['fail', 'warn', 'granted-beyond-record', 'drift'].includes(kind))) return 'non-conformant'
  if (kinds.some((kind) => kind !== 'stale' && kind !== 'drift-gone')) return 'incomplete'
  if (kinds.length > 0) return 'outdated baseline'
  if (known > 0) return 'no new differences'
  return warnings > 0 ? 'no failures' : 'conformant'
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

/** The last line of every run. */
export const closingLine = ({ passed, failed, skipped }: Summary): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`
