import type { Mechanisms } from '../core/mechanisms.ts'
import { deviceGrantType } from '../core/device-mechanisms.ts'
import { simpleOauth } from './simple-oauth.ts'

/**
 * Simple OAuth with all modules of simple_oauth_21: its addresses, its metadata (RFC 8414, RFC 9728), its form for device codes.
 * Revocation, introspection, devices and registration behave as the standards require: how released modules fail there is withheld
 * (fixtures/withheld.ts).
 */
export const simpleOauth21: Mechanisms = {
  ...simpleOauth,
  tokenEndpoints: true,
  device: true,
  registration: true,
  resourceMetadata: (origin) => ({
    resource: origin,
    authorization_servers: [origin],
    bearer_methods_supported: ['header'],
  }),
  metadata: (origin) => ({
    // Of the host alone, without the port.
    issuer: `http://${new URL(origin).hostname}`,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    jwks_uri: `${origin}/oauth/jwks`,
    userinfo_endpoint: `${origin}/oauth/userinfo`,
    revocation_endpoint: `${origin}/oauth/revoke`,
    introspection_endpoint: `${origin}/oauth/introspect`,
    registration_endpoint: `${origin}/oauth/register`,
    device_authorization_endpoint: `${origin}/oauth/device_authorization`,
    response_types_supported: ['code', 'id_token'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token', deviceGrantType],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  }),
}
