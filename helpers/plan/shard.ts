import type { Check } from '../contract/case.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { contractsOf } from './contracts.ts'

/** Part `index` of `count`, counted from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/**
 * Reads `2/3`.
 * @throws SettingsError
 */
export function readShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^([1-9]\d{0,3})\/([1-9]\d{0,3})$/u.exec(text) ?? []).map(Number)
  if (index < 1 || index > count)
    throw new SettingsError(
      'bad-value',
      `"${text}" is not a shard. Write I/N, from 1/N to N/N: --shard 2/3 is the second of three.`,
    )
  return { index, count }
}

/**
 * The checks of one shard. The split is the same on every machine; a contract is never divided, and each goes to the shard with the fewest
 * checks so far.
 */
export function checksOfShard(checks: readonly Check[], { index, count }: Shard): Check[] {
  const loads = Array.from({ length: count }, () => 0)
  const mine = new Set<string>()
  for (const { id, checks: own } of contractsOf(checks)) {
    const least = loads.indexOf(Math.min(...loads))
    loads[least] = (loads[least] ?? 0) + own.length
    if (least === index - 1) mine.add(id)
  }
  return checks.filter(({ contract }) => mine.has(contract))
}
