import type { HttpClient } from '../http/client.ts'
import { header, type Exchange } from '../model/exchange.ts'
import type { SideEffects } from '../model/result.ts'

/** Counts what requests of clients cause on a server, by the answers that pass. */
export function countSideEffects(http: HttpClient): {
  readonly http: HttpClient
  readonly left: () => Omit<SideEffects, 'sessions'>
} {
  const left = { codes: 0, accessTokens: 0, refreshTokens: 0 }
  const look = ({ response }: Exchange): void => {
    if (/[?&]code=/u.test(header(response, 'location') ?? '')) left.codes++
    if (response.status !== 200 || !response.body.trimStart().startsWith('{')) return
    if (/"access_token"\s*:/u.test(response.body)) left.accessTokens++
    if (/"refresh_token"\s*:/u.test(response.body)) left.refreshTokens++
  }
  return {
    http: {
      ...http,
      send: async (request, signal) => {
        const exchange = await http.send(request, signal)
        look(exchange)
        return exchange
      },
    },
    left: () => left,
  }
}
