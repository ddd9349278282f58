import type { Mechanisms } from './core/mechanisms.ts'
import type { Service } from './core/service.ts'
import type { UpgradeFault } from './faults/index.ts'

/**
 * A service that continues with the data another one stored, as a new release does on the same database.
 * @param fault Of the new server, or of the upgrade itself.
 * @throws {RangeError} for an unknown fault.
 */
export async function upgradeService(
  { state, labels }: Service,
  profile: Mechanisms,
  fault?: string,
): Promise<Service> {
  const { carry, alter } = fault === undefined ? {} : await changeBy(fault)
  await carry?.(state)
  state.permissionCache.clear()
  return { state, mechanisms: alter?.(profile) ?? profile, labels }
}

async function changeBy(fault: string): Promise<Pick<UpgradeFault, 'alter' | 'carry'>> {
  const { findFault, findUpgradeFault, isUpgradeFault } = await import('./faults/index.ts')
  return isUpgradeFault(fault) ? findUpgradeFault(fault) : { alter: findFault(fault).alter }
}
