import type { Exchange } from '../model/exchange.ts'
import { curlLine, curlVariables, isBelow } from './curl.ts'
import { shellQuote } from './escape.ts'

/** What a label stands for, and whether its value can be used more than once. */
const kinds: Readonly<Record<string, { readonly what: string; readonly single?: true }>> = {
  code: { what: 'an authorization code', single: true },
  refresh_token: { what: 'a refresh token', single: true },
  code_verifier: { what: 'belongs to one code_challenge; with your own, change that, too', single: true },
  assertion: { what: 'a signed assertion', single: true },
  form_token: { what: 'a hidden field of the form' },
  form_build_id: { what: 'a hidden field of the form' },
  access_token: { what: 'an access token, until it expires' },
  id_token: { what: 'an ID token, until it expires' },
  cookie: { what: 'a cookie of the browser session' },
  client_secret: { what: 'the secret of the client, percent-encoded in a body' },
  password: { what: 'the password of the user, percent-encoded in a body' },
  authorization: { what: 'Base64 of client_id:client_secret, or other credentials' },
  login_link: { what: 'a one-time login link', single: true },
}

/**
 * The command that repeats one request of a check, after the variables it needs: the site's address, which may be shown, and one line for
 * each secret, which may not. Single-use values are marked, with the response they came from.
 * @param exchanges Those of the check, in order.
 */
export function repeatLines(exchanges: readonly Exchange[], index: number, baseUrl: string | undefined): string {
  const exchange = exchanges[index]
  if (exchange === undefined) return ''
  const { request } = exchange
  const named = baseUrl !== undefined && isBelow(request.url, baseUrl)
  return [
    ...(named ? [`export BASE_URL=${shellQuote(baseUrl)}`] : []),
    ...curlVariables([request]).map((name) => `# export ${name}=…   ${remark(name, exchanges.slice(0, index))}`),
    curlLine(request, baseUrl),
  ].join('\n')
}

function remark(variable: string, earlier: readonly Exchange[]): string {
  const [, kind = variable] = /^(.*)_\d+$/u.exec(variable) ?? []
  const { what, single } = kinds[kind] ?? { what: 'not shown in a report' }
  const from = earlier.findIndex((exchange) => receivedIn(exchange).includes(variable))
  const origin = from < 0 ? '' : `, from response ${String(from + 1)}`
  return `${single ? 'single-use: ' : ''}${what}${origin}`
}

const received = new WeakMap<Exchange, readonly string[]>()

/** The variables for values that a response contained; later exchanges of the check look theirs up here. */
function receivedIn(exchange: Exchange): readonly string[] {
  const { headers, body } = exchange.response
  const known = received.get(exchange) ?? curlVariables([{ method: '', url: '', headers, body }])
  received.set(exchange, known)
  return known
}
