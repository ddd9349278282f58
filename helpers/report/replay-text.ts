import { header, type Exchange } from '../model/exchange.ts'
import { inline, type Paint } from './text.ts'

/** Maximum number of lines of a body: a page of Drupal has hundreds, a token response one. */
const longest = { html: 3, other: 30 } as const

/**
 * One request and its response for an observer: `>` sent, `<` received.
 * @param exchange Without secrets.
 * @param whole Whether to show every line of the bodies.
 */
export function exchangeLines({ request, response, milliseconds }: Exchange, whole: boolean, paint: Paint): string[] {
  const kind = /html/u.test(header(response, 'content-type') ?? '') ? 'html' : 'other'
  const max = whole ? Infinity : longest[kind]
  const part = (sign: string, first: string, headers: Exchange['request']['headers'], body: string): string[] => {
    const lines = body === '' ? [] : body.replaceAll('\r\n', '\n').split('\n')
    const more = lines.length - max
    return [
      `${sign} ${paint('bold', inline(first))}`,
      ...headers.map(([name, value]) => `${sign} ${inline(`${name}: ${value}`)}`),
      ...(lines.length === 0 ? [] : [sign, ...lines.slice(0, max).map((line) => `${sign} ${inline(line)}`)]),
      ...(more > 0 ? [`${sign} … (${String(more)} more lines: --verbose shows them)`] : []),
    ]
  }
  return [
    ...part('>', `${request.method} ${request.url}`, request.headers, request.body ?? ''),
    ...part(
      '<',
      `${String(response.status)} after ${String(Math.round(milliseconds))} ms`,
      response.headers,
      response.body,
    ),
    '',
  ]
}
