import type { Mechanisms } from './core/mechanisms.ts'
import type { Service } from './core/service.ts'
import { findFault, findUpgradeFault, isUpgradeFault } from './faults/index.ts'

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
  const { carry, alter } =
    fault === undefined
      ? {}
      : isUpgradeFault(fault)
        ? findUpgradeFault(fault)
        : { ...findFault(fault), carry: undefined }
  await carry?.(state)
  state.permissionCache.clear()
  return { state, mechanisms: alter?.(profile) ?? profile, labels }
}
