import type { Check } from '../contract/case.ts'
import type { Kept } from '../contract/kept.ts'
import { Runner } from '../contract/runner.ts'
import type { RunnerOptions } from '../contract/runner-options.ts'
import type { CheckResult } from '../model/result.ts'
import type { SiteChange } from '../model/target.ts'
import { referenceTarget } from '../targets/reference-target.ts'

/** Stands for the address of the site in what is shown. */
export const anySite = 'https://site.example'

/** Runs one check against the embedded server that meets the standards, to show what the check does: it says nothing of any site. */
export async function simulate(check: Check): Promise<CheckResult> {
  const target = referenceTarget({ profile: 'ideal' })
  const info = await target.start(() => undefined)
  const plan = {
    target: info,
    profile: 'default',
    knownIssues: [],
    requestTimeout: 10_000,
    checkTimeout: 60_000,
    changeSite: (request: SiteChange) => target.changeSite(request),
    errorLog: () => Promise.resolve(target.errorLog()),
  } satisfies RunnerOptions
  let result: CheckResult | undefined
  // An upgrade that changes nothing lies between the steps before it and the others.
  const kept = check.before ? await keep(plan, check) : undefined
  const runner = new Runner({ ...plan, ...(kept ? { kept } : {}) })
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

async function keep(plan: RunnerOptions, check: Check): Promise<Kept> {
  const runner = new Runner(plan)
  try {
    return await runner.keep([check])
  } finally {
    await runner.close()
  }
}
