import { browse } from '../http/browse.ts'
import type { HttpClient, HttpRequest } from '../http/client.ts'
import type { Cookies } from '../http/cookies.ts'
import type { Exchange } from '../model/exchange.ts'
import { isDrupalForm, parsePage, readForm, submission } from './forms.ts'
import { nextOf } from './who-am-i.ts'

const mostHops = 5

/**
 * Logs a browser out at the site's own address, and confirms where the site asks (Drupal 10.3 and later). Cookies change in `cookies`.
 * @returns whether the session cookie is gone or replaced, with everything that was sent.
 * @throws {TransportError} without a complete response.
 */
export async function logOut(
  http: HttpClient,
  cookies: Cookies,
  url: string,
): Promise<{ readonly ok: boolean; readonly exchanges: readonly Exchange[] }> {
  const exchanges: Exchange[] = []
  const send = (request: HttpRequest): Promise<Exchange> =>
    browse({ http, cookies, record: (exchange) => exchanges.push(exchange) }, request)
  const before = cookies.values()
  const { origin } = new URL(url)
  let last = await send({ method: 'GET', url })
  for (let hop = 0; hop < mostHops; hop++) {
    const $ = parsePage(last.response.body)
    const element = $('form')
      .toArray()
      .find((candidate) => isDrupalForm($, $(candidate), 'user_logout_confirm'))
    const next = nextOf(last)
    if (element !== undefined) {
      const form = readForm($, $(element), last.request.url)
      last = await send(submission(form, form.buttons[0] ?? null))
    } else if (next !== null && new URL(next).origin === origin) last = await send({ method: 'GET', url: next })
    else break
  }
  const after = cookies.values()
  return { ok: before.some((value) => !after.includes(value)), exchanges }
}
