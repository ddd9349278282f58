import { Redactor } from '../../helpers/http/redact.ts'
import { registerSecrets } from '../../helpers/http/secrets.ts'
import type { RecordedRequest, RecordedResponse } from '../../helpers/model/exchange.ts'

// Shorter texts, such as user ids, occur in many places by chance.
const shortest = 8

/** Replaces recorded values by those of the replay: codes, tokens, form tokens, cookies. */
export class Substitution {
  /** As they occur in headers. */
  readonly #plain: Map<string, string>
  /** As they occur in queries and form bodies, where a live value may need encoding though the recorded one had not. */
  readonly #encoded: Map<string, string>

  constructor(known?: Substitution) {
    this.#plain = new Map(known ? known.#plain : [])
    this.#encoded = new Map(known ? known.#encoded : [])
  }

  learn(old: string, fresh: string): void {
    if (old === fresh || old.length < shortest) return
    this.#plain.set(old, fresh)
    // The base URL precedes a query, and is not encoded there.
    this.#encoded.set(old, fresh)
    this.#encoded.set(encodeURIComponent(old), encodeURIComponent(fresh))
  }

  /** The first code of the recorded answer is the first code of the live one, the second the second, and so for each kind of value. */
  learnAnswer(recorded: RecordedResponse, live: RecordedResponse): void {
    const fresh = valuesOf(live)
    for (const [kind, olds] of valuesOf(recorded))
      for (const [index, old] of olds.entries()) this.learn(old, fresh.get(kind)?.[index] ?? old)
  }

  /** What differs at the same place of two plain values: base URL, client secrets and passwords of two targets. */
  learnDifferences(recorded: unknown, live: unknown): void {
    if (typeof recorded === 'string' && typeof live === 'string') this.learn(recorded, live)
    if (typeof recorded !== 'object' || recorded === null || typeof live !== 'object' || live === null) return
    for (const [key, value] of Object.entries(recorded)) this.learnDifferences(value, live[key as keyof typeof live])
  }

  request({ method, url, headers, body }: RecordedRequest): RecordedRequest {
    return {
      method,
      url: replaced(url, this.#encoded),
      headers: headers.map(([name, value]) => [name, this.#header(value)]),
      body: body === null ? null : replaced(body, this.#encoded),
    }
  }

  #header(value: string): string {
    const [, credentials] = /^Basic (.+)$/u.exec(value) ?? []
    if (credentials === undefined) return replaced(value, this.#plain)
    // Bytes that are not UTF-8 would not survive.
    const plain = Buffer.from(credentials, 'base64').toString('latin1')
    const fresh = replaced(plain, this.#plain)
    return fresh === plain ? value : `Basic ${Buffer.from(fresh, 'latin1').toString('base64')}`
  }
}

function replaced(text: string, values: ReadonlyMap<string, string>): string {
  let all = text
  for (const [old, fresh] of values) all = all.replaceAll(old, fresh)
  return all
}

/** Finds what redaction would hide. One for all: a new one costs a megabyte. */
const collector = new (class extends Redactor {
  found = new Map<string, string[]>()

  override register(kind: string, value: string): void {
    this.found.set(kind, [...(this.found.get(kind) ?? []), value])
  }
})()

function valuesOf(response: RecordedResponse): ReadonlyMap<string, readonly string[]> {
  collector.found = new Map()
  const request = { method: '', url: '', headers: [], body: null }
  registerSecrets(collector, { request, response, milliseconds: 0 })
  return collector.found
}
