/** Name and value in the order sent, decoded. */
export type Pairs = readonly (readonly [string, string])[]

/** A request as the flows see it. */
export interface Incoming {
  readonly method: string
  readonly path: string
  /** Path and query as sent. */
  readonly target: string
  readonly query: Pairs
  readonly body: Pairs
  /** The body as sent; empty where it was read as parts. */
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

/** Adds headers; one that is already there keeps its value. */
export function withHeaders(given: Answer, headers: Answer['headers']): Answer {
  const names = new Set(given.headers.map(([name]) => name.toLowerCase()))
  return { ...given, headers: [...given.headers, ...headers.filter(([name]) => !names.has(name.toLowerCase()))] }
}

/** The last value of a name, as PHP reads it. */
export function lastValue(pairs: Pairs, name: string): string | null {
  return pairs.findLast(([key]) => key === name)?.[1] ?? null
}

/** True where the last use of the name is `name[]`. */
export function isList(pairs: Pairs, name: string): boolean {
  const uses = pairs.filter(([key]) => key === name || key.startsWith(`${name}[`))
  return uses.at(-1)?.[0] !== name && uses.length > 0
}

/** PHP's trim(): NUL goes as well, other Unicode spaces stay. */
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

/** Adds form-encoded parameters to a URI as it stands, without normalising it. */
export function appendQuery(uri: string, params: Pairs): string {
  if (params.length === 0) return uri
  const query = new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString()
  return `${uri}${uri.includes('?') ? '&' : '?'}${query}`
}
/** Drupal marks a name in a message as a placeholder, and that ends in the header as it is. */
export const placeholder = (text: string) => `<em class="placeholder">${escapeHtml(text)}</em>`
