import type { Registration, State } from './state.ts'

/** Dynamic client registration (RFC 7591), and its management (RFC 7592). */
export interface RegistrationMechanisms {
  /** Whether the server has the two endpoints. */
  readonly registration: boolean
  readonly registrationStatus: number
  /** The metadata in a request; null if they are invalid. */
  readonly registrationMetadata: (text: string) => Record<string, unknown> | null
  readonly registrableRedirectUri: (uri: string) => boolean
  /** Why metadata are rejected; null registers a client. */
  readonly registrationError: (
    metadata: Record<string, unknown>,
    mechanisms: RegistrationMechanisms,
  ) => 'redirect-uri' | 'metadata' | null
  /** The error of a rejected registration (RFC 7591 §3.2.2). */
  readonly registrationErrorCode: (reason: 'redirect-uri' | 'metadata') => string
  readonly registeredId: (metadata: Record<string, unknown>) => string
  /** The grants that a registered client may use, of those requested. */
  readonly registeredGrants: (asked: readonly string[]) => readonly string[]
  readonly registeredRedirectUris: (asked: readonly string[]) => readonly string[]
  /** Whether a client with such metadata gets a secret. */
  readonly secretForRegistered: (confidential: boolean) => boolean
  readonly registrationResponse: (members: Record<string, unknown>) => Record<string, unknown>
  readonly registrationTokenMatches: (registration: Registration, token: string | null, state: State) => boolean
  readonly unregister: (state: State, clientId: string) => void
}
