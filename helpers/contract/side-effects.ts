import type { HttpClient } from '../http/client.ts'
import { header, type Exchange } from '../model/exchange.ts'
import type { SideEffects } from '../model/result.ts'

/** Counts what clients' requests leave on a server, from the responses. */
export function countSideEffects(http: HttpClient): {
  readonly http: HttpClient
  readonly counted: () => Omit<SideEffects, 'sessions'>
} {
  const counts = { codes: 0, accessTokens: 0, refreshTokens: 0 }
  const count = ({ response }: Exchange): void => {
    if (/[?&]code=/u.test(header(response, 'location') ?? '')) counts.codes++
    if (response.status !== 200 || !response.body.trimStart().startsWith('{')) return
    if (/"access_token"\s*:/u.test(response.body)) counts.accessTokens++
    if (/"refresh_token"\s*:/u.test(response.body)) counts.refreshTokens++
  }
  return {
    http: {
      ...http,
      send: async (request, signal) => {
        const exchange = await http.send(request, signal)
        count(exchange)
        return exchange
      },
    },
    counted: () => counts,
  }
}
