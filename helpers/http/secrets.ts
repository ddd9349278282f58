import type { Exchange } from '../model/exchange.ts'
import { isObject, type Json } from '../model/verdict.ts'
import { personalData } from './personal.ts'
import type { Redactor } from './redact.ts'

/** Parameters, members and form fields whose values are secrets, with the kind in their label. `state` is not a secret. */
const kinds = new Map<string, string>([
  ['code', 'code'],
  ['access_token', 'access_token'],
  ['refresh_token', 'refresh_token'],
  ['id_token', 'id_token'],
  ['token', 'token'],
  ['code_verifier', 'code_verifier'],
  ['client_secret', 'client_secret'],
  ['device_code', 'device_code'],
  ['user_code', 'user_code'],
  ['registration_access_token', 'registration_access_token'],
  ['assertion', 'assertion'],
  ['client_assertion', 'assertion'],
  ['password', 'password'],
  ['pass', 'password'],
  ['pass[pass1]', 'password'],
  ['pass[pass2]', 'password'],
  ['form_token', 'form_token'],
  ['form_build_id', 'form_build_id'],
])

// Shorter values are not credentials (RFC 6749 §10.10 requires 128 bits or more), and redacting words like "deleted" or
// "invalid" everywhere would make the report unreadable. The user's own secrets are registered where they are read.
const minReceivedLength = 8
// Nor are longer ones: no server accepts a header of this length.
const maxReceivedLength = 16_384
// An honest response contains a handful.
const maxReceivedSecrets = 500
const longestInput = 4000

// RFC 7518 §6.3.2, §6.4.1: members that a key set must never contain.
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']

/**
 * Registers every secret of an exchange: parameters of query strings, form bodies and `Location` (fragment included), members of JSON, form
 * fields of HTML, credentials of `Authorization`, values of cookies, and claims about a user.
 */
export function registerSecrets(redactor: Redactor, { request, response }: Exchange): void {
  let added = 0
  const add = (kind: string | undefined, value: unknown): void => {
    if (kind === undefined || typeof value !== 'string') return
    if (value.length < minReceivedLength || value.length > maxReceivedLength || ++added > maxReceivedSecrets) return
    redactor.register(kind, value)
  }
  const parameters = (text: string): void => {
    for (const pair of text.split('&')) {
      const [name, value] = new URLSearchParams(pair).entries().next().value ?? []
      if (name === undefined || value === undefined) continue
      add(kinds.get(name), value)
      // Invalid UTF-8 was replaced, so the value is registered as it was sent as well.
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
  else if (/^[{[]/.test(received)) {
    json(received, add)
    for (const value of personalOf(received)) redactor.register('personal', value)
  }
}

/** Personal data in a UserInfo response or in the tokens of a token response: a later error may repeat it. */
function personalOf(received: string): string[] {
  const body = parsed(received) as Json | undefined
  if (!isObject(body)) return []
  const payloads = ['id_token', 'access_token'].map((name) => {
    const token = body[name]
    const [, payload = ''] = typeof token === 'string' && token.length <= maxReceivedLength ? token.split('.') : []
    if (payload === '') return undefined
    return parsed(Buffer.from(payload, 'base64url').toString()) as Json | undefined
  })
  return [body, ...payloads].flatMap(personalData).filter((value) => value.length <= maxReceivedLength)
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
  members(parsed(text), add)
  // By pattern as well: the JSON may be truncated or invalid, and a parser returns only one value of a repeated member.
  for (const [, name = '', value = ''] of text.matchAll(/"(\w+)"\s*:\s*"((?:[^"\\]|\\.){0,20000})/gs))
    if (name !== 'code' && kinds.has(name)) add(kinds.get(name), parsed(`"${value}"`) ?? value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function members(document: unknown, add: Add): void {
  // Not recursive: a hostile server may nest values very deeply.
  const open: [name: string, value: unknown][] = [['', document]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [name, value] = next
    if (Array.isArray(value)) for (const item of value) open.push([name, item])
    else if (typeof value === 'object' && value !== null) {
      for (const member of Object.entries(value)) open.push(member)
      if ('kty' in value)
        for (const secret of privateMembers) add('private_key', (value as Record<string, unknown>)[secret])
    }
    // In JSON `code` names an error, never an authorization code.
    else if (name !== 'code') add(kinds.get(name), value)
  }
}

/** The attributes of each input. Found by index: a pattern would read on from each of a million unclosed tags. */
function* inputsOf(html: string): Generator<string> {
  const tag = /<input\b/giu
  let end = 0
  for (let found = tag.exec(html); found; found = tag.exec(html)) {
    const start = tag.lastIndex
    if (end < start) end = html.indexOf('>', start)
    if (end < 0) return
    const input = html.slice(start, Math.min(end, start + longestInput))
    // An unclosed input ends at the next one, and its attributes are still read.
    const next = input.search(/<input\b/iu)
    yield next < 0 ? input : input.slice(0, next)
  }
}

function formFields(html: string, add: Add): void {
  // No HTML parser: it takes minutes for a megabyte of nested elements. A pattern will do, since Drupal escapes `>` in attributes.
  for (const input of inputsOf(html)) {
    const attributes = new Map<string, string>()
    for (const [, name = '', double, single, bare] of input.matchAll(
      /(?:^|\s)(name|value)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/gi,
    ))
      attributes.set(name.toLowerCase(), double ?? single ?? bare ?? '')
    add(kinds.get(attributes.get('name') ?? ''), attributes.get('value'))
  }
}
