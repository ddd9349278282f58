import { addressFaults } from './address.ts'
import { answerFaults } from './answers.ts'
import { clientFaults } from './client.ts'
import { clientsFaults } from './clients.ts'
import { browserFaults } from './browser.ts'
import { codeFaults } from './code.ts'
import { contentFaults } from './content.ts'
import { consentFaults } from './consent.ts'
import { authorizationFaults } from './authorization.ts'
import { claimFaults } from './claims.ts'
import type { Fault } from './fault.ts'
import { deviceFaults } from './device.ts'
import { registrationFaults } from './registration.ts'
import { isolationFaults } from './isolation.ts'
import { signatureFaults } from './signature.ts'
import { requestFaults } from './request.ts'
import { openidRequestFaults } from './openid-request.ts'
import { openidFaults } from './openid.ts'
import { pkceFaults } from './pkce.ts'
import { redirectFaults } from './redirect.ts'
import { refreshFaults } from './refresh.ts'
import { revocationFaults } from './revocation.ts'
import { resourceFaults } from './resource.ts'
import { tokenFaults } from './token.ts'
import { upgradeFaults, type UpgradeFault } from './upgrade.ts'

export type { Fault } from './fault.ts'
export { upgradeFaults, type UpgradeFault } from './upgrade.ts'

/** Every fault that the reference server can be given. */
export const faults: readonly Fault[] = [
  ...addressFaults,
  ...redirectFaults,
  ...authorizationFaults,
  ...consentFaults,
  ...pkceFaults,
  ...codeFaults,
  ...clientFaults,
  ...requestFaults,
  ...refreshFaults,
  ...claimFaults,
  ...tokenFaults,
  ...signatureFaults,
  ...resourceFaults,
  ...isolationFaults,
  ...contentFaults,
  ...browserFaults,
  ...openidFaults,
  ...revocationFaults,
  ...deviceFaults,
  ...registrationFaults,
  ...openidRequestFaults,
  ...answerFaults,
  ...clientsFaults,
]

/** @throws {RangeError} for an unknown ID, with a list of the valid ones. */
export function findFault(id: string): Fault {
  const fault = faults.find((known) => known.id === id)
  if (fault) return fault
  throw new RangeError(`"${id}" is not a fault. "simple-oauth-contract reference --list-faults" lists all faults.`)
}

export const isUpgradeFault = (id: string): boolean => upgradeFaults.some((known) => known.id === id)

/** @throws {RangeError} for an unknown ID. */
export function findUpgradeFault(id: string): UpgradeFault {
  const fault = upgradeFaults.find((known) => known.id === id)
  if (fault) return fault
  throw new RangeError(`"${id}" is not a fault of an upgrade.`)
}
