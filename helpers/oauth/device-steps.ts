import type { UserRole } from '../../fixtures/roles.ts'
import type { Common } from './common-step.ts'
import type { TokenOptions } from './token-steps.ts'

/** A device authorization request (RFC 8628 §3.1). */
export interface DeviceAuthorizationStep<Name extends string = string> extends TokenOptions<Name> {
  readonly do: 'deviceAuthorization'
}

/** The user who opens the verification page, types the code that the device shows, and decides (RFC 8628 §3.3). */
export interface VerifyUserCodeStep extends Common {
  readonly do: 'verifyUserCode'
  readonly of: string
  readonly user?: UserRole
  /** `none`: a browser in which nobody is logged in. */
  readonly session?: 'shared' | 'none'
  readonly decision?: 'allow' | 'deny'
}

/** A token request with the device code (RFC 8628 §3.4). */
export interface PollStep<Name extends string = string> extends TokenOptions<Name> {
  readonly do: 'poll'
  readonly of: string
  /** `decided`: polls again after each interval while the server says that the user has not decided yet, at most `mostPolls` times. */
  readonly until?: 'decided'
}

/** A server that never decides must not block the run. */
export const mostPolls = 3
