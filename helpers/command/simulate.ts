import type { Check } from '../contract/case.ts'
import { Runner } from '../contract/runner.ts'
import type { Expectation } from '../judge/expectation.ts'
import { judge } from '../judge/judge.ts'
import type { Outcome } from '../judge/outcome.ts'
import type { CheckResult } from '../model/result.ts'
import type { Finding } from '../model/verdict.ts'
import { referenceTarget } from '../targets/reference-target.ts'

/** Stands for the address of the site in what is shown. */
export const anySite = 'https://site.example'

/** Runs one check against the embedded server that meets the standards, to show what the check does: it says nothing of any site. */
export async function simulate(check: Check): Promise<CheckResult> {
  const target = referenceTarget({ profile: 'ideal' })
  const info = await target.start(() => undefined)
  const session = new Runner({
    target: info,
    profile: 'default',
    knownIssues: [],
    requestTimeout: 10_000,
    checkTimeout: 60_000,
    changeSite: (request) => target.changeSite(request),
    errorLog: () => Promise.resolve(target.errorLog()),
  })
  let result: CheckResult | undefined
  try {
    await session.run([check], (one) => (result = one))
  } finally {
    await session.close()
    target.stop()
  }
  if (!result) throw new Error(`${check.contract} ended without a result`)
  const host = new URL(info.baseUrl).host
  const text = JSON.stringify(result).replaceAll(info.baseUrl, anySite).replaceAll(host, new URL(anySite).host)
  return JSON.parse(text) as CheckResult
}

/** What the judge looks at, in its own words; of a check that came to no judgement what it would look at first. */
export async function expectedOf(check: Check, { findings }: CheckResult): Promise<readonly Finding[]> {
  if (findings.length > 0) return findings
  const context = {
    severity: check.severity,
    accessTokenLifetime: 0,
    clientId: '',
    userId: '',
    baseUrl: anySite,
    value: () => '',
    scopeName: (role: string) => role,
    keys: () => undefined,
  }
  const judged = check.then.map((expectation: Expectation) => judge(expectation, nothing, context))
  return (await Promise.all(judged)).flat()
}

const nothing: Outcome = {
  kind: 'changeSite',
  exchanges: [],
  last: null,
  callback: null,
  page: null,
  values: {},
  basic: false,
}
