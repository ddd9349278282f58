import { clients, type ClientRole } from '../../fixtures/roles.ts'
import type { TargetInfo } from '../model/target.ts'
import type { Check } from './case.ts'

/**
 * Fits a check to the redirect URIs of a mapped client. Contracts on redirect URIs vary the suite's own URIs; for a consumer with another
 * redirect URI, a variation has to differ from that one, in only one way.
 */
export function adaptRedirectUris(check: Check, target: TargetInfo): Check {
  const { client } = check.given
  const ours = Object.hasOwn(clients, client) ? clients[client as ClientRole].redirectUris : []
  const theirs = target.clients[client]?.redirectUris ?? []
  const pairs = ours.flatMap((from, index) => {
    const to = theirs[index]
    return to === undefined || to === from ? [] : [{ from, to }]
  })
  if (pairs.length === 0) return check
  const adapt = (text: string): string => {
    const adapted = translate(text, pairs)
    // No variation may equal a registered URI, which would rightly be accepted.
    return theirs.includes(adapted) && !ours.includes(text) ? text : adapted
  }
  const { control, before, when, slow, afterwards } = check
  const parts = { control, when, afterwards, ...(before ? { before } : {}), ...(slow ? { slow } : {}) }
  return { ...check, ...(mapped(parts, adapt) as Partial<Check>) }
}

interface Pair {
  readonly from: string
  readonly to: string
}

function translate(text: string, pairs: readonly Pair[]): string {
  const whole = pairs.reduce((translated, { from, to }) => translated.replaceAll(from, to), text)
  if (whole !== text) return whole
  for (const { from, to } of pairs) {
    const [ours, theirs] = [new URL(from), new URL(to)]
    if (text === ours.pathname) return theirs.pathname
    const own = theirs.protocol + text.slice(ours.protocol.length)
    // RFC 8252 §7.1: the scheme identifies the app, and there is no host.
    if (ours.host === '' && text.startsWith(ours.protocol)) return own.replace(ours.pathname, theirs.pathname)
    const host = spellings(ours.hostname, theirs.hostname, upper).find(({ was }) => text.includes(was))
    if (host === undefined) continue
    const start = text.startsWith(`${ours.protocol}//`) ? own : text
    const path = spellings(ours.pathname, theirs.pathname, capital, encoded).find(({ was }) => start.includes(was))
    const [before = '', ...after] = start.split(host.was)
    const rest = after.join(host.was)
    // A variation with a port of its own is about the port.
    const port = theirs.port === '' || /^:\d/u.test(rest) ? '' : `:${theirs.port}`
    return before + host.is + port + (path ? rest.replace(path.was, path.is) : rest)
  }
  return text
}

/** A string as it is and in other spellings, each with its counterpart. */
const spellings = (ours: string, theirs: string, ...others: readonly ((text: string) => string)[]) =>
  [(text: string) => text, ...others].map((spell) => ({ was: spell(ours), is: spell(theirs) }))

const upper = (host: string): string => host.replace(/^[^.]+/u, (label) => label.toUpperCase())
const capital = (path: string): string => path.replace(/[a-z]/u, (letter) => letter.toUpperCase())
const encoded = (path: string): string => path.replace(/[a-z]/u, (letter) => `%${letter.charCodeAt(0).toString(16)}`)

function mapped(value: unknown, adapt: (text: string) => string): unknown {
  if (typeof value === 'string') return adapt(value)
  if (Array.isArray(value)) return value.map((item) => mapped(item, adapt))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, adapt)]))
}
