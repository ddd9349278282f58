import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'dotenv'
import type { TestProject } from 'vitest/node'
import { openBridge } from '../target/bridge.ts'
import { chooseTarget } from '../target/choose.ts'
import { readSettings } from '../target/settings.ts'
import { collect } from './collect.ts'
import { chooseDeviations } from './ledger.ts'
import { planOf, readLedgers } from './plan.ts'

/** For editors and `npx vitest`: the same target, ledger and worker as the command, one check at a time. */
export async function setup(project: TestProject): Promise<() => void> {
  const dotenv = existsSync('.env') ? parse(readFileSync('.env')) : {}
  const { settings } = readSettings([], process.env, dotenv)
  const { checks } = await collect()
  const target = chooseTarget(settings, process.env)
  process.once('exit', () => {
    target.stop()
  })
  const info = await target.start(() => undefined)
  const bridge = await openBridge(target, () => undefined)
  const ledger = chooseDeviations(readLedgers(settings, checks), info.versions, new Date())
  project.provide('plan', planOf(settings, info, bridge.address, ledger, null))
  return () => {
    bridge.close()
    target.stop()
  }
}
