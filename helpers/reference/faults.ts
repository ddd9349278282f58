import { answerFaults } from './faults/answers.ts'
import { clientFaults } from './faults/client.ts'
import { codeFaults } from './faults/code.ts'
import { consentFaults } from './faults/consent.ts'
import type { Fault } from './faults/fault.ts'
import { pkceFaults } from './faults/pkce.ts'
import { redirectFaults } from './faults/redirect.ts'
import { refreshFaults } from './faults/refresh.ts'
import { resourceFaults } from './faults/resource.ts'
import { tokenFaults } from './faults/token.ts'

export type { Fault } from './faults/fault.ts'

/** Every weakness the reference server can be told to have. */
export const faults: readonly Fault[] = [
  ...redirectFaults,
  ...consentFaults,
  ...pkceFaults,
  ...codeFaults,
  ...clientFaults,
  ...refreshFaults,
  ...tokenFaults,
  ...resourceFaults,
  ...answerFaults,
]

/** @throws {RangeError} for an unknown id, with all known ones. */
export function findFault(id: string): Fault {
  const fault = faults.find((known) => known.id === id)
  if (fault) return fault
  throw new RangeError(`no fault is called "${id}"; choose one of ${faults.map((known) => known.id).join(', ')}`)
}
