import type { Check } from '../../helpers/contract/case.ts'
import { Runner } from '../../helpers/contract/runner.ts'
import type { CheckResult } from '../../helpers/model/result.ts'
import { collect, upgradeFiles } from '../../helpers/plan/collect.ts'
import { referenceTarget, type ReferenceTargetOptions } from '../../helpers/targets/reference-target.ts'

export const upgradeChecks = async (): Promise<readonly Check[]> => (await collect(upgradeFiles())).checks

/** The results of contracts about an upgrade, for an upgrade of the reference server. */
export async function runUpgrade(
  profile: ReferenceTargetOptions['profile'],
  fault: string | null,
  checks: readonly Check[],
): Promise<CheckResult[]> {
  const upgradeTo = { profile, ...(fault === null ? {} : { fault }) }
  const target = referenceTarget({ profile, upgradeTo })
  const plan = {
    profile: 'default',
    knownIssues: [],
    requestTimeout: 10_000,
    checkTimeout: 60_000,
    changeSite: (request) => target.changeSite(request),
    errorLog: () => Promise.resolve(target.errorLog()),
  } satisfies Partial<ConstructorParameters<typeof Runner>[0]>
  const results: CheckResult[] = []
  try {
    const before = new Runner({ ...plan, target: await target.start(() => undefined) })
    // As a file, to show that it is plain JSON.
    const kept = JSON.parse(JSON.stringify(await before.keep(checks))) as Awaited<ReturnType<Runner['keep']>>
    await before.close()
    if (!target.upgrade) throw new Error('the target cannot be upgraded')
    const after = new Runner({ ...plan, target: await target.upgrade(() => undefined), kept })
    await after.run(checks, (result) => results.push(result))
    await after.close()
  } finally {
    target.stop()
  }
  return results
}
