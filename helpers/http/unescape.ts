/** A string after some rounds of unescaping, with a mapping back to the original offsets. */
export interface Layer {
  readonly text: string
  /** Offset in the original text where the character at `index` begins. */
  start(index: number): number
  /** Offset in the original text where the character before `index` ends. */
  end(index: number): number
}

// Percent-encoded UTF-8 (RFC 3986 §2.1), HTML character references, JSON and JavaScript string escapes (RFC 8259 §7).
const escapes =
  /%[c-f][\da-f](?:%[89ab][\da-f]){1,3}|%[0-7][\da-f]|&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});|\\(?:u[\da-f]{4}|x[\da-f]{2}|["\\/bfnrt])/gi
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const control: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
// Two for doubly encoded values, two more for JSON within JSON or HTML around it.
const rounds = 4

/** The string itself, then the string with its escapes resolved once, twice, … until none are left, at most four times. */
export function* layers(text: string): Generator<Layer> {
  let layer: Layer = { text, start: (index) => index, end: (index) => index }
  yield layer
  for (let round = 0; round < rounds; round++) {
    const next = resolve(layer)
    if (next === null) return
    layer = next
    yield layer
  }
}

/** All escapes resolved, once. */
export function unescapeOnce(text: string): string {
  return text.replace(escapes, resolveOne)
}

function resolve(from: Layer): Layer | null {
  // The position of each resolved escape in the new string, and its range in the old one.
  const at: number[] = []
  const length: number[] = []
  const oldStart: number[] = []
  const oldEnd: number[] = []
  let shrunk = 0
  const text = from.text.replace(escapes, (escape, offset: number) => {
    const resolved = resolveOne(escape)
    at.push(offset - shrunk)
    length.push(resolved.length)
    oldStart.push(offset)
    oldEnd.push(offset + escape.length)
    shrunk += escape.length - resolved.length
    return resolved
  })
  if (shrunk === 0) return null

  const lastAtOrBefore = (index: number): number => {
    let low = 0
    let high = at.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((at[middle] ?? 0) <= index) low = middle + 1
      else high = middle
    }
    return low - 1
  }
  const old = (index: number, side: 'start' | 'end'): number => {
    const n = lastAtOrBefore(index)
    if (n < 0) return index + (side === 'end' ? 1 : 0)
    const into = index - (at[n] ?? 0)
    const size = length[n] ?? 0
    if (into < size) return (side === 'start' ? oldStart[n] : oldEnd[n]) ?? 0
    return (oldEnd[n] ?? 0) + into - size + (side === 'end' ? 1 : 0)
  }
  return {
    text,
    start: (index) => from.start(old(index, 'start')),
    end: (index) => from.end(old(index - 1, 'end')),
  }
}

function resolveOne(escape: string): string {
  const body = escape.slice(1)
  try {
    if (escape.startsWith('%')) return decodeURIComponent(escape)
    if (escape.startsWith('&#'))
      return String.fromCodePoint(/^#x/i.test(body) ? parseInt(body.slice(2), 16) : parseInt(body.slice(1), 10))
    if (escape.startsWith('&')) return named[body.slice(0, -1).toLowerCase()] ?? escape
    if (/^[ux]/i.test(body)) return String.fromCharCode(parseInt(body.slice(1), 16))
    return control[body] ?? body
  } catch {
    return escape
  }
}
