import type { Exchange } from './exchange.ts'
import type { Redactor } from './redact.ts'

/** Parameters, members and form fields whose values are secrets, with the kind they are printed as. `state` is none. */
const kinds = new Map<string, string>([
  ['code', 'code'],
  ['access_token', 'access_token'],
  ['refresh_token', 'refresh_token'],
  ['id_token', 'id_token'],
  ['token', 'token'],
  ['code_verifier', 'code_verifier'],
  ['client_secret', 'client_secret'],
  ['assertion', 'assertion'],
  ['client_assertion', 'assertion'],
  ['password', 'password'],
  ['pass', 'password'],
  ['pass[pass1]', 'password'],
  ['pass[pass2]', 'password'],
  ['form_token', 'form_token'],
  ['form_build_id', 'form_build_id'],
])

// Shorter values are no credentials (RFC 6749 §10.10 wants 128 bits or more), and hiding words like "deleted" or
// "invalid" wherever they stand would shred the report. Secrets of the user's own are registered where they are read.
const shortestReceived = 8

/**
 * Registers every secret of an exchange: parameters of query strings, form bodies and `Location` (fragment included),
 * members of JSON, form fields of HTML, credentials of `Authorization`, values of cookies.
 */
export function registerSecrets(redactor: Redactor, { request, response }: Exchange): void {
  const add = (kind: string | undefined, value: unknown): void => {
    if (kind !== undefined && typeof value === 'string' && value.length >= shortestReceived)
      redactor.register(kind, value)
  }
  const parameters = (text: string): void => {
    for (const pair of text.split('&')) {
      const [name, value] = new URLSearchParams(pair).entries().next().value ?? []
      if (name === undefined || value === undefined) continue
      add(kinds.get(name), value)
      // Broken UTF-8 was replaced: the text as sent is then the only one that can be found again.
      if (value.includes('\ufffd')) add(kinds.get(name), pair.slice(pair.indexOf('=') + 1))
    }
  }
  const url = (text: string): void => {
    for (const part of text.split(/[?#]/).slice(1)) parameters(part)
  }

  url(request.url)
  for (const [name, value] of request.headers) {
    if (name.toLowerCase() === 'authorization') authorization(value, add)
    if (name.toLowerCase() === 'cookie') for (const pair of value.split(';')) add('cookie', cookieValue(pair))
  }
  const sent = request.body ?? ''
  if (/^\s*[{[]/.test(sent)) json(sent, add)
  else parameters(sent)

  for (const [name, value] of response.headers) {
    if (name === 'location') url(value)
    if (name === 'set-cookie') add('cookie', cookieValue(value.replace(/;.*/s, '')))
  }
  const received = response.body.trimStart()
  if (received.startsWith('<')) formFields(received, add)
  else if (/^[{[]/.test(received)) json(received, add)
}

type Add = (kind: string | undefined, value: unknown) => void

function authorization(header: string, add: Add): void {
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(.*?)\s*$/s.exec(header) ?? []
  if (scheme.toLowerCase() !== 'basic') {
    add(scheme.toLowerCase() === 'bearer' ? 'access_token' : 'authorization', credentials || header)
    return
  }
  const secret = Buffer.from(credentials, 'base64')
    .toString()
    .replace(/^[^:]*:?/s, '')
  add('client_secret', secret)
  add('authorization', credentials)
}

function cookieValue(pair: string): string {
  return pair.slice(pair.indexOf('=') + 1).trim()
}

function json(text: string, add: Add): void {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // Cut off or broken: what looks like a member still gets hidden.
    for (const [, name = '', value] of text.matchAll(/"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)/gs))
      if (name !== 'code') add(kinds.get(name), value)
    return
  }
  // Not recursive: a hostile server may nest without end.
  const open: [name: string, value: unknown][] = [['', parsed]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [name, value] = next
    if (Array.isArray(value)) for (const item of value) open.push([name, item])
    else if (typeof value === 'object' && value !== null) for (const member of Object.entries(value)) open.push(member)
    // In JSON `code` names an error, never an authorization code.
    else if (name !== 'code') add(kinds.get(name), value)
  }
}

function formFields(html: string, add: Add): void {
  // No HTML parser: theirs takes minutes for a megabyte of nested elements, and Drupal escapes `>` in attributes.
  for (const [, input = ''] of html.matchAll(/<input\b([^>]{0,4000})>/gi)) {
    const attributes = new Map<string, string>()
    for (const [, name = '', double, single, bare] of input.matchAll(
      /(?:^|\s)(name|value)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/gi,
    ))
      attributes.set(name.toLowerCase(), double ?? single ?? bare ?? '')
    add(kinds.get(attributes.get('name') ?? ''), attributes.get('value'))
  }
}
