import { redirects, consents } from './authorization.ts'
import { proofs, codes, clients, refreshes } from './grants.ts'
import { tokens, isolation } from './tokens.ts'
import { resources } from './resources.ts'
import { answers, edges } from './answers.ts'
import { addresses } from './addresses.ts'
import { browsers, contents } from './browsers.ts'
import { habits } from './client-habits.ts'
import { connections } from './connections.ts'
import { devices, registrations } from './devices.ts'
import { accounts, besides, consumers, moments } from './life-cycle.ts'
import { revocations } from './revocations.ts'

/** Requests that a weakness should answer differently, by the files of faults they are for. */
export const probes = {
  addresses,
  redirects,
  consents,
  proofs,
  codes,
  clients,
  refreshes,
  tokens,
  resources,
  isolation,
  contents,
  browsers,
  connections,
  revocations,
  devices,
  registrations,
  habits,
  accounts,
  consumers,
  moments,
  besides,
  answers,
  edges,
}
