import { createHash, randomBytes } from 'node:crypto'
import { nextOf } from '../../drupal/who-am-i.ts'
import type { HttpClient } from '../../http/client.ts'
import { type Exchange } from '../../model/exchange.ts'
import { firstLine, wordsOf } from '../../model/server-words.ts'
import { diagnose, type Diagnosed } from '../../diagnosis/diagnose.ts'
import { signsOf } from '../../diagnosis/signs.ts'
import { diagnoses } from '../../../fixtures/diagnoses.ts'
import { jsonMember } from './probe-site.ts'
import type { ClientInfo, Endpoints } from '../../model/target.ts'

/** What the site's responses show about a mapped consumer. */
export interface ClientFacts {
  /** Why the consumer cannot be used as mapped, with the member of the site file to correct. */
  readonly problem: { readonly member: string; readonly message: string } | null
  /** A problem of the site instead of the mapping. */
  readonly fault?: Diagnosed
  /** Differences from the role that may come from the site or from the mapping. */
  readonly notes: readonly string[]
}

interface MappedClient {
  readonly http: HttpClient
  readonly baseUrl: string
  readonly endpoints: Endpoints
  readonly client: ClientInfo
}

const none: ClientFacts = { problem: null, notes: [] }
const problem = (member: string, message: string): ClientFacts => ({ problem: { member, message }, notes: [] })

/**
 * Asks the site whether a consumer exists and fits its role, with requests that a browser or a misconfigured client could
 * send too. None of them is granted anything.
 */
export async function examineClient(mapped: MappedClient): Promise<ClientFacts> {
  const { client } = mapped
  const quotedId = JSON.stringify(client.client_id)
  if (!client.grantTypes.includes('authorization_code')) {
    if (await isUnknown(mapped)) return problem('client_id', unknown(quotedId))
    return client.client_secret === undefined ? none : machineSecret(mapped, quotedId)
  }
  const answer = await authorize(mapped, {})
  if (errorOf(answer, client) === 'invalid_client') {
    if (await isUnknown(mapped)) return problem('client_id', unknown(quotedId))
    const uri = JSON.stringify(client.redirectUris[0])
    return problem(
      'redirectUris',
      `the consumer ${quotedId} does not have the redirect URI ${uri}. Write it exactly as it is registered.`,
    )
  }
  const error = errorOf(answer, client)
  if (client.requests.length === 0 && wantsScope(answer, client))
    return problem(
      'client_id',
      `the consumer ${quotedId} requires scopes in the request (${error ?? ''}). Name some as requests.`,
    )
  if (error === 'invalid_scope')
    return problem(
      'client_id',
      `the consumer ${quotedId} may not request the scopes ${client.requests.join(' ')} (invalid_scope). Map scopes that have the authorization code grant enabled, by their names ("site:content"), not their IDs ("site_content"), or name others as requests.`,
    )
  if (error === 'unsupported_response_type' || error === 'unsupported_grant_type')
    return problem(
      'client_id',
      `the consumer ${quotedId} does not have the authorization code grant. Enable it, or map another consumer.`,
    )
  const ofSecret = await codeSecret(mapped, quotedId)
  if (ofSecret.problem) return ofSecret
  return { problem: null, notes: [...ofSecret.notes, ...(error === null ? await pkceNotes(mapped, quotedId) : [])] }
}

const unknown = (quotedId: string): string =>
  `the site has no consumer with the client ID ${quotedId}. Correct it; the consumers are listed at /admin/config/services/consumer.`

/** An existing consumer gets another error for the invalid grant type. */
export async function isUnknown(mapped: MappedClient): Promise<boolean> {
  const token = await tokenRequest(mapped, { grant_type: 'none', client_id: mapped.client.client_id })
  return jsonMember(token, 'error') === 'invalid_client'
}

/** Finds out with an invalid code whether the consumer has a secret. */
async function codeSecret(mapped: MappedClient, quotedId: string): Promise<ClientFacts> {
  const { client } = mapped
  const request = { grant_type: 'authorization_code', client_id: client.client_id, code: 'none' }
  const bare = wantsSecret(await tokenRequest(mapped, request))
  if (client.client_secret === undefined)
    return bare
      ? problem(
          'client_id',
          `the consumer ${quotedId} requires a secret, but the role ${client.role} is a public client. Map it as confidential, or map a consumer with "Is Confidential?" switched off.`,
        )
      : none
  if (!bare)
    return note(
      `the consumer ${quotedId}, mapped as ${client.role}, is accepted without a secret. Check that "Is Confidential?" is switched on.`,
    )
  const response = await tokenRequest(mapped, { ...request, client_secret: client.client_secret })
  return jsonMember(response, 'error') === 'invalid_client' ? problem('client_secret', wrongSecret(quotedId)) : none
}

