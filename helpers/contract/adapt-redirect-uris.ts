import { clients, type ClientRole } from '../../fixtures/roles.ts'
import type { TargetInfo } from '../model/target.ts'
import type { Check } from './case.ts'

/**
 * A check in the words of a site of somebody else. Contracts on redirect URIs are declared as shapes of the suite's own ones; against
 * a consumer that has another redirect URI a shape has to differ from that one, in the one way it is about.
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
  const text = (given: string): string => {
    const said = translate(given, pairs)
    // No shape may turn into what is registered: the refusal would be wrong.
    return theirs.includes(said) && !ours.includes(given) ? given : said
  }
  const { control, when, slow, afterwards } = check
  return { ...check, ...(mapped({ control, when, afterwards, ...(slow ? { slow } : {}) }, text) as Partial<Check>) }
}

interface Pair {
  readonly from: string
  readonly to: string
}

function translate(given: string, pairs: readonly Pair[]): string {
  const whole = pairs.reduce((said, { from, to }) => said.replaceAll(from, to), given)
  if (whole !== given) return whole
  for (const { from, to } of pairs) {
    const [ours, theirs] = [new URL(from), new URL(to)]
    if (given === ours.pathname) return theirs.pathname
    const own = theirs.protocol + given.slice(ours.protocol.length)
    // RFC 8252 §7.1: the scheme stands for the app, and there is no host.
    if (ours.host === '' && given.startsWith(ours.protocol)) return own.replace(ours.pathname, theirs.pathname)
    const host = spellings(ours.hostname, theirs.hostname, upper).find(({ was }) => given.includes(was))
    if (host === undefined) continue
    const start = given.startsWith(`${ours.protocol}//`) ? own : given
    const path = spellings(ours.pathname, theirs.pathname, capital, encoded).find(({ was }) => start.includes(was))
    const [before = '', ...after] = start.split(host.was)
    const rest = after.join(host.was)
    // A shape with a port of its own is about the port.
    const port = theirs.port === '' || /^:\d/u.test(rest) ? '' : `:${theirs.port}`
    return before + host.is + port + (path ? rest.replace(path.was, path.is) : rest)
  }
  return given
}

/** A text as it is and in other spellings, with the same of another. */
const spellings = (ours: string, theirs: string, ...others: readonly ((text: string) => string)[]) =>
  [(text: string) => text, ...others].map((spell) => ({ was: spell(ours), is: spell(theirs) }))

const upper = (host: string): string => host.replace(/^[^.]+/u, (label) => label.toUpperCase())
const capital = (path: string): string => path.replace(/[a-z]/u, (letter) => letter.toUpperCase())
const encoded = (path: string): string => path.replace(/[a-z]/u, (letter) => `%${letter.charCodeAt(0).toString(16)}`)

function mapped(value: unknown, text: (given: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((item) => mapped(item, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, text)]))
}
