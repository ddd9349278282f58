import { type Profile } from '../../fixtures/sources.ts'
import { binds, type Source } from '../model/source.ts'
import { canonical } from './canonical.ts'
import type { CheckResult, JudgedFinding } from '../model/result.ts'
import type { Finding, Json, Verdict } from '../model/verdict.ts'

/** A known difference that covers exactly one finding; already chosen by the versions of the target. */
export interface KnownIssue {
  readonly contract: string
  /** Null: every variant of the contract. */
  readonly variants: readonly string[] | null
  readonly path: string
  /** The exact actual value; any other is a failure. */
  readonly actual: Json
  readonly reason: string
  readonly source: string
  readonly owner?: string
  /** ISO date after which the entry covers nothing. */
  readonly until?: string
}

interface Conclusion {
  readonly verdict: Verdict
  readonly findings: JudgedFinding[]
  readonly stale: CheckResult['stale']
}

/** What a contract's sources require of the server in a profile; the strongest level in it decides. */
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
  const covers = (entry: KnownIssue, finding: Finding): boolean =>
    entry.path === finding.path &&
    canonical(entry.actual) === canonical(finding.actual) &&
    // Something granted that has to be refused is never covered without a person and a date.
    (!finding.granted || (entry.owner !== undefined && entry.until !== undefined))
  const judged = findings.map((finding): JudgedFinding => {
    const entry = finding.ok ? undefined : entries.find((candidate) => covers(candidate, finding))
    if (!entry) return finding
    const { reason, source, owner, until } = entry
    return { ...finding, knownIssue: { reason, source, ...(owner ? { owner } : {}), ...(until ? { until } : {}) } }
  })
  const stale = entries
    .filter((entry) => !findings.some((finding) => !finding.ok && covers(entry, finding)))
    .map(({ path, actual, reason }) => ({ path, actual, reason }))
  const sourcesOf = ({ source }: Finding): readonly Source[] => (source === undefined ? check.sources : [source])
  const wrong = judged.filter((finding) => !finding.ok)
  const open = wrong.filter((finding) => finding.knownIssue === undefined)
  // Something given away is no question of MUST or SHOULD: it fails wherever the profile has the requirement at all.
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
  return { verdict, findings: judged, stale }
}
