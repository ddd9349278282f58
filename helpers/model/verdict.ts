import type { Source } from './source.ts'

/** What the findings of one check add up to. Worst last, except that `skipped` is not a judgement at all. */
export const verdicts = ['pass', 'skipped', 'warn', 'known', 'stale', 'blocked', 'fail', 'error'] as const
export type Verdict = (typeof verdicts)[number]

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const
/** The suite's own estimate of what an attacker gains. */
export type Severity = (typeof severities)[number]

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json }

export function isObject(value: Json | undefined): value is { readonly [member: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What the `actual` of a finding is where the fact is not there: neither null nor a string that a server could send. */
export const absent = { absent: true } as const

/** One comparison of expected with actual. */
export interface Finding {
  /** Where: `token.issued`, `token.error`, `access_token.claims.exp`. A known issue names it. */
  readonly path: string
  readonly ok: boolean
  /** For people: "rejected: an OAuth error, nothing issued". */
  readonly expected: string
  /** Exact and comparable, e.g. `{ status: 200, issued: ['access_token'] }`: what a known issue compares with. Holds no secret. */
  readonly actual: Json
  readonly severity: Severity
  /** True where the server gave something out (a code, a token, access) although it had to be refused. */
  readonly granted?: boolean
  /** Set where the standard only says SHOULD: at most a warning, whatever else the contract rests on. */
  readonly level?: 'SHOULD'
  /** What this very finding rests on; without it, what the contract rests on. */
  readonly source?: Source
  /** More for people, e.g. why the tutorial's bash recipe fails. */
  readonly note?: string
}
