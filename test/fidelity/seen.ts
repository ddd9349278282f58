import { load } from 'cheerio'
import type { Live } from './change.ts'

/** What an answer shows that is the same in every run. */
export interface Seen {
  readonly status: number
  /** The Content-Type header. */
  readonly type: string
  /** The Cache-Control header. */
  readonly cache: string
  /** Of a redirect: where to, the path alone on the server itself, without the parameters. */
  readonly to?: string
  /** Names of the redirect's parameters, in their order. */
  readonly params?: readonly string[]
  /** How the state came back. */
  readonly state?: 'same' | 'changed'
  readonly form?: 'login' | 'consent'
  readonly error?: string
  readonly hint?: string
  /** Names of the members of a JSON object. */
  readonly members?: readonly string[]
  /** Of the access token. */
  readonly scope?: unknown
  /** The WWW-Authenticate header. */
  readonly challenge?: string
  readonly allow?: string
}

export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export function seen({ status, headers, body }: Received, live: Live): Seen {
  const header = (name: string): string | undefined => headers[name]?.toString()
  const [challenge, allow] = [header('www-authenticate'), header('allow')]
  return {
    status,
    type: header('content-type') ?? '',
    cache: header('cache-control') ?? '',
    ...(challenge === undefined ? {} : { challenge }),
    ...(allow === undefined ? {} : { allow }),
    ...redirect(header('location'), live),
    ...content(body),
  }
}

function redirect(location: string | undefined, live: Live): Partial<Seen> {
  if (location === undefined) return {}
  const [to = '', query = ''] = location.split('?', 2)
  const params = new URLSearchParams(query)
  const [state, error, hint] = ['state', 'error', 'hint'].map((name) => params.get(name))
  return {
    to,
    params: [...params.keys()],
    ...(state == null ? {} : { state: state === live.get('state') ? 'same' : 'changed' }),
    ...(error == null ? {} : { error }),
    ...(hint == null ? {} : { hint: withoutState(hint, live) }),
  }
}

/** A hint may repeat the state, which is new in each flow. */
function withoutState(hint: string, live: Live): string {
  const state = live.get('state')
  return state === undefined ? hint : hint.replaceAll(state, '{state}')
}

function content(body: string): Partial<Seen> {
  const parsed = parse(body)
  if (!parsed) {
    const $ = load(body)
    if ($('form#simple-oauth-authorize-form').length > 0) return { form: 'consent' }
    return $('form#user-login-form').length > 0 ? { form: 'login' } : {}
  }
  const { error, hint, access_token: token } = parsed
  const claims =
    typeof token === 'string' ? parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) : null
  return {
    members: Object.keys(parsed).sort(),
    ...(typeof error === 'string' ? { error } : {}),
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(claims ? { scope: claims['scope'] } : {}),
  }
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}
