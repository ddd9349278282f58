import { expect, test } from 'vitest'
import * as c from '../../helpers/contract/index.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { expand } from '../../helpers/contract/expand.ts'
import { Runner } from '../../helpers/contract/runner.ts'
import { schedule } from '../../helpers/contract/schedule.ts'
import { skipReason } from '../../helpers/contract/skip-reason.ts'
import { describeReason } from '../../helpers/model/describe-reason.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import type { SiteChange, TargetInfo } from '../../helpers/model/target.ts'
import { referenceTarget } from '../../helpers/targets/reference-target.ts'
import { allChecks } from '../mutation/run-against.ts'

const declared = (when: Check['when'], client = 'temporary'): Check => {
  const definition = {
    ...{ title: 'A case', sources: [c.must('RFC6749', '5.2')], severity: 'low', user: 'temporary', client, when },
    then: c.holds({ status: c.between(200, 499) }),
  }
  const [check] = expand({ id: 'x.case', definition, file: 'specs/life-cycle/x.spec.ts', line: 1, column: 1 } as never)
  if (!check) throw new Error('a case has at least one check')
  return check
}

/** Runs one case against the reference server; returns the result and the changes it made. */
async function run(check: Check): Promise<{ result: CheckResult | undefined; changes: SiteChange[] }> {
  const target = referenceTarget({ profile: 'ideal' })
  const info = await target.start(() => undefined)
  const changes: SiteChange[] = []
  const runner = new Runner({
    ...{ target: info, profile: 'default', knownIssues: [], requestTimeout: 10_000, checkTimeout: 60_000 },
    changeSite: (request) => {
      changes.push(request)
      return target.changeSite(request)
    },
    errorLog: () => Promise.resolve([]),
  })
  let result: CheckResult | undefined
  try {
    await runner.run([check], (one) => (result = one))
  } finally {
    await runner.close()
    target.stop()
  }
  return { result, changes }
}

test('what a case changes is restored and tried, whatever came of the case', async () => {
  const check = declared([
    c.codeGrant({ as: 'flow' }),
    c.changeUser('delete'),
    c.changeConsumer('delete'),
    c.refresh('flow'),
  ])
  expect(check.afterwards).toEqual([
    { do: 'changeUser', change: 'restore', user: 'temporary' },
    { do: 'changeConsumer', change: 'restore', client: 'temporary' },
    { do: 'obtain' },
  ])
  const { result, changes } = await run(check)
  expect(result).toMatchObject({ verdict: 'pass' })
  expect(changes.map((change) => 'change' in change && change.change)).toEqual([
    'delete',
    'delete',
    'restore',
    'restore',
  ])
})

test('a consumer that acts as a changed user is restored with that user', () => {
  const change = c.changeUser('delete', { user: 'temporaryService' })
  expect(declared([change, c.clientCredentials()], 'temporaryMachine').afterwards).toEqual([
    { do: 'changeUser', change: 'restore', user: 'temporaryService' },
    { do: 'changeConsumer', change: 'restore', client: 'temporaryMachine' },
    { do: 'obtain' },
  ])
})

test.each([
  ['a login', [c.changeUser('delete'), c.codeGrant()], 'user temporary'],
  ['a change of the user', [c.changeUser('delete'), c.changeUser('block'), c.codeGrant()], 'user temporary'],
  [
    'a change of the consumer',
    [c.changeConsumer('delete'), c.changeConsumer('save'), c.codeGrant()],
    'client temporary',
  ],
] as const)('%s after a deletion is blocked, and everything is restored', async (_what, when, role) => {
  const { result, changes } = await run(declared(when))
  expect(result).toMatchObject({
    verdict: 'blocked',
    blocker: {
      cause: 'entity-deleted',
      message: `an earlier step deleted the ${role}, which this step needs: restore it first`,
    },
  })
  expect(changes.at(-1)).toMatchObject({ change: 'restore' })
})

test('a mapped site, which has no entities of the suite, skips the cases with a typed reason', async () => {
  const target = referenceTarget({ profile: 'ideal' })
  const info = await target.start(() => undefined)
  target.stop()
  const mapped: TargetInfo = {
    ...info,
    mapped: true,
    capabilities: info.capabilities.filter((capability) => capability !== 'site.own-entities'),
  }
  const reason = skipReason(declared([c.codeGrant({ as: 'flow' }), c.changeUser('block'), c.refresh('flow')]), mapped)
  expect(reason).toEqual({ kind: 'capability', capability: 'site.own-entities' })
  expect(reason && describeReason(reason)).toBe('needs site.own-entities')
})

test('cases that change the same few entities run one after the other; cron that removes what expired does not wait for them', async () => {
  const checks = (await allChecks()).filter(({ group }) => group === 'life-cycle')
  const { concurrent, serial } = schedule(checks)
  const changing = checks.filter(({ when }) =>
    when.some((step) => step.do === 'changeUser' || step.do === 'changeConsumer'),
  )
  expect(changing.length).toBeGreaterThan(60)
  expect(serial).toEqual(expect.arrayContaining(changing))
  expect(concurrent.map(({ contract }) => contract)).toContain('life-cycle.cron-removes-expired-tokens')
  for (const { contract, given, when } of await allChecks())
    if (!contract.startsWith('life-cycle.')) expect(JSON.stringify([given, when]), contract).not.toMatch(/"temporary/u)
})
