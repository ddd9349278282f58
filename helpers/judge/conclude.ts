import { type Profile } from '../../fixtures/sources.ts'
import { binds, type Source } from '../model/source.ts'
import { canonical } from './canonical.ts'
import type { CheckResult, IssueKind, JudgedFinding } from '../model/result.ts'
import type { Finding, Json, Verdict } from '../model/verdict.ts'

/** A known issue that covers exactly one finding; already chosen by the versions of the target. */
export interface KnownIssue {
  readonly contract: string
  /** Null: every variant of the contract. */
  readonly variants: readonly string[] | null
  readonly path: string
  /** The exact actual value; any other is a failure. */
  readonly actual: Json
  readonly kind: IssueKind
  readonly reason: string
  readonly source: string
  readonly issue?: string
  readonly remedy?: string
  readonly fixedIn?: string
  readonly owner?: string
  /** ISO date after which the entry covers nothing. */
  readonly until?: string
  /** Versions of the target on which nobody has seen it: "simple_oauth 6.0.5". */
  readonly unseen?: readonly string[]
  /** Whether it is listed by the suite for a release, or by the owner of the site, who alone can accept a critical weakness. */
  readonly list: 'released' | 'baseline'
  /** If it does not occur, the check is stale; otherwise that is good news. */
  readonly expected: boolean
}

interface Conclusion extends Pick<CheckResult, 'stale' | 'improved'> {
  readonly verdict: Verdict
  readonly findings: JudgedFinding[]
}

/** The strongest level at which a contract's sources bind the server in a profile. */
export function obligation(sources: readonly Source[], profile: Profile): 'MUST' | 'at most a warning' {
  const binding = sources.some(
    (source) => source.level === 'MUST' && source.binds === 'server' && binds(source.document, profile),
  )
  return binding ? 'MUST' : 'at most a warning'
}

/** Findings, known issues and profile → verdict. */
export function conclude(
  check: { readonly contract: string; readonly variant: string | null; readonly sources: readonly Source[] },
  findings: readonly Finding[],
  knownIssues: readonly KnownIssue[],
  profile: Profile,
): Conclusion {
  const entries = knownIssues.filter(
    (entry) =>
      entry.contract === check.contract &&
      (entry.variants === null || (check.variant !== null && entry.variants.includes(check.variant))),
  )
  const judged = findings.map((finding): JudgedFinding => {
    const entry = finding.ok ? undefined : entries.find((candidate) => covers(candidate, finding))
    return entry ? { ...finding, knownIssue: shownOf(entry) } : finding
  })
  const unmet = entries.filter((entry) => !findings.some((finding) => !finding.ok && covers(entry, finding)))
  const stale = unmet.filter(({ expected }) => expected).map(staleOf)
  // If another entry covers another value of the same finding, the server is not better than recorded.
  const met = (path: string): boolean => findings.some((finding) => finding.path === path && finding.ok)
  const improved = unmet.filter(({ expected, path }) => !expected && met(path)).map(staleOf)
  const sourcesOf = ({ source }: Finding): readonly Source[] => (source === undefined ? check.sources : [source])
  const wrong = judged.filter((finding) => !finding.ok)
  const open = wrong.filter((finding) => finding.knownIssue === undefined)
  // Something granted fails whether the profile has the requirement as MUST or as SHOULD.
  const fails = (finding: Finding): boolean =>
    finding.granted === true
      ? sourcesOf(finding).some(({ document, level }) => level !== 'MAY' && binds(document, profile))
      : finding.level !== 'SHOULD' && obligation(sourcesOf(finding), profile) === 'MUST'
  const verdict: Verdict = open.some(fails)
    ? 'fail'
    : stale.length > 0
      ? 'stale'
      : open.length > 0
        ? 'warn'
        : wrong.length > 0
          ? 'known'
          : 'pass'
  return { verdict, findings: judged, stale, ...(improved.length > 0 ? { improved } : {}) }
}

function covers(entry: KnownIssue, finding: Finding): boolean {
  if (entry.path !== finding.path || canonical(entry.actual) !== ofAnyRun(canonical(finding.actual))) return false
  if (!finding.granted) return true
  // A weakness is covered only by an entry with an owner and a date; a critical one only by an entry of the site's own baseline.
  const answeredFor = entry.kind === 'weakness' && entry.owner !== undefined && entry.until !== undefined
  return answeredFor && (finding.severity !== 'critical' || entry.list === 'baseline')
}

/** On a third-party site, the names of what a run creates contain its ID. */
const ofAnyRun = (text: string): string => text.replace(/\bcontract_[0-9a-f]{12}(?=[_:])/gu, 'contract')

const staleOf = ({ path, actual, reason }: KnownIssue): CheckResult['stale'][number] => ({ path, actual, reason })

/** What reports show of an entry: everything but the members that match findings. */
function shownOf(entry: KnownIssue): NonNullable<JudgedFinding['knownIssue']> {
  const { contract: _, variants: __, path: ___, actual: ____, list: _____, expected: ______, ...shown } = entry
  return shown
}
