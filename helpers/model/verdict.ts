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

/** The `actual` of a finding whose fact is absent: neither null nor a string that a server could send. */
export const absent = { absent: true } as const

/** One comparison of expected with actual. */
export interface Finding {
  /** Where: `token.issued`, `token.error`, `access_token.claims.exp`. A known issue names it. */
  readonly path: string
  readonly ok: boolean
  /** For people: "rejected: an OAuth error, nothing issued". */
  readonly expected: string
  /** Exact and comparable, e.g. `{ status: 200, issued: ['access_token'] }`: known issues are compared with it. Contains no secret. */
  readonly actual: Json
  readonly severity: Severity
  /** True if the server granted something (a code, a token, access) that it had to refuse. */
  readonly granted?: boolean
  /** Set if the standard only says SHOULD: at most a warning, whatever the contract's other sources say. */
  readonly level?: 'SHOULD'
  /** The source of this finding, if it differs from the contract's sources. */
  readonly source?: Source
  /** More for people, e.g. why the tutorial's bash recipe fails. */
  readonly note?: string
}
