import type { Capability } from '../../../fixtures/capabilities.ts'
import { createHttpClient, type HttpClient } from '../../http/client.ts'
import type { Endpoints, TargetInfo } from '../../model/target.ts'

type Name = 'revocation' | 'introspection' | 'device' | 'registration'

/** The paths used by modules for Simple OAuth and by most other servers. */
const usual: Readonly<Record<Name, string>> = {
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  device: '/oauth/device_authorization',
  registration: '/oauth/register',
}
/** The metadata members that contain their addresses (RFC 8414 §2, RFC 8628 §4). */
const members: Readonly<Record<Name, string>> = {
  revocation: 'revocation_endpoint',
  introspection: 'introspection_endpoint',
  device: 'device_authorization_endpoint',
  registration: 'registration_endpoint',
}
const lost: Readonly<Record<Name, readonly Capability[]>> = {
  revocation: ['revocation', 'revocation.access-token'],
  introspection: ['introspection'],
  device: ['device'],
  registration: ['registration', 'registration.management'],
}
const documents = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'] as const

/**
 * Adds to a target its endpoints for revocation, introspection, devices and registration: those that its metadata names below the base URL
 * (RFC 8414 §2), or the usual ones. Each is requested with an invalid token, so that an advertised endpoint must also answer; this starts
 * no device flow and no registration.
 */
export async function withTokenEndpoints(info: TargetInfo, http: HttpClient): Promise<TargetInfo> {
  const promised = await metadataOf(http, info.baseUrl)
  const found: Partial<Endpoints> = {}
  for (const name of Object.keys(usual) as Name[]) {
    const candidates = new Set([pathBelow(info.baseUrl, promised[members[name]]) ?? usual[name], usual[name]])
    for (const path of candidates) {
      if (found[name] !== undefined || !(await exists(http, info.baseUrl + path))) continue
      Object.assign(found, { [name]: path })
    }
  }
  const absent = (Object.keys(usual) as Name[]).flatMap((name) => (found[name] === undefined ? lost[name] : []))
  return {
    ...info,
    endpoints: { ...info.endpoints, ...found },
    capabilities: info.capabilities.filter((capability) => !absent.includes(capability)),
  }
}

/** The same for a server that the suite started. */
export async function askForTokenEndpoints(info: TargetInfo, timeout: number): Promise<TargetInfo> {
  const http = createHttpClient({
    origin: new URL(info.baseUrl).origin,
    timeout,
    bodyLimit: 1024 * 1024,
    connections: 1,
  })
  try {
    return await withTokenEndpoints(info, http)
  } finally {
    await http.close()
  }
}

async function metadataOf(http: HttpClient, baseUrl: string): Promise<Readonly<Record<string, unknown>>> {
  for (const path of documents) {
    const { response } = await http.send({ method: 'GET', url: baseUrl + path })
    if (response.status !== 200) continue
    try {
      const body: unknown = JSON.parse(response.body)
      if (typeof body === 'object' && body !== null) return body as Record<string, unknown>
    } catch {
      // A page instead of metadata.
    }
  }
  return {}
}

/** Requests go to the site under test only, whatever its metadata says. */
function pathBelow(baseUrl: string, url: unknown): string | null {
  if (typeof url !== 'string' || !url.startsWith(`${baseUrl}/`) || !URL.canParse(url)) return null
  return url.slice(baseUrl.length)
}

/** A page, a redirect or 405 means that there is no endpoint; a server error means that there is one, so that it cannot be hidden. */
async function exists(http: HttpClient, url: string): Promise<boolean> {
  const { response } = await http.send({
    method: 'POST',
    url,
    headers: [['content-type', 'application/x-www-form-urlencoded']],
    body: 'token=contract-no-such-token',
  })
  const { status, body } = response
  if (status >= 500) return true
  return status !== 404 && status !== 405 && !(status >= 300 && status < 400) && !body.trimStart().startsWith('<')
}
