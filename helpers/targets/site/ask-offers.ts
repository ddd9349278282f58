import { randomBytes } from 'node:crypto'
import { optionalEndpoints, type OptionalEndpoint } from '../../../fixtures/endpoints.ts'
import { createHttpClient, type HttpClient } from '../../http/client.ts'
import type { Target, TargetInfo } from '../../model/target.ts'

interface Asking {
  /** PEM of an authority to trust. */
  readonly ca: string | null
  /** Milliseconds a request may take. */
  readonly timeout: number
}

const bodyLimit = 64 * 1024

/** Adds to a target the optional endpoints of its site. */
export const withOffers = (target: Target, asking: Asking): Target => ({
  ...target,
  start: async (progress, warn) => {
    const info = await target.start(progress, warn)
    const endpoints = await askEndpoints(info, asking)
    return endpoints === null ? info : { ...info, offers: { ...info.offers, endpoints } }
  },
})

/** Sends a harmless GET to each: a missing path is answered with 404. Null if even an unknown path is answered otherwise. */
async function askEndpoints(info: TargetInfo, { ca, timeout }: Asking): Promise<OptionalEndpoint[] | null> {
  const { baseUrl, httpBasic, workers } = info
  const http = createHttpClient({
    ...{ origin: new URL(baseUrl).origin, timeout, bodyLimit, connections: workers },
    ...(ca === null ? {} : { ca }),
    ...(httpBasic === undefined ? {} : { basic: httpBasic }),
  })
  try {
    if (await exists(http, `${baseUrl}/oauth/contract-${randomBytes(6).toString('hex')}`)) return null
    const all = Object.entries(optionalEndpoints) as [OptionalEndpoint, string][]
    const found = await Promise.all(all.map(([, path]) => exists(http, baseUrl + path)))
    return all.flatMap(([name], index) => (found[index] === true ? [name] : []))
  } catch {
    // A server that does not answer is reported by the checks.
    return null
  } finally {
    await http.close()
  }
}

async function exists(http: HttpClient, url: string): Promise<boolean> {
  const { response } = await http.send({ method: 'GET', url, headers: [['accept', 'application/json, */*;q=0.1']] })
  return response.status !== 404
}
