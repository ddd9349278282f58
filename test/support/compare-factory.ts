import type { CheckResult } from '../../helpers/model/result.ts'
import { compareRuns, type Comparison, type CompareOptions } from '../../helpers/compare/compare.ts'
import type { NamedRun, ReportedRun } from '../../helpers/compare/reported-run.ts'
import { check, exchange, finding, header } from './report-factory.ts'

/** A check of a token request that was answered as `observed` says. */
export function tokenCheck(
  contract: string,
  observed: CheckResult['observed'],
  difference: Partial<CheckResult> = {},
): CheckResult {
  return check({
    contract,
    title: `title of ${contract}`,
    observed,
    exchanges: [exchange()],
    findings: [finding({ ok: true, path: 'token.issued', actual: 'as expected' })],
    ...difference,
  })
}

export const issued = (claims: Record<string, string> = { sub: 'string' }): CheckResult['observed'] => ({
  status: 200,
  json: { access_token: 'string', token_type: 'string' },
  'access_token.claims': claims,
})

export const refused = (status: number, error: string): CheckResult['observed'] => ({
  status,
  error,
  json: { error: 'string', error_description: 'string' },
})

/** A complete run with these checks. */
export function runOf(checks: readonly CheckResult[], difference: Partial<ReportedRun> = {}): ReportedRun {
  return {
    ...header,
    planned: checks.length,
    interrupted: null,
    failure: null,
    server: {},
    checks,
    ...difference,
  }
}

export const versions = (run: ReportedRun, simple_oauth: string, league = '9.2.0'): ReportedRun => ({
  ...run,
  target: run.target && { ...run.target, versions: { ...run.target.versions, simple_oauth, league } },
})

export const named = (name: string, run: ReportedRun): NamedRun => ({ name, run })

export const noReleases = { announcements: [], unread: [] }

export function comparisonOf(
  before: ReportedRun,
  after: ReportedRun,
  options: Partial<CompareOptions> = {},
): Comparison {
  return compareRuns(named('before', before), named('after', after), {
    releases: noReleases,
    accepted: [],
    allowPartial: false,
    today: '2026-11-27',
    ...options,
  })
}

/** Of each change class, id and number of checks. */
export const brief = ({ changes }: Comparison): string[] =>
  changes.map((change) => `${change.class} ${change.id} (${String(change.checks.length)})`)
