import { isObject, type Json } from '../model/verdict.ts'
import { json, member } from '../judge/outcome.ts'
import type { ClientInfo } from '../model/target.ts'
import { runAuthorize } from './authorization-request.ts'
import type { CaseState, StepResult } from './case-state.ts'
import { get } from './get.ts'
import { exchange } from './grants.ts'
import type { MetadataStep } from './steps.ts'

/** Members that contain addresses of the authorization server (RFC 8414 §2, OpenID Connect Discovery 1.0 §3, RFC 8628 §4). */
const addresses = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'registration_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'userinfo_endpoint',
  'device_authorization_endpoint',
  'pushed_authorization_request_endpoint',
  'end_session_endpoint',
] as const

/**
 * Reads the metadata and tries what it advertises. `metadata.elsewhere`: members with an address outside the site, which is never
 * requested; `metadata.missing`: members whose address is not found; `metadata.broken`: values of one member that the server rejects.
 */
export async function readMetadata(caseState: CaseState, step: MetadataStep, path: string): Promise<StepResult> {
  const result = await get(caseState, 'document', caseState.url(path))
  const document = json(result.outcome)
  if (result.outcome.last?.response.status !== 200 || !isObject(document)) return result
  const facts =
    step.try === undefined ? await tryAddresses(caseState, document) : await tryValues(caseState, document, step.try)
  return { ...result, outcome: { ...result.outcome, facts } }
}

async function tryAddresses(caseState: CaseState, document: Json): Promise<Readonly<Record<string, Json>>> {
  const { baseUrl } = caseState.environment.target
  const named = addresses.flatMap((name) => {
    const url = member(document, name)
    return url === undefined ? [] : [[name, url] as const]
  })
  const own = named.flatMap(([name, url]) => {
    const place = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null
    return place?.origin === new URL(baseUrl).origin ? [[name, place.href] as const] : []
  })
  const ownNames = new Set<string>(own.map(([name]) => name))
  const missing: string[] = []
  for (const [name, url] of own) {
    const { response } = await caseState.send({ method: 'GET', url })
    // An endpoint that accepts only POST answers 405.
    if ([404, 410].includes(response.status)) missing.push(name)
  }
  return {
    'metadata.elsewhere': named.flatMap(([name]) => (ownNames.has(name) ? [] : name)),
    'metadata.missing': missing,
  }
}

/** Whether the server supports an advertised value; null if the suite cannot try it. */
type Attempt = (caseState: CaseState, value: string, client: ClientInfo) => Promise<boolean | null>

const attempts: Readonly<Record<NonNullable<MetadataStep['try']>, Attempt>> = {
  response_types_supported: async (caseState, value, client) => {
    const scope = [...client.requests, ...(value.includes('id_token') ? ['openid'] : [])].join(' ')
    const { outcome } = await runAuthorize(
      caseState,
      { do: 'authorize', params: { response_type: value, scope, nonce: 'n-0S6_WzA2Mj' } },
      client,
    )
    const answered = outcome.callback?.params ?? {}
    // RFC 6749 §4.1.2.1: the server supports the type, but this client may not use it.
    if (answered['error'] === 'unauthorized_client') return null
    return value.split(' ').every((part) => answered[part === 'token' ? 'access_token' : part] !== undefined)
  },
  code_challenge_methods_supported: async (caseState, value, client) => {
    if (value !== 'S256' && value !== 'plain') return null
    const plain = { code_challenge: { $: 'ref', of: 'this.code_verifier' }, code_challenge_method: value } as const
    const flow = await runAuthorize(
      caseState,
      { do: 'authorize', ...(value === 'plain' ? { params: plain } : {}) },
      client,
    )
    if (flow.outcome.values['code'] === undefined) return false
    const tokens = await exchange(caseState, { do: 'exchange', of: '' }, flow)
    return member(json(tokens.outcome), 'access_token') !== undefined
  },
}

async function tryValues(
  caseState: CaseState,
  document: Json,
  name: NonNullable<MetadataStep['try']>,
): Promise<Readonly<Record<string, Json>>> {
  const values = member(document, name)
  if (!Array.isArray(values)) return {}
  const broken: string[] = []
  for (const value of new Set(values.filter((one) => typeof one === 'string')))
    if ((await attempts[name](caseState, value, caseState.client())) === false) broken.push(value)
  return { 'metadata.broken': broken }
}
