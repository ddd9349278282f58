import { randomBytes } from 'node:crypto'
import type { Client } from '../core/data.ts'
import type { Members } from '../core/mechanisms.ts'
import { answer, type Answer, type Incoming } from '../core/message.ts'
import type { Service } from '../core/service.ts'

const json: Answer['headers'] = [
  ['Content-Type', 'application/json'],
  ['Cache-Control', 'no-store'],
]

const secret = (): string => randomBytes(32).toString('base64url')

const strings = (value: unknown, usual: readonly string[]): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : usual

/** The client registration endpoint (RFC 7591 §3). */
export function answerRegistration(service: Service, incoming: Incoming): Answer {
  const { state, mechanisms } = service
  const metadata = mechanisms.registrationMetadata(incoming.text)
  const reason = metadata === null ? 'metadata' : mechanisms.registrationError(metadata, mechanisms)
  if (metadata === null || reason !== null)
    return answer(400, JSON.stringify({ error: mechanisms.registrationErrorCode(reason ?? 'metadata') }), json)
  const client = clientOf(service, metadata)
  const token = secret()
  const { client_id, client_secret, redirectUris: redirect_uris, grantTypes: grant_types } = client
  const members = {
    ...{ client_id, client_name: client.label, redirect_uris, grant_types },
    response_types: ['code'],
    token_endpoint_auth_method: client.confidential ? 'client_secret_basic' : 'none',
    client_id_issued_at: Math.floor(Date.now() / 1000),
  }
  state.data = { ...state.data, clients: [...state.data.clients, client] }
  state.registrations.set(client_id, { token, members })
  const issued = mechanisms.registrationResponse({
    ...members,
    ...(client_secret === undefined ? {} : { client_secret, client_secret_expires_at: 0 }),
    registration_access_token: token,
    registration_client_uri: `${incoming.origin}/oauth/register/${client_id}`,
  })
  return answer(mechanisms.registrationStatus, JSON.stringify(issued), json)
}

function clientOf({ mechanisms }: Service, metadata: Members): Client {
  const confidential = metadata['token_endpoint_auth_method'] !== 'none'
  const uris = strings(metadata['redirect_uris'], [])
  return {
    client_id: mechanisms.registeredId(metadata),
    label: typeof metadata['client_name'] === 'string' ? metadata['client_name'] : 'Registered client',
    ...(mechanisms.secretForRegistered(confidential) ? { client_secret: secret() } : {}),
    confidential,
    pkce: true,
    grantTypes: mechanisms.registeredGrants(strings(metadata['grant_types'], ['authorization_code'])),
    redirectUris: mechanisms.registeredRedirectUris(uris),
    accessTokenLifetime: 300,
    refreshTokenLifetime: 3600,
    scopes: [],
  }
}

/** The address of one registration (RFC 7592 §2). */
export function answerManagement(service: Service, incoming: Incoming): Answer {
  const { state, mechanisms } = service
  const clientId = decodeURIComponent(incoming.path.split('/').at(-1) ?? '')
  const registration = state.registrations.get(clientId)
  const token = /^Bearer (.+)$/.exec(incoming.headers.get('authorization') ?? '')?.[1] ?? null
  if (!registration || !mechanisms.registrationTokenMatches(registration, token, state))
    return answer(401, '{"error":"invalid_token"}', [['WWW-Authenticate', 'Bearer error="invalid_token"'], ...json])
  if (incoming.method !== 'DELETE') return answer(200, JSON.stringify(registration.members), json)
  mechanisms.unregister(state, clientId)
  return answer(204, '')
}
