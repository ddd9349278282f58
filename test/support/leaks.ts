import type { Recorded } from './recording-proxy.ts'

/** Names of parameters, members and form fields with secrets: deliberately not the suite's own list. */
const secretNames = new Set(
  'code access_token refresh_token id_token code_verifier client_secret client_assertion password pass form_token'.split(
    ' ',
  ),
)
/** Shorter values are made up by cases to be wrong ("", "deleted"), not by a server. */
const shortest = 8

/** Every secret in what passed over the wire, with its kind. */
export function secretsIn(recorded: readonly Recorded[]): Map<string, string> {
  const secrets = new Map<string, string>()
  const add = (kind: string, value: string): void => {
    if (value.length >= shortest) secrets.set(value, kind)
  }
  const parameters = (text: string): void => {
    for (const [name, value] of new URLSearchParams(text)) if (secretNames.has(name)) add(name, value)
  }
  const ofUrl = (url: string): void => {
    for (const part of url.split(/[?#]/u).slice(1)) parameters(part)
  }
  for (const { url, requestHeaders, requestBody, responseHeaders, responseBody } of recorded) {
    ofUrl(url)
    parameters(requestBody)
    for (const [name, value] of pairs(requestHeaders)) {
      if (name === 'authorization') credentials(value, add)
      if (name === 'cookie') for (const cookie of value.split('; ')) add('cookie', afterFirst('=', cookie))
    }
    for (const [name, value] of pairs(responseHeaders)) {
      if (name === 'location') ofUrl(value)
      if (name === 'set-cookie') add('cookie', afterFirst('=', value.split(';')[0] ?? ''))
    }
    for (const [, name = '', value = ''] of responseBody.matchAll(/"(\w+)":\s*"([^"]+)"/gu)) {
      // In JSON a code names an error.
      if (secretNames.has(name) && name !== 'code') add(name, value)
    }
    for (const [, value = ''] of responseBody.matchAll(/name="form_token" value="([^"]+)"/gu)) add('form_token', value)
  }
  return secrets
}

function credentials(header: string, add: (kind: string, value: string) => void): void {
  const value = afterFirst(' ', header)
  add('authorization', value)
  if (/^basic /iu.test(header)) add('client_secret', afterFirst(':', Buffer.from(value, 'base64').toString()))
}

const afterFirst = (separator: string, text: string): string => text.slice(text.indexOf(separator) + 1)

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? '']] : [],
  )

/** How a value may be written, by name. Base64 has three forms, for what may stand before the value. */
export function spellings(value: string): [string, string][] {
  const hex = Buffer.from(value).toString('hex')
  const base64 = [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)])
    return bytes.toString('base64').slice(Math.ceil((before * 4) / 3), Math.floor((bytes.length * 4) / 3))
  })
  const encoded = encodeURIComponent(value)
  return [
    ['plain', value],
    ['URL-encoded', encoded],
    ['URL-encoded in lower case', encoded.replace(/%../gu, (escape) => escape.toLowerCase())],
    ['form-encoded', new URLSearchParams([['', value]]).toString().slice(1)],
    ['hex', hex],
    ['hex in capitals', hex.toUpperCase()],
    ...base64.map((text): [string, string] => ['base64', text]),
    ...base64.map((text): [string, string] => ['base64url', text.replaceAll('+', '-').replaceAll('/', '_')]),
  ]
}

interface Needle {
  readonly text: string
  readonly kind: string
  readonly spelling: string
}

const tail = 8

/** Finds secrets in texts of megabytes: each spelling is known by its last characters. */
export class LeakSearch {
  private readonly needles = new Map<string, Needle[]>()
  private readonly likely = new Uint8Array(1 << 18)

  constructor(secrets: ReadonlyMap<string, string>) {
    for (const [value, kind] of secrets) {
      for (const [spelling, text] of spellings(value)) {
        const key = text.slice(-tail)
        this.needles.set(key, [...(this.needles.get(key) ?? []), { text, kind, spelling }])
        this.likely[hash(text, text.length)] = 1
      }
    }
  }

  /** "client_secret in hex" for each kind and spelling that the text holds, without repetition. */
  in(text: string): string[] {
    const found = new Set<string>()
    for (let end = tail; end <= text.length; end++) {
      if (this.likely[hash(text, end)] === 0) continue
      for (const needle of this.needles.get(text.slice(end - tail, end)) ?? []) {
        if (text.endsWith(needle.text, end)) found.add(`${needle.kind} in ${needle.spelling}`)
      }
    }
    return [...found].sort()
  }
}

function hash(text: string, end: number): number {
  const at = (back: number): number => text.charCodeAt(end - back) & 63
  return (at(3) << 12) | (at(2) << 6) | at(1)
}