/** Simple OAuth 6 reports a missing parameter. For roles this does not matter: unmapped scopes are skipped by name. */
function wantsScope(answer: Exchange, client: ClientInfo): boolean {
  const error = errorOf(answer, client)
  const isMissing = error === 'invalid_request' && answer.response.body.includes('`scope`')
  return error === 'invalid_scope' || (client.role.startsWith('consumer ') && isMissing)
}

/** league/oauth2-server reports a missing parameter, other servers a failed client authentication (RFC 6749 §5.2). */
function wantsSecret(answer: Exchange): boolean {
  const error = jsonMember(answer, 'error')
  return error === 'invalid_client' || (error === 'invalid_request' && answer.response.body.includes('client_secret'))
}

/** Requests an unknown scope: the error for it comes only after the client has been authenticated. */
async function machineSecret(mapped: MappedClient, quotedId: string): Promise<ClientFacts> {
  const { client_id, client_secret = '' } = mapped.client
  const scope = `contract-none-${randomBytes(6).toString('hex')}`
  const answer = await tokenRequest(mapped, { grant_type: 'client_credentials', client_id, client_secret, scope })
  const error = jsonMember(answer, 'error')
  if (error === 'invalid_client') return problem('client_secret', wrongSecret(quotedId))
  if (error === 'unsupported_grant_type' || error === 'unauthorized_client')
    return problem(
      'client_id',
      `the consumer ${quotedId} does not have the client credentials grant. Enable it, or map another consumer.`,
    )
  if (answer.response.status >= 500) {
    const found = diagnose(signsOf(answer, mapped))
    if (found !== null && diagnoses[found.id].layer !== 'consumers') return { ...none, fault: found }
    const words = wordsOf(answer.response)
    const said = words === null ? '' : `: ${firstLine(words)}`
    // Simple OAuth has no error of its own for it.
    const next =
      words === null || !saysOAuth(answer)
        ? ' Check the log of the site, its keys, and that the consumer has a user.'
        : ''
    return problem('client_id', `the site responds to ${quotedId} with ${answer.response.status}${said || '.'}${next}`)
  }
  return none
}

const saysOAuth = (answer: Exchange): boolean => typeof jsonMember(answer, 'error') === 'string'

const wrongSecret = (quotedId: string): string =>
  `the site rejects the secret of the consumer ${quotedId}. Correct the environment variable.`

/** A request without PKCE shows whether "Use PKCE?" is switched on. */
async function pkceNotes(mapped: MappedClient, quotedId: string): Promise<readonly string[]> {
  const { role, pkce, confidential } = mapped.client
  // The guarantees for a consumer are proven by the contracts of the policy. league/oauth2-server requires no challenge of
  // confidential clients (requireCodeChallengeForPublicClients).
  if (role.startsWith('consumer ') || confidential) return []
  const answer = await authorize(mapped, { code_challenge: null, code_challenge_method: null })
  const required = errorOf(answer, mapped.client) !== null
  if (required === pkce) return []
  return required
    ? [
        `the consumer ${quotedId}, mapped as ${role}, must use PKCE on this site, but PKCE is optional for its role. Map it as publicPkce.`,
      ]
    : [
        `the consumer ${quotedId}, mapped as ${role}, must use PKCE in its role, but the site accepts requests without it. Check that "Use PKCE?" is switched on.`,
      ]
}

const note = (text: string): ClientFacts => ({ problem: null, notes: [text] })

async function authorize(
  { http, baseUrl, endpoints, client }: MappedClient,
  changes: Readonly<Record<string, string | null>>,
): Promise<Exchange> {
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url')
  const parameters: Record<string, string | null> = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: client.redirectUris[0] ?? null,
    scope: client.requests.join(' '),
    state: 'none',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  }
  const sent = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== null)
  const query = new URLSearchParams(sent).toString()
  return http.send({ method: 'GET', url: `${baseUrl}${endpoints.authorize}?${query}` })
}

async function tokenRequest(
  { http, baseUrl, endpoints }: MappedClient,
  form: Readonly<Record<string, string>>,
): Promise<Exchange> {
  return http.send({
    method: 'POST',
    url: baseUrl + endpoints.token,
    headers: [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['accept', 'application/json'],
    ],
    body: new URLSearchParams(form).toString(),
  })
}

/** The OAuth error of a response, in its body or in a redirect to the client; null if there is none. */
function errorOf(answer: Exchange, { redirectUris }: ClientInfo): string | null {
  const to = nextOf(answer)
  if (to === null) {
    const error = jsonMember(answer, 'error')
    return typeof error === 'string' ? error : answer.response.status >= 400 ? `status ${answer.response.status}` : null
  }
  const back = redirectUris.some((uri) => to.split(/[?#]/u)[0] === uri.split(/[?#]/u)[0])
  return back ? new URL(to).searchParams.get('error') : null
}
