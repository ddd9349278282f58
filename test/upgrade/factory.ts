import { compareRuns } from '../../helpers/compare/compare.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { must } from '../../helpers/model/source.ts'
import type { RunOutcome } from '../../helpers/report/run.ts'
import type { UpgradeOutcome } from '../../helpers/upgrade/outcome.ts'
import { reportJson } from '../../helpers/report/json.ts'
import { reportOf } from '../../helpers/report/report.ts'
import type { ReportedRun } from '../../helpers/compare/reported-run.ts'
import { issued, refused, tokenCheck } from '../support/compare-factory.ts'
import { check, finding, header, outcome } from '../support/report-factory.ts'

const target = (simple_oauth: string) => ({
  header: {
    ...header,
    target: header.target && { ...header.target, versions: { ...header.target.versions, simple_oauth } },
  },
})

export const survived = (difference: Partial<CheckResult> = {}): CheckResult =>
  check({
    contract: 'upgrade.code',
    title: 'A code from before the upgrade can be redeemed after it',
    severity: 'medium',
    sources: [must('x-upgrade', 'survival')],
    group: 'upgrade',
    location: 'specs/upgrade/tokens.spec.ts:120:3',
    ...difference,
  })

export const lost = survived({
  contract: 'upgrade.access-token',
  variant: 'of a user',
  title: 'An access token from before the upgrade is still accepted',
  severity: 'high',
  verdict: 'fail',
  findings: [finding({ path: 'status', expected: '200', actual: 401, severity: 'high' })],
})

const run = (version: string, checks: readonly CheckResult[]): RunOutcome => outcome([...checks], target(version))
const reported = (part: RunOutcome): ReportedRun => JSON.parse(reportJson(reportOf(part))) as ReportedRun

/** An upgrade that every client survives; each test states what is different. */
export function upgraded(
  difference: Partial<UpgradeOutcome> = {},
  after: readonly CheckResult[] = [tokenCheck('code.exchange', issued())],
): UpgradeOutcome {
  const parts = { before: run('6.0.9', [tokenCheck('code.exchange', issued())]), after: run('6.1.0', after) }
  const comparison = compareRuns(
    { name: 'results/before', run: reported(parts.before) },
    { name: 'results/after', run: reported(parts.after) },
    { releases: { announcements: [], unread: [] }, accepted: [], allowPartial: false, today: '2026-03-01' },
  )
  return {
    ...{ from: '/srv/old', to: '/srv/new', tried: true, startedAt: '2026-03-01T12:00:00.000Z' },
    ...parts,
    survival: run('6.1.0', [survived()]),
    comparison,
    updated: 9300,
    ...{ broken: null, interrupted: null, failure: null },
    ...difference,
  }
}

export const broken = {
  code: 'update-failed',
  message: 'drush updatedb ended with exit code 1',
  lines: [
    ' [notice] Update started: simple_oauth_update_8999',
    ' [error]  The table has rows that cannot be converted.',
  ],
}

export const refusedAfter = [tokenCheck('code.exchange', refused(400, 'invalid_grant'))]

/** The update fails: nothing comes after it. */
export const updateFails = (): UpgradeOutcome =>
  upgraded({ broken, survival: null, after: null, comparison: null, updated: null })
