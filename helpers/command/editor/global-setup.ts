import type { TestProject } from 'vitest/node'
import { openBridge } from '../../targets/bridge.ts'
import { chooseTarget } from '../../targets/choose.ts'
import { readDotenv, readSettings } from '../../settings/settings.ts'
import { collect, specFiles } from '../../plan/collect.ts'
import { applicableKnownIssues } from '../../plan/known-issues.ts'
import { planOf, readAllKnownIssues } from '../../plan/plan.ts'
import { siteContext } from '../../plan/run-context.ts'

/** For editors and `npx vitest`: the same target, knownIssues and session as the command, one check at a time. */
export async function setup(project: TestProject): Promise<() => void> {
  const dotenv = readDotenv('.env')
  const { settings, site, ca } = siteContext(readSettings([], process.env, dotenv), { ...dotenv, ...process.env })
  const { checks } = await collect(specFiles(settings.contracts))
  const entries = readAllKnownIssues(settings, checks)
  const target = await chooseTarget(settings, process.env, { site, ca })
  process.once('exit', () => {
    target.stop()
  })
  const info = await target.start(() => undefined)
  const bridge = await openBridge(target)
  const knownIssues = applicableKnownIssues(entries, info.versions, new Date())
  project.provide('plan', planOf(settings, { target: info, knownIssues, ca }))
  project.provide('bridge', bridge.address)
  return () => {
    bridge.close()
    target.stop()
  }
}
