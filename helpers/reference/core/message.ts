/** Name and value in the order sent, decoded. */
export type Pairs = readonly (readonly [string, string])[]

/** A request as the endpoints see it. */
export interface Incoming {
  readonly method: string
  readonly path: string
  /** Path and query as sent. */
  readonly target: string
  readonly query: Pairs
  readonly body: Pairs
  /** The body as sent; empty if it was multipart. */
  readonly text: string
  readonly headers: Headers
  /** `http://127.0.0.1:8080` */
  readonly origin: string
}

export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

export function answer(status: number, body: string, headers: Answer['headers'] = []): Answer {
  return { status, headers, body }
}

/** Adds headers; an existing header keeps its value. */
export function withHeaders(given: Answer, headers: Answer['headers']): Answer {
  const names = new Set(given.headers.map(([name]) => name.toLowerCase()))
  return { ...given, headers: [...given.headers, ...headers.filter(([name]) => !names.has(name.toLowerCase()))] }
}

/** The last value of a parameter, which is the one that PHP uses. */
export function lastValue(pairs: Pairs, name: string): string | null {
  return pairs.findLast(([key]) => key === name)?.[1] ?? null
}

/** Whether the last occurrence of the name is `name[]`. */
export function isList(pairs: Pairs, name: string): boolean {
  const uses = pairs.filter(([key]) => key === name || key.startsWith(`${name}[`))
  return uses.at(-1)?.[0] !== name && uses.length > 0
}

/** PHP's trim(): also removes NUL, but no other Unicode spaces. */
export function phpTrim(text: string): string {
  return text.replace(/^[ \t\n\r\0\v]+|[ \t\n\r\0\v]+$/g, '')
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#039;')
}

/** Appends form-encoded parameters to a URI without normalising it. */
export function appendQuery(uri: string, params: Pairs): string {
  if (params.length === 0) return uri
  const query = new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString()
  return `${uri}${uri.includes('?') ? '&' : '?'}${query}`
}
/** Drupal marks names in messages as placeholders, and sends the markup even in headers. */
export const placeholder = (text: string) => `<em class="placeholder">${escapeHtml(text)}</em>`
