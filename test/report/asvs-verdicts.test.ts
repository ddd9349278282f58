import { expect, test } from 'vitest'
import { asvsVerdicts } from '../../helpers/report/asvs-verdicts.ts'
import { check } from '../support/report-factory.ts'

test('each ASVS requirement has the verdicts of its contracts', () => {
  const results = [
    check({ contract: 'pkce.verifier-mismatch', verdict: 'fail' }),
    check({ contract: 'pkce.plain', variant: 'a' }),
    check({ contract: 'pkce.plain', variant: 'b' }),
    check({ contract: 'x-own.contract', verdict: 'fail' }),
  ]
  expect(asvsVerdicts(results)).toEqual([
    {
      ...{ requirement: '10.4.6', level: 2, checks: { fail: 1, pass: 2 } },
      contracts: { 'pkce.verifier-mismatch': { fail: 1 }, 'pkce.plain': { pass: 2 } },
    },
  ])
  expect(asvsVerdicts([check({ contract: 'x-own.contract' })])).toEqual([])
})
