import { browse } from '../http/browse.ts'
import type { HttpClient } from '../http/client.ts'
import type { Cookies } from '../http/cookies.ts'
import type { Exchange } from '../model/exchange.ts'
import { isDrupalForm, parsePage, readForm, submission } from './forms.ts'
import { visit, whoAmI } from './who-am-i.ts'

/**
 ** Logs out as a user does: since Drupal 10.3, a link without a token leads to a form that asks whether the user means it. Whether the
 * session has ended is asked of the site.
 * @param url That of the page /user/logout.
 */
export async function logOut(
  http: HttpClient,
  cookies: Cookies,
  url: string,
): Promise<{ readonly ok: boolean; readonly problem: string; readonly exchanges: readonly Exchange[] }> {
  const exchanges: Exchange[] = []
  const page = await visit(http, cookies, url, exchanges)
  const $ = parsePage(page.response.body)
  const element = $('form')
    .toArray()
    .find((form) => isDrupalForm($, $(form), 'user_logout_confirm'))
  const form = element && readForm($, $(element), page.request.url)
  if (form && new URL(form.action).origin === new URL(url).origin) {
    const record = (exchange: Exchange): number => exchanges.push(exchange)
    await browse({ http, cookies, record }, submission(form, form.buttons[0] ?? null))
  }
  const who = await whoAmI(http, cookies, url.replace(/\/user\/logout$/u, ''))
  exchanges.push(...who.exchanges)
  return { ok: who.anonymous, problem: 'the site still knows the session after /user/logout', exchanges }
}
