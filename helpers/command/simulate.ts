import type { Check } from '../contract/case.ts'
import { Runner } from '../contract/runner.ts'
import type { CheckResult } from '../model/result.ts'
import { referenceTarget } from '../targets/reference-target.ts'

/** Stands for the address of the site in what is shown. */
export const anySite = 'https://site.example'

/** Runs one check against the embedded server that meets the standards, to show what the check does: it says nothing of any site. */
export async function simulate(check: Check): Promise<CheckResult> {
  const target = referenceTarget({ profile: 'ideal' })
  const info = await target.start(() => undefined)
  const runner = new Runner({
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
    await runner.run([check], (judged) => (result = judged))
  } finally {
    await runner.close()
    target.stop()
  }
  if (!result) throw new Error(`${check.contract} ended without a result`)
  const host = new URL(info.baseUrl).host
  const text = JSON.stringify(result).replaceAll(info.baseUrl, anySite).replaceAll(host, new URL(anySite).host)
  return JSON.parse(text) as CheckResult
}
