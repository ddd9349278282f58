import { layers, unescapeOnce } from './unescape.ts'

/** A value is too short to redact. `code` is stable; the message says what to do next. */
export class RedactionError extends Error {
  override readonly name = 'RedactionError'
  readonly code = 'secret-too-short'
}

/** A way to write a secret, apart from escapes. `offset` is set for base64: the number of bytes before it, modulo 3. */
interface Spelling {
  readonly offset: 0 | 1 | 2 | null
  write(value: string): string
}

interface Needle {
  readonly value: string
  readonly label: string
  readonly spelling: Spelling
  /** Characters of the string to search for. */
  readonly length: number
  /** That string, once a text seemed to contain it: a run has thousands of secrets, and most of their spellings never occur. */
  text?: string
}

interface Hit {
  readonly start: number
  readonly end: number
  readonly label: string
}

const minSecretLength = 4
// Limit of compared characters for a string of this length: secrets of an honest server need less than ten times its
// length. Thousands of similar values, or one that overlaps itself, could otherwise stall the run.
const workLimit = (length: number): number => 1_000_000 + 100 * length
// Cost of starting a comparison, in compared characters.
const comparisonCost = 8
const withheld = '‹withheld: too many secrets to search for›'
// Needles are indexed by their last characters: all tokens of one server begin alike.
const windowSize = 8
const base = 0x01000193
const top = Array.from({ length: windowSize - 1 }).reduce<number>((power) => Math.imul(power, base), 1)

const hex = (value: string): string => Buffer.from(value).toString('hex')
const spellings: readonly Spelling[] = [
  { offset: null, write: (value) => value },
  // A value that contains escapes itself, like a cookie with %2C, may be printed unescaped.
  { offset: null, write: unescapeOnce },
  // UTF-8 in a header, which is recorded byte for byte as latin1.
  { offset: null, write: (value) => Buffer.from(value).toString('latin1') },
  { offset: null, write: hex },
  { offset: null, write: (value) => hex(value).toUpperCase() },
  { offset: 0, write: (value) => base64Core(value, 0) },
  { offset: 1, write: (value) => base64Core(value, 1) },
  { offset: 2, write: (value) => base64Core(value, 2) },
]

// Escapes are undone in the text, but not inside hex or base64: a server may repeat a form or a query so.
const encodings: readonly ((value: string) => string)[] = [
  (value) => new URLSearchParams([['', value]]).toString().slice(1),
  (value) => encodeURIComponent(Buffer.from(value).toString()),
]

/**
 * Replaces registered secrets, by value, with `‹kind:n›`; `n` counts per kind and stays the same for the same value.
 *
 * A secret is found plain, percent-encoded, JSON- and HTML-escaped (also one inside the other, up to four times deep),
 * in hex, and in base64 or base64url, with other bytes around it or alone, also as a form or a query spells it. A secret of 4 to 7 characters is found as a
 * whole word only, because redacting it inside longer words would make the
 * report unreadable.
 */
export class Redactor {
  readonly #labels = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  readonly #short = new Map<string, Needle>()
  readonly #windows = new Map<number, Needle[]>()
  // One byte for each value of a hash's upper 20 bits: rules out nearly every window without a look at the map.
  readonly #filter = new Uint8Array(1 << 20)

  /**
   * Redacts `value` from now on; call it where the secret is created or received.
   *
   * @throws RedactionError if the value has fewer than 4 characters.
   */
  register(kind: string, value: string): void {
    if (this.#labels.has(value)) return
    if (value.length < minSecretLength)
      throw new RedactionError(
        `A ${kind} of ${value.length} characters cannot be redacted from a report. Use one of at least ${minSecretLength} characters.`,
      )
    const n = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, n)
    const label = `‹${kind}:${n}›`
    this.#labels.set(value, label)

    const written = new Set<string>()
    for (const form of new Set([value, ...encodings.map((encode) => encode(value))]))
      for (const spelling of spellings) {
        const text = fold(spelling.write(form))
        if (written.has(text)) continue
        written.add(text)
        this.#index(text, { value: form, label, spelling, length: text.length })
      }
  }

