import type { RecordedRequest } from '../model/exchange.ts'
import { shellQuote } from './escape.ts'

/** `‹code_verifier:1›`: how a redacted secret is printed. A mark that is not exactly of this form is plain text. */
const mark = /‹([A-Za-z][\w.-]*):(\d+)›/

const marks = new RegExp(mark, 'g')

/** curl sets these itself. */
const own = new Set(['content-length', 'connection', 'transfer-encoding'])

const variable = (name: string, number: string): string => `${name.replace(/[^A-Za-z0-9]/g, '_')}_${number}`

/** Quoted for the shell, redacted values as variables: `'code_verifier='"$code_verifier_1"`. */
function quoted(text: string): string {
  if (!text.includes('‹')) return shellQuote(text)
  const [name, number, ...rest] = text.split(mark).slice(1)
  if (name === undefined || number === undefined) return shellQuote(text)
  const before = text.slice(0, text.search(mark))
  const after = text.slice(before.length + `‹${name}:${number}›`.length)
  // An unset variable is an error: without the value, the request would be another one.
  const parts = [before && shellQuote(before), `"\${${variable(name, number)}:?}"`, rest.join('') && quoted(after)]
  return parts.join('')
}

/**
 * The request as a shell command; redacted values are variables to set first, encoded as their place requires.
 * @param baseUrl Replaced by `$BASE_URL` if the URL begins with it.
 */
export function curlLine(request: RecordedRequest, baseUrl?: string): string {
  const headers = request.headers.filter(([name]) => !own.has(name.toLowerCase()))
  return [
    'curl -si --globoff --path-as-is',
    request.method === 'GET' ? '' : `-X ${shellQuote(request.method)}`,
    baseUrl !== undefined && isBelow(request.url, baseUrl)
      ? `"$BASE_URL"${quoted(request.url.slice(baseUrl.length))}`
      : quoted(request.url),
    // "name:" would make curl leave the header out; "name;" sends it empty.
    ...headers.map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`),
    request.body === null ? '' : `--data-raw ${quoted(request.body)}`,
  ]
    .filter((part) => part !== '')
    .join(' \\\n  ')
    .replace(' \\\n  ', ' ')
}

/** Whether an address is a site's or below it, and not one that merely begins alike. */
export const isBelow = (url: string, baseUrl: string): boolean =>
  url.startsWith(baseUrl) && /^[/?]/u.test(url.slice(baseUrl.length))

/** Names of the variables that the lines for these requests use, in order of appearance. */
export function curlVariables(requests: readonly RecordedRequest[]): string[] {
  const text = requests.flatMap((request) => [
    request.url,
    ...request.headers.map(([, value]) => value),
    request.body ?? '',
  ])
  return [
    ...new Set(
      text.flatMap((part) => Array.from(part.matchAll(marks), ([, name = '', number = '']) => variable(name, number))),
    ),
  ]
}
