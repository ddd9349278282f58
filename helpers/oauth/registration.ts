import { TransportError } from '../http/client.ts'
import { json, member, type Outcome } from '../judge/outcome.ts'
import type { Exchange } from '../model/exchange.ts'
import type { ClientInfo } from '../model/target.ts'
import { isObject, type Json } from '../model/verdict.ts'
import { BlockedError, NotMappedError, type CaseState, type StepResult } from './case-state.ts'
import { emptyOutcome } from './get.ts'
import { requireResolved } from './grants.ts'
import { resolve } from './resolve.ts'
import type { ManageRegistrationStep, RegisterStep } from './steps.ts'
import type { Single } from './values.ts'

type Metadata = Readonly<Record<string, Json>>

/**
 * Registers a client like the case's client, but public unless the step says otherwise (RFC 7591 §3.1).
 * @throws NotMappedError if the server has no such endpoint.
 */
export async function register(caseState: CaseState, step: RegisterStep, as: ClientInfo): Promise<StepResult> {
  const { registration: path } = caseState.environment.target.endpoints
  if (path === undefined) throw new NotMappedError({ kind: 'capability', capability: 'registration' })
  const metadata = metadataOf(caseState, step, as)
  const last = await caseState.send({
    method: 'POST',
    url: caseState.url(path),
    headers: [
      ['content-type', 'application/json'],
      ['accept', 'application/json'],
    ],
    body: step.body === undefined ? JSON.stringify(metadata) : resolve(step.body, caseState),
  })
  const outcome = outcomeOf(last)
  remember(caseState, outcome)
  return { outcome, client: clientOf(outcome, metadata, as), at: performance.now() }
}

/** Leaves out members that are `null`, and resolves references to earlier steps. */
function metadataOf(caseState: CaseState, step: RegisterStep, { redirectUris }: ClientInfo): Metadata {
  const changes = (requireResolved(step.metadata) ?? {}) as Metadata
  const all: Metadata = {
    client_name: 'contract_registered',
    redirect_uris: [...redirectUris],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    ...changes,
  }
  return Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [
        name,
        isObject(value) && '$' in value ? resolve(value as unknown as Single, caseState) : value,
      ]),
  )
}

/** The registered client for later steps; null if none was registered. */
function clientOf({ values }: Outcome, metadata: Metadata, as: ClientInfo): ClientInfo | null {
  const { client_id, client_secret } = values
  if (client_id === undefined) return null
  const { redirect_uris: uris } = metadata
  const { client_secret: _, ...rest } = as
  return {
    ...rest,
    client_id,
    ...(client_secret === undefined ? {} : { client_secret }),
    confidential: metadata['token_endpoint_auth_method'] !== 'none',
    redirectUris: Array.isArray(uris) ? uris.filter((uri) => typeof uri === 'string') : [],
  }
}

function outcomeOf(last: Exchange): Outcome {
  const outcome: Outcome = { ...emptyOutcome('token'), exchanges: [last], last }
  const body = json(outcome)
  const strings = isObject(body)
    ? Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    : []
  return { ...outcome, values: Object.fromEntries(strings) }
}

function remember(caseState: CaseState, { values }: Outcome): void {
  const { registration_client_uri: url, registration_access_token: token } = values
  if (url !== undefined && token !== undefined && isOwn(caseState, url)) caseState.registrations.push({ url, token })
}

const isOwn = (caseState: CaseState, url: string): boolean =>
  URL.canParse(url) && url.startsWith(`${caseState.environment.target.baseUrl}/`)

/**
 * A request to the address of a registration (RFC 7592 §2).
 * @throws NotMappedError if the server returned no address and token, or an address on another host, which is never requested.
 */
export async function manageRegistration(caseState: CaseState, step: ManageRegistrationStep): Promise<StepResult> {
  const { client, outcome: registered } = caseState.result(step.of)
  const { registration_client_uri: url, registration_access_token: own } = registered.values
  if (url === undefined || own === undefined || !isOwn(caseState, url))
    throw new NotMappedError({ kind: 'capability', capability: 'registration.management' })
  const token = step.token === undefined ? own : step.token === null ? null : resolve(step.token, caseState)
  const method = step.method === undefined ? 'GET' : resolve(step.method, caseState)
  const last = await send(caseState, method, url, token)
  if (member(json(registered), 'client_id') === undefined)
    throw new BlockedError('not-registered', 'no client was registered')
  return { outcome: outcomeOf(last), client, at: performance.now() }
}

const send = (caseState: CaseState, method: string, url: string, token: string | null): Promise<Exchange> =>
  caseState.send({
    ...{ method, url },
    headers: [
      ['accept', 'application/json'],
      ...(token === null ? [] : [['authorization', `Bearer ${token}`] as const]),
    ],
  })

/** Deletes what the case registered (RFC 7592 §2.3). If the server does not allow it, the client stays; no verdict depends on that. */
export async function unregister(caseState: CaseState): Promise<void> {
  for (const { url, token } of caseState.registrations.splice(0))
    try {
      await send(caseState, 'DELETE', url, token)
    } catch (error) {
      if (!(error instanceof TransportError) && !(error instanceof BlockedError)) throw error
    }
}
