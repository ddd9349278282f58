import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from '../contract/case.ts'
import type { Deviation } from '../judge/conclude.ts'
import type { BridgeAddress } from '../target/bridge.ts'
import type { Settings } from '../target/settings.ts'
import type { TargetInfo } from '../target/target.ts'
import { readLedger, type LedgerEntry } from './ledger.ts'
import { packageRoot } from './package.ts'
import type { Plan } from './worker.ts'

/** The ledger of released versions and the user's own ones. */
export function readLedgers(settings: Settings, checks: readonly Check[]): LedgerEntry[] {
  const known = new Set(checks.map((check) => check.contract))
  const shipped = join(packageRoot, 'fixtures', 'deviations', 'simple-oauth.yaml')
  return [shipped, ...settings.ledger].flatMap((file) => readLedger(file, known))
}

export function planOf(
  settings: Settings,
  target: TargetInfo,
  bridge: BridgeAddress,
  ledger: readonly Deviation[],
  checks: readonly Check[] | null,
): Plan {
  return {
    target,
    bridge,
    profile: settings.profile,
    ledger,
    requestTimeout: settings.requestTimeout * 1000,
    checkTimeout: settings.checkTimeout * 1000,
    ca: settings.ca === null ? null : readFileSync(settings.ca, 'utf8'),
    checks,
  }
}
