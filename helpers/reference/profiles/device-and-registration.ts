import { randomBytes } from 'node:crypto'
import type { DeviceMechanisms } from '../core/device-mechanisms.ts'
import type { Members } from '../core/mechanisms.ts'
import type { RegistrationMechanisms } from '../core/registration-mechanisms.ts'

const random = (): string => randomBytes(32).toString('base64url')
const loopback = /^(?:127\.0\.0\.1|\[::1\]|localhost)$/
const supportedMethods: readonly unknown[] = [undefined, 'none', 'client_secret_basic', 'client_secret_post']

/** RFC 7591 §5: https, http on the loopback address, or a private-use scheme (RFC 8252 §7.1: with a period). No fragment. */
function registrableRedirectUri(uri: string): boolean {
  if (!URL.canParse(uri) || uri.includes('#')) return false
  const { protocol, hostname } = new URL(uri)
  if (protocol === 'http:') return loopback.test(hostname)
  return protocol === 'https:' || protocol.includes('.')
}

function metadataIn(text: string): Members | null {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Members) : null
  } catch {
    return null
  }
}

/** Device authorization (RFC 8628) and registration (RFC 7591, RFC 7592), as the standards require them; Simple OAuth has neither. */
export const deviceAndRegistration: DeviceMechanisms & RegistrationMechanisms = {
  device: false,
  deviceAuthenticates: (client) => client.confidential,
  deviceCodeValue: random,
  // As short as the lifetimes of the client whose expiry is waited for.
  deviceCodeLifetime: 6,
  deviceResponse: (members) => members,
  devicePageIsOpen: false,
  decideDevice: (code, decision, account) => {
    code.decision = decision
    code.user = account
  },
  storedDeviceCode: (state, value) => (value === null ? undefined : state.deviceCodes.get(value)),
  deviceChecks: ['client', 'lifetime', 'used', 'denied', 'pending'],
  deviceCodeBelongsTo: (code, client) => code.clientId === client.client_id,
  deviceCodeIsCurrent: (code, now) => now < code.expires,
  consumeDeviceCode: (code) => {
    code.used = true
  },
  registration: false,
  registrationStatus: 201,
  registrationMetadata: metadataIn,
  registrableRedirectUri,
  registrationError: (metadata, mechanisms) => {
    const { redirect_uris: uris } = metadata
    if (!Array.isArray(uris) || uris.length === 0) return 'metadata'
    if (!supportedMethods.includes(metadata['token_endpoint_auth_method'])) return 'metadata'
    const all: readonly unknown[] = uris
    return all.every((uri) => typeof uri === 'string' && mechanisms.registrableRedirectUri(uri)) ? null : 'redirect-uri'
  },
  registrationErrorCode: (reason) => (reason === 'metadata' ? 'invalid_client_metadata' : 'invalid_redirect_uri'),
  registeredId: random,
  // RFC 9700 §2.1.2, §2.4: neither implicit nor password.
  registeredGrants: (asked) => asked.filter((grant) => grant === 'authorization_code' || grant === 'refresh_token'),
  registeredRedirectUris: (asked) => asked,
  secretForRegistered: (confidential) => confidential,
  registrationResponse: (members) => members,
  registrationTokenMatches: (registration, token) => registration.token === token,
  unregister: (state, clientId) => {
    state.registrations.delete(clientId)
    state.data = { ...state.data, clients: state.data.clients.filter(({ client_id }) => client_id !== clientId) }
  },
}
