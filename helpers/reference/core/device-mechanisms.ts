import type { Account, Client } from './data.ts'
import type { DeviceCode, State } from './state.ts'

/** RFC 8628 §3.4. */
export const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code'

/** Checks when a device requests its tokens, in this order. */
export type DeviceCheck = 'client' | 'lifetime' | 'used' | 'denied' | 'pending'

/** Device authorization (RFC 8628). */
export interface DeviceMechanisms {
  /** Whether the server has the endpoint, the verification page and the grant. */
  readonly device: boolean
  readonly deviceAuthenticates: (client: Client) => boolean
  readonly deviceCodeValue: () => string
  /** Seconds. */
  readonly deviceCodeLifetime: number
  readonly deviceResponse: (members: Record<string, unknown>) => Record<string, unknown>
  /** Whether the verification page is shown without a login. */
  readonly devicePageIsOpen: boolean
  /** Stores the decision of a user. */
  readonly decideDevice: (code: DeviceCode, decision: 'allow' | 'deny', account: Account) => void
  /** The device code that a token request means; `value` is null if it has none. */
  readonly storedDeviceCode: (state: State, value: string | null) => DeviceCode | undefined
  readonly deviceChecks: readonly DeviceCheck[]
  readonly deviceCodeBelongsTo: (code: DeviceCode, client: Client) => boolean
  readonly deviceCodeIsCurrent: (code: DeviceCode, now: number) => boolean
  readonly consumeDeviceCode: (code: DeviceCode) => void
}
