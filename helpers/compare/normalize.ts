import type { Json } from '../model/verdict.ts'

/** Patterns of meaningless differences between two runs of one server, each with its replacement. Applied in this order. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/^\s*<(?:!doctype|html)[^]*$/iu, '‹HTML›'],
  // Redacted values are numbered in the order they were first seen.
  [/‹([^‹›]*):\d+›/gu, '‹$1›'],
  // On a provisioned site each run names its users and clients after itself.
  [/\bcontract_[0-9a-f]{12}(?=[_:])/gu, 'contract'],
  [/'nonce-[^']*'/giu, "'nonce-‹random›'"],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b/giu, '‹random›'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/gu, '‹time›'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\b/gu, '‹time›'],
  // Seconds since 1970, from 2001 on, with microseconds where a server writes them.
  [/\b1\d{9}(?:\.\d+)?\b/gu, '‹time›'],
]

/** Makes values of one run comparable with those of another: no address of the server, no time, nothing random. */
export function normalizer(baseUrl: string | null): (value: Json) => Json {
  const host = baseUrl === null ? null : new URL(baseUrl).host
  const text = (given: string): string => {
    const placed =
      baseUrl === null || host === null ? given : given.replaceAll(baseUrl, '‹base URL›').replaceAll(host, '‹host›')
    return volatile.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), placed)
  }
  const normalize = (value: Json): Json => {
    if (typeof value === 'string') return text(value)
    if (typeof value === 'number') return value >= 1e9 && value < 2e9 ? '‹time›' : value
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(normalize)
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
    return Object.fromEntries(members.map(([name, member]) => [name, normalize(member)]))
  }
  return normalize
}
