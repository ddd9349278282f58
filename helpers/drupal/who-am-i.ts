import { browse } from '../http/browse.ts'
import type { HttpClient } from '../http/client.ts'
import type { Cookies } from '../http/cookies.ts'
import { type Exchange, header } from '../model/exchange.ts'
import { findLoginForm } from './login-form.ts'
import type { LoginOutcome } from './login.ts'
import { parsePage, readForm, submission } from './forms.ts'

const maxRedirects = 5
const redirects = new Set([301, 302, 303, 307, 308])

/** The site's answer to the question who is logged in. */
export interface WhoAmI {
  /** Drupal user ID; null for a visitor who is not logged in, or if the site does not reveal it. */
  readonly uid: string | null
  /** Whether the site asks the visitor to log in. */
  readonly anonymous: boolean
  readonly exchanges: readonly Exchange[]
}

/** Requests a page and follows redirects as a browser does, but never to another origin. */
async function visit(http: HttpClient, cookies: Cookies, start: string, seen: Exchange[]): Promise<Exchange> {
  const get = (url: string): Promise<Exchange> =>
    browse({ http, cookies, record: (exchange) => seen.push(exchange) }, { method: 'GET', url })
  let page = await get(start)
  for (let followed = 0; followed < maxRedirects; followed++) {
    const to = nextOf(page)
    if (to === null || new URL(to).origin !== new URL(start).origin) break
    page = await get(to)
  }
  return page
}

/** The absolute URL that a response redirects to; null if it is not a redirect. */
export function nextOf({ request, response }: Exchange): string | null {
  const location = redirects.has(response.status) ? header(response, 'location') : null
  return location !== null && URL.canParse(location, request.url) ? new URL(location, request.url).href : null
}

/**
 * Asks Drupal whose session this is: /user redirects to the user's page or to the login form. If an alias hides the ID in
 * the URL, it is read from the settings that Drupal writes into its pages.
 */
export async function whoAmI(http: HttpClient, cookies: Cookies, baseUrl: string): Promise<WhoAmI> {
  const exchanges: Exchange[] = []
  const page = await visit(http, cookies, `${baseUrl}/user`, exchanges)
  const { url } = page.request
  const inAddress = exchanges
    .flatMap((exchange) => [exchange.request.url, nextOf(exchange) ?? ''])
    .map((address) => /\/user\/([1-9]\d*)(?:[/?#]|$)/u.exec(address)?.[1])
    .find((id) => id !== undefined)
  const uid = inAddress ?? uidInSettings(page.response.body)
  const left = nextOf(page)
  const anonymous =
    uid === null && (left !== null || page.response.status === 403 || findLoginForm(page.response.body, url) !== null)
  return { uid, anonymous, exchanges }
}

function uidInSettings(html: string): string | null {
  const json = parsePage(html)('script[data-drupal-selector="drupal-settings-json"]').text()
  try {
    const { user } = JSON.parse(json) as { user?: { uid?: unknown } }
    const uid = user?.uid
    return typeof uid === 'string' && /^[1-9]\d*$/u.test(uid) ? uid : null
  } catch {
    return null
  }
}

export const linkWithoutSession = {
  cause: 'login-failed',
  message:
    'The one-time login link did not start a session: it may have been used or have expired. Check that drush and the base URL belong to the same site.',
} as const

/**
 * Logs in with a one-time link (`drush user:login`). Drupal responds to a link that ends with /login with a redirect, and
 * to any other with a form that has only a button.
 */
export async function followLoginLink(http: HttpClient, cookies: Cookies, link: string): Promise<LoginOutcome> {
  const exchanges: Exchange[] = []
  const page = await visit(http, cookies, link, exchanges)
  const $ = parsePage(page.response.body)
  const form = $('form')
    .toArray()
    .map((element) => readForm($, $(element), page.request.url))
    .find(({ action, method }) => method === 'post' && /\/user\/reset\/\d+\//u.test(action))
  if (form !== undefined && new URL(form.action).origin === new URL(link).origin) {
    await browse(
      { http, cookies, record: (exchange) => exchanges.push(exchange) },
      submission(form, form.buttons[0] ?? null),
    )
  }
  const ok = cookies.values().length > 0
  return { ok, exchanges, location: null, failure: ok ? null : linkWithoutSession }
}
