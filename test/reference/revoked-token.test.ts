import { expect, test } from 'vitest'
import { chooseRecord, driftOf } from '../../helpers/plan/drift.ts'
import { summarize } from '../../helpers/report/run.ts'
import { allChecks, runAgainst } from '../mutation/run-against.ts'
import { endpoints } from '../../helpers/targets/install/endpoints.ts'
import { header, outcome } from '../support/report-factory.ts'

// The versions of a record.
const versions = { simple_oauth: '6.0.9', league: '9.2.0', consumers: '1.21.0', drupal: '10.5.5' }

/** What a run on that release ends with: the conclusion, the reasons and the drift that is granted. */
async function conclusionOf(contract: string, fault?: string) {
  const checks = (await allChecks()).filter((check) => check.contract === contract)
  const results = await runAgainst({ profile: 'simple-oauth-6.0', ...(fault === undefined ? {} : { fault }) }, checks)
  const { origin } = new URL(results[0]?.exchanges[0]?.request.url ?? '')
  const target = { ...header.target, label: 'l', baseUrl: origin, demonstration: false, versions, endpoints }
  const run = outcome(results, { header: { ...header, target } })
  const drift = driftOf(run, chooseRecord(target), [], new Date('2026-06-15'))
  const { exitCode, reasons } = summarize(drift ? { ...run, drift } : run)
  return {
    verdicts: results.map(({ verdict }) => verdict),
    exitCode,
    reasons,
    drift: drift?.changes.map(({ id }) => id),
  }
}

test('a revoked token that opens again fails a run on a recorded release, although the check only observes', async () => {
  expect(await conclusionOf('refresh.old-access-token')).toMatchObject({ verdicts: ['pass'], exitCode: 0, drift: [] })
  expect(await conclusionOf('refresh.old-access-token', 'revoked-token-accepted')).toEqual({
    verdicts: ['pass'],
    exitCode: 1,
    reasons: [{ kind: 'granted-beyond-record', changes: 1 }],
    drift: ['answer at resource: 401 -> 200'],
  })
})
