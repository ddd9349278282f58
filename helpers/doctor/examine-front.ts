import { diagnose, headerArrives, type Diagnosed } from '../diagnosis/diagnose.ts'
import { signsOf, type Site } from '../diagnosis/signs.ts'
import { diagnoses } from '../../fixtures/diagnoses.ts'
import type { HttpClient } from '../http/client.ts'
import type { Exchange } from '../model/exchange.ts'
import { problem } from './examine-facts.ts'
import type { Examined } from './report.ts'

/** Examines what is in front of Drupal: addresses, POST requests, the Authorization header, the key set. Gets no token. */
export async function examineFront(http: HttpClient, site: Site): Promise<Examined[]> {
  return [
    await examineAddress(http, site),
    await examinePost(http, site),
    await examineHeader(http, site),
    ...(await examineKeySet(http, site)),
  ]
}

/** A diagnosis as a problem of its own layer. */
export const asProblem = (found: Diagnosed): Examined => ({
  layer: diagnoses[found.id].layer,
  state: 'problem',
  ...found,
})

function diagnosedAnswer(exchange: Exchange, site: Site): Examined | null {
  const found = diagnose(signsOf(exchange, site))
  return found === null ? null : asProblem(found)
}

async function examineAddress(http: HttpClient, site: Site): Promise<Examined> {
  const { baseUrl, endpoints } = site
  const login = await http.send({ method: 'GET', url: baseUrl + endpoints.login })
  const found = diagnosedAnswer(login, site)
  if (found?.layer === 'address') return found
  const document = await http.send({ method: 'GET', url: `${baseUrl}/.well-known/openid-configuration` })
  const issuer = issuerOf(document.response.body)
  if (issuer === null)
    return { layer: 'address', state: 'ok', text: `${baseUrl}; no metadata document names the issuer` }
  if (new URL(issuer).hostname !== new URL(baseUrl).hostname)
    return problem('issuer-differs', { location: baseUrl, what: issuer })
  return { layer: 'address', state: 'ok', text: `the site calls itself ${issuer}` }
}

function issuerOf(body: string): string | null {
  try {
    const issuer = (JSON.parse(body) as { issuer?: unknown } | null)?.issuer
    return typeof issuer === 'string' && URL.canParse(issuer) ? issuer : null
  } catch {
    return null
  }
}

async function examinePost(http: HttpClient, site: Site): Promise<Examined> {
  const url = site.baseUrl + site.endpoints.token
  const form = [['content-type', 'application/x-www-form-urlencoded']] as const
  const answer = await http.send({ method: 'POST', url, headers: form, body: 'grant_type=none' })
  const found = diagnosedAnswer(answer, site)
  if (found?.state === 'problem' && answer.response.status < 400) return found
  return { layer: 'post', state: 'ok', text: `POST ${site.endpoints.token} answers ${String(answer.response.status)}` }
}

async function examineHeader(http: HttpClient, site: Site): Promise<Examined> {
  const url = site.baseUrl + site.endpoints.resource
  const bearer = [['authorization', 'Bearer malformed']] as const
  const found = diagnosedAnswer(await http.send({ method: 'GET', url, headers: bearer }), site)
  if (found?.layer === 'authorization') return found
  const arrives = await headerArrives(http, site)
  if (arrives === false) return problem('authorization-stripped')
  return arrives
    ? { layer: 'authorization', state: 'ok', text: 'a malformed bearer token gets another answer than none' }
    : { layer: 'authorization', state: 'not checked', text: 'the resource answers 401 with and without a token' }
}

/** Not publishing a key set is the owner's choice; a run skips what needs it. */
async function examineKeySet(http: HttpClient, site: Site): Promise<Examined[]> {
  const found = diagnosedAnswer(await http.send({ method: 'GET', url: site.baseUrl + site.endpoints.jwks }), site)
  if (found === null || found.state !== 'problem') return []
  return [found.id === 'key-set-missing' || found.id === 'key-set-redirected' ? { ...found, state: 'warning' } : found]
}

/** Whether anybody can download a key file below the docroot. Only its first bytes are looked at, and they are shown nowhere. */
export async function examineDownload(http: HttpClient, baseUrl: string, path: string): Promise<Examined[]> {
  const url = `${baseUrl}/${path.split('/').map(encodeURIComponent).join('/')}`
  const { response } = await http.send({ method: 'GET', url })
  return response.status === 200 && /-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(response.body)
    ? [problem('private-key-downloadable', { what: url })]
    : []
}
