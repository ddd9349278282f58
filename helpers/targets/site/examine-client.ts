import { createHash, randomBytes } from 'node:crypto'
import { nextOf } from '../../drupal/who-am-i.ts'
import type { HttpClient } from '../../http/client.ts'
import { type Exchange } from '../../model/exchange.ts'
import { jsonMember } from './probe-site.ts'
import type { ClientInfo, Endpoints } from '../../model/target.ts'

/** What a mapped consumer turned out to be. */
export interface ClientFacts {
  /** It cannot be used as mapped: the member of the site file, and why. */
  readonly problem: { readonly member: string; readonly message: string } | null
  /** It answers unlike its role; which of site and mapping is wrong the verdicts cannot tell. */
  readonly notes: readonly string[]
}

interface Asked {
  readonly http: HttpClient
  readonly baseUrl: string
  readonly endpoints: Endpoints
  readonly client: ClientInfo
}

const none: ClientFacts = { problem: null, notes: [] }
const problem = (member: string, message: string): ClientFacts => ({ problem: { member, message }, notes: [] })

/**
 * Asks the site whether a consumer exists and is of the kind of its role, by requests that a visitor's browser or a mistaken client
 * would send too: nothing is granted by them.
 */
export async function examineClient(asked: Asked): Promise<ClientFacts> {
  const { client } = asked
  const called = JSON.stringify(client.client_id)
  if (!client.grantTypes.includes('authorization_code')) {
    if (await isUnknown(asked)) return problem('client_id', unknown(called))
    return client.client_secret === undefined ? none : machineSecret(asked, called)
  }
  const answer = await authorize(asked, {})
  if (errorOf(answer, client) === 'invalid_client') {
    if (await isUnknown(asked)) return problem('client_id', unknown(called))
    const uri = JSON.stringify(client.redirectUris[0])
    return problem(
      'redirectUris',
      `the consumer ${called} does not have the redirect URI ${uri}. Write it exactly as it is registered.`,
    )
  }
  const error = errorOf(answer, client)
  if (error === 'invalid_scope' && client.requests.length === 0)
    return problem(
      'client_id',
      `the consumer ${called} needs to be asked for scopes (invalid_scope). Name some as requests.`,
    )
  if (error === 'invalid_scope')
    return problem(
      'client_id',
      `the consumer ${called} is refused the scopes ${client.requests.join(' ')} (invalid_scope). Map scopes that the authorization code grant has, or name others as requests.`,
    )
  if (error === 'unsupported_response_type' || error === 'unsupported_grant_type')
    return problem('client_id', `the consumer ${called} has no authorization code grant. Switch it on, or map another.`)
  const ofSecret = await codeSecret(asked, called)
  if (ofSecret.problem) return ofSecret
  return { problem: null, notes: [...ofSecret.notes, ...(error === null ? await pkceNotes(asked, called) : [])] }
}

const unknown = (called: string): string =>
  `the site knows no consumer with the client_id ${called}. Correct it; the list is at /admin/config/services/consumer.`

/** Whose consumer exists is told that there is no such grant. */
export async function isUnknown(asked: Asked): Promise<boolean> {
  const token = await tokenRequest(asked, { grant_type: 'none', client_id: asked.client.client_id })
  return jsonMember(token, 'error') === 'invalid_client'
}

/** Whether the consumer of a code client has a secret, by a code that does not exist. */
async function codeSecret(asked: Asked, called: string): Promise<ClientFacts> {
  const { client } = asked
  const request = { grant_type: 'authorization_code', client_id: client.client_id, code: 'none' }
  const bare = wantsSecret(await tokenRequest(asked, request))
  if (client.client_secret === undefined)
    return bare
      ? problem(
          'client_id',
          `the consumer ${called} wants a secret, and the role ${client.role} is a public client. Map it as confidential, or map one that is not confidential.`,
        )
      : none
  if (!bare)
    return note(
      `the consumer ${called}, mapped as ${client.role}, is asked for no secret: is it set to "Is confidential"?`,
    )
  const told = await tokenRequest(asked, { ...request, client_secret: client.client_secret })
  return jsonMember(told, 'error') === 'invalid_client' ? problem('client_secret', wrongSecret(called)) : none
}

/** The library says so as a missing parameter, a standard server as a client that is not authenticated (RFC 6749 §5.2). */
function wantsSecret(answer: Exchange): boolean {
  const error = jsonMember(answer, 'error')
  return error === 'invalid_client' || (error === 'invalid_request' && answer.response.body.includes('client_secret'))
}

/** By a scope that does not exist: whoever is told so has been let in. */
async function machineSecret(asked: Asked, called: string): Promise<ClientFacts> {
  const { client_id, client_secret = '' } = asked.client
  const scope = `contract-none-${randomBytes(6).toString('hex')}`
  const answer = await tokenRequest(asked, { grant_type: 'client_credentials', client_id, client_secret, scope })
  const error = jsonMember(answer, 'error')
  if (error === 'invalid_client') return problem('client_secret', wrongSecret(called))
  if (error === 'unsupported_grant_type' || error === 'unauthorized_client')
    return problem('client_id', `the consumer ${called} has no client_credentials grant. Switch it on, or map another.`)
  if (answer.response.status >= 500)
    return problem(
      'client_id',
      `the site answers ${answer.response.status} to ${called}: does the consumer have a user?`,
    )
  return none
}

const wrongSecret = (called: string): string =>
  `the site refuses the secret of the consumer ${called}. Set the environment to the one it has.`

/** What a consumer does without PKCE shows its setting "Use PKCE?". */
async function pkceNotes(asked: Asked, called: string): Promise<readonly string[]> {
  const { role, pkce, confidential } = asked.client
  // What is promised of a consumer is proven or refuted by the contracts of the policy. Of clients with a secret the
  // library asks no challenge (requireCodeChallengeForPublicClients).
  if (role.startsWith('consumer ') || confidential) return []
  const answer = await authorize(asked, { code_challenge: null, code_challenge_method: null })
  const must = errorOf(answer, asked.client) !== null
  if (must === pkce) return []
  return must
    ? [
        `the consumer ${called}, mapped as ${role}, may use PKCE by its role, and the site says it must: map it as publicPkce.`,
      ]
    : [
        `the consumer ${called}, mapped as ${role}, must use PKCE by its role, and the site begins without: is "Use PKCE?" on?`,
      ]
}

const note = (text: string): ClientFacts => ({ problem: null, notes: [text] })

async function authorize(
  { http, baseUrl, endpoints, client }: Asked,
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
  { http, baseUrl, endpoints }: Asked,
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

/** The OAuth error of an answer, told on a page or by redirect to the client; null where the way goes on. */
function errorOf(answer: Exchange, { redirectUris }: ClientInfo): string | null {
  const to = nextOf(answer)
  if (to === null) {
    const error = jsonMember(answer, 'error')
    return typeof error === 'string' ? error : answer.response.status >= 400 ? `status ${answer.response.status}` : null
  }
  const back = redirectUris.some((uri) => to.split(/[?#]/u)[0] === uri.split(/[?#]/u)[0])
  return back ? new URL(to).searchParams.get('error') : null
}
