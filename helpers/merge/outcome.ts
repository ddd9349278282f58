import { conclusions, type Conclusion } from '../model/run-reason.ts'
import type { Severity, Verdict } from '../model/verdict.ts'
import { problemsOf } from '../report/formats/problems.ts'
import { groupBy } from '../report/group-by.ts'
import type { Report } from '../report/report.ts'
import type { RunHeader, Summary } from '../report/run.ts'
import { weaknessesOf } from '../report/weaknesses.ts'

/** A contract that a site does not meet, or a difference from the record of its release. */
interface SiteProblem {
  /** The contract, or `record-drift`. */
  readonly rule: string
  readonly title: string
  readonly severity: Severity
  readonly verdict: Verdict
  /** The number of its checks that have the problem. */
  readonly checks: number
  /** Expected and actual of the first, in one line; not escaped. */
  readonly text: string
  /** Empty if not known. */
  readonly impact: string
  /** Empty if not known. */
  readonly remedy: string
}

/** A known issue of a site that is a weakness. */
interface SiteWeakness {
  readonly contracts: readonly string[]
  readonly severity: Severity
  readonly reason: string
  readonly remedy: string | null
}

/** The result of one site in a merge. */
export interface SiteResult {
  readonly name: string
  /** The folder of its report, below that of the merge. */
  readonly folder: string
  readonly target: RunHeader['target']
  readonly startedAt: string
  readonly summary: Summary
  readonly checks: number
  readonly problems: readonly SiteProblem[]
  readonly weaknesses: readonly SiteWeakness[]
}

/** Several sites, judged together. */
export interface SitesOutcome {
  readonly suite: RunHeader['suite']
  readonly sites: readonly SiteResult[]
  /** Sites whose report is missing. */
  readonly missing: readonly string[]
}

/** Summarizes one site's report for the report on many. */
export function siteResult(name: string, folder: string, report: Report): SiteResult {
  const problems = [...groupBy(problemsOf(report), ({ rule, verdict }) => `${verdict} ${rule}`).values()]
  return {
    ...{ name, folder, target: report.target, startedAt: report.startedAt },
    ...{ summary: report.summary, checks: report.checks.length },
    problems: problems.flatMap((own) => {
      const [first] = own
      if (first === undefined) return []
      const { rule, title, severity, verdict, text, impact, remedy } = first
      return [{ rule, title, severity, verdict, text, impact, remedy, checks: own.length }]
    }),
    weaknesses: weaknessesOf(report.checks).map(({ contracts, severity, issue }) => ({
      ...{ contracts, severity, reason: issue.reason },
      remedy: issue.remedy ?? null,
    })),
  }
}

export interface SitesSummary {
  readonly conclusion: Conclusion
  readonly exitCode: 0 | 1 | 2
  /** Sites by conclusion, the gravest first. */
  readonly counts: readonly (readonly [Conclusion, number])[]
  readonly checks: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The gravest first: a server's failure is certain, whatever other sites leave open. */
const gravest: readonly Conclusion[] = [
  'non-conformant',
  'no verdict',
  ...conclusions.filter((one) => !['non-conformant', 'no verdict', 'demonstration'].includes(one)).toReversed(),
  'demonstration',
]

/** Concludes over several sites. A site without a report has no verdict and counts as failed. */
export function concludeSites({ sites, missing }: SitesOutcome): SitesSummary {
  const all = sites.map(({ summary }) => summary)
  const codes: readonly number[] = [...all.map(({ exitCode }) => exitCode), ...missing.map(() => 2)]
  const exitCode = codes.includes(1) ? 1 : codes.includes(2) ? 2 : 0
  const told: readonly Conclusion[] = [
    ...all.map(({ conclusion }) => conclusion),
    ...missing.map(() => 'no verdict' as const),
  ]
  const decisive = [
    ...all.filter((one) => one.exitCode === exitCode).map(({ conclusion }) => conclusion),
    ...(exitCode === 2 ? (['no verdict'] as const) : []),
  ]
  const sum = (name: 'passed' | 'failed' | 'skipped'): number => all.reduce((total, one) => total + one[name], 0)
  return {
    conclusion: gravest.find((one) => decisive.includes(one)) ?? 'no verdict',
    exitCode,
    counts: gravest.flatMap((one) => {
      const number = told.filter((conclusion) => conclusion === one).length
      return number === 0 ? [] : [[one, number] as const]
    }),
    checks: sites.reduce((total, { checks }) => total + checks, 0),
    passed: sum('passed'),
    failed: sum('failed') + missing.length,
    skipped: sum('skipped'),
  }
}

/** A problem with the sites that have it. */
export interface SharedProblem extends Omit<SiteProblem, 'checks'> {
  readonly sites: readonly SiteResult[]
}

/** Failures and warnings of all sites, the gravest and the most frequent first. */
export function sharedProblems({ sites }: SitesOutcome): SharedProblem[] {
  const all = sites.flatMap((site) => site.problems.map((problem) => ({ site, problem })))
  const groups = [...groupBy(all, ({ problem }) => `${problem.verdict} ${problem.rule}`).values()]
  const ranked = groups.flatMap((own) => {
    const [first] = own
    return first ? [{ ...first.problem, sites: own.map(({ site }) => site) }] : []
  })
  return ranked.sort((one, other) => weightOf(other) - weightOf(one) || other.sites.length - one.sites.length)
}

const verdictWeights: readonly Verdict[] = ['warn', 'blocked', 'stale', 'error', 'fail']
const severityWeights: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
const weightOf = ({ verdict, severity }: SharedProblem): number =>
  verdictWeights.indexOf(verdict) * severityWeights.length + severityWeights.indexOf(severity)

/** A known weakness with the sites that have it. */
export interface SharedWeakness extends SiteWeakness {
  readonly sites: readonly SiteResult[]
}

/** The gravest and the most frequent first. */
export function sharedWeaknesses({ sites }: SitesOutcome): SharedWeakness[] {
  const all = sites.flatMap((site) => site.weaknesses.map((weakness) => ({ site, weakness })))
  return [...groupBy(all, ({ weakness }) => weakness.reason).values()]
    .flatMap((own) => {
      const [first] = own
      if (first === undefined) return []
      const contracts = [...new Set(own.flatMap(({ weakness }) => weakness.contracts))]
      return [{ ...first.weakness, contracts, sites: [...new Set(own.map(({ site }) => site))] }]
    })
    .sort(
      (one, other) =>
        severityWeights.indexOf(other.severity) - severityWeights.indexOf(one.severity) ||
        other.sites.length - one.sites.length,
    )
}
