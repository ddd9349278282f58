import type { Exchange } from './exchange.ts'
import { isObject, type Json } from './verdict.ts'

/** Characters of the server's own text that a message quotes. */
const longest = 300
const longestPage = 20_000

/** What a response says of an error: `error_description`, the message of an API, or the first line of a page with a server error; else null. */
export function wordsOf({ status, body }: Exchange['response']): string | null {
  const value = parsed(body)
  const found = ['error_description', 'message', 'hint']
    .map((name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined))
    .find((one) => typeof one === 'string' && one.trim() !== '')
  if (typeof found === 'string') return found
  if (status < 500 || value !== undefined) return null
  // Drupal's error page contains one useful sentence; its head and styles are skipped.
  const visible = body
    .slice(0, longestPage)
    .replace(/^.*<body[^<>]*>/su, '')
    .replaceAll(/<(script|style)\b[^<>]*>[^<]*/giu, '')
  return firstLine(visible) || null
}

function parsed(body: string): Json | undefined {
  try {
    return JSON.parse(body) as Json
  } catch {
    return undefined
  }
}

/** The first non-empty line, without markup, shortened. */
export function firstLine(text: string): string {
  const plain =
    text
      .split(/\r?\n|<br ?\/?>/u)
      .map((line) => line.replaceAll(/<[^<>]{0,200}>/gu, '').trim())
      .find((line) => line !== '') ?? ''
  return plain.length > longest ? `${plain.slice(0, longest)}…` : plain
}