  /** The string with every registered secret replaced by its label; withheld as a whole if that takes too long. */
  redact(text: string): string {
    if (this.#labels.size === 0 || text.length < minSecretLength) return text
    const hits: Hit[] = []
    const budget = { left: workLimit(text.length) }
    for (const layer of layers(text)) {
      const folded = fold(layer.text)
      for (const find of [this.#long(folded, budget), this.#words(folded, budget)])
        for (const { start, end, label } of find) hits.push({ start: layer.start(start), end: layer.end(end), label })
      if (budget.left < 0) return withheld
    }
    // Of hits that begin together the longest wins; a hit that overlaps it keeps its own label.
    hits.sort((a, b) => a.start - b.start || b.end - a.end)
    let out = ''
    let done = 0
    for (const { start, end, label } of hits) {
      if (end <= done) continue
      out += text.slice(done, start) + label
      done = end
    }
    return out + text.slice(done)
  }

  /** A copy of plain JSON with every string, object keys included, redacted. */
  redactJson<T>(value: T): T {
    // Exchanges repeat each other: the same headers, cookies and addresses.
    const done = new Map<string, string>()
    const once = (text: string): string => {
      const redacted = done.get(text) ?? this.redact(text)
      done.set(text, redacted)
      return redacted
    }
    return json(value, once) as T
  }

  #index(text: string, needle: Needle): void {
    if (text.length < windowSize) {
      if (!this.#short.has(text)) this.#short.set(text, needle)
      return
    }
    const hash = hashAt(text, text.length - windowSize)
    this.#filter[hash >>> 12] = 1
    const bucket = this.#windows.get(hash)
    if (bucket) bucket.push(needle)
    else this.#windows.set(hash, [needle])
  }

  *#long(text: string, budget: { left: number }): Generator<Hit> {
    if (text.length < windowSize) return
    let hash = hashAt(text, 0)
    for (let end = windowSize; ; end++) {
      if (this.#filter[hash >>> 12] === 1)
        for (const needle of this.#windows.get(hash) ?? []) {
          const start = end - needle.length
          const equal = start < 0 ? 0 : equalCharacters(text, start, textOf(needle))
          if ((budget.left -= equal + comparisonCost) < 0) return
          if (equal !== needle.length) continue
          yield { ...widen(text, start, end, needle.value, needle.spelling), label: needle.label }
        }
      if (end === text.length) return
      hash = (Math.imul(hash - Math.imul(text.charCodeAt(end - windowSize), top), base) + text.charCodeAt(end)) | 0
    }
  }

  *#words(text: string, budget: { left: number }): Generator<Hit> {
    for (const [needle, { value, label, spelling }] of this.#short) {
      if ((budget.left -= text.length) < 0) return
      for (let start = text.indexOf(needle); start >= 0; start = text.indexOf(needle, start + 1)) {
        const end = start + needle.length
        const inWord = spelling.offset === null && (isWord(text, start - 1) || isWord(text, end))
        if (!inWord) yield { ...widen(text, start, end, value, spelling), label }
      }
    }
  }
}

function json(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => json(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), json(item, redact)]))
}

const textOf = (needle: Needle): string => (needle.text ??= fold(needle.spelling.write(needle.value)))

/** One spelling for the characters that base64 and base64url write differently, and for `+` and space. Keeps every offset. */
function fold(text: string): string {
  return text.replaceAll('+', '-').replaceAll(' ', '-').replaceAll('/', '_')
}

function hashAt(text: string, from: number): number {
  let hash = 0
  for (let index = from; index < from + windowSize; index++) hash = (Math.imul(hash, base) + text.charCodeAt(index)) | 0
  return hash
}

/** Number of the needle's characters that match the text from `start` on. */
function equalCharacters(text: string, start: number, needle: string): number {
  let equal = 0
  while (equal < needle.length && text.charCodeAt(start + equal) === needle.charCodeAt(equal)) equal++
  return equal
}

/** The characters of a base64 string that depend on `value` alone, with `offset` bytes before it. */
function base64Core(value: string, offset: 0 | 1 | 2): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)])
  return bytes.toString('base64').slice(offset === 0 ? 0 : offset + 1, Math.floor((bytes.length * 8) / 6))
}

/** A base64 hit, extended by the characters at its ends that contain bits of the secret, and by the padding. */
function widen(text: string, start: number, end: number, value: string, { offset }: Spelling) {
  if (offset === null) return { start, end }
  const from = offset > 0 && isBase64(text, start - 1) ? start - 1 : start
  let to = (Buffer.byteLength(value) + offset) % 3 !== 0 && isBase64(text, end) ? end + 1 : end
  while (text[to] === '=') to++
  return { start: from, end: to }
}

function isWord(text: string, index: number): boolean {
  return /[\p{L}\p{N}]/u.test(text[index] ?? '')
}

function isBase64(text: string, index: number): boolean {
  return /[\w-]/.test(text[index] ?? '')
}
