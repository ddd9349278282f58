import type { Source } from './source.ts'
import type { Exchange } from './exchange.ts'
import type { Finding, Json, Severity, Verdict } from './verdict.ts'

/** A finding with what the known issues say of it. */
export interface JudgedFinding extends Finding {
  /** Set when a known issue covers this very finding. */
  readonly knownIssue?: {
    readonly reason: string
    readonly source: string
    readonly until?: string
    readonly owner?: string
  }
}

/** Why nothing could be proven, grouped in the summary by `cause`. */
export interface Blocker {
  /** Stable: `login-failed`, `control-failed`, `ECONNREFUSED`. Equal causes are one line in the summary. */
  readonly cause: string
  readonly message: string
}

/** One check, judged. Plain JSON without any secret; reports and diffs are made from it alone. */
export interface CheckResult {
  readonly contract: string
  /** Null where the contract has no variants. */
  readonly variant: string | null
  readonly title: string
  readonly severity: Severity
  /** What of a consumer's promises it proves; the variant names the consumer. */
  readonly guarantee?: string
  readonly sources: readonly Source[]
  readonly group: string
  /** Roles the check acts as. */
  readonly client: string | null
  readonly user: string | null
  /** `specs/token/pkce.spec.ts:14:1` */
  readonly location: string
  readonly verdict: Verdict
  /** Of `skipped`: the missing capability; of `error`: the message. */
  readonly reason: string | null
  readonly blocker: Blocker | null
  /** "passed", "failed", "shared, passed", "none". */
  readonly control: 'none' | 'passed' | 'failed' | 'an earlier step'
  readonly findings: readonly JudgedFinding[]
  /** Entries of the known issues that excuse a finding that did not occur. */
  readonly stale: readonly { readonly path: string; readonly actual: Json; readonly reason: string }[]
  /** Facts without right or wrong, for later comparison: status, error, header names, claim names and types. */
  readonly observed: { readonly [path: string]: Json }
  readonly exchanges: readonly Exchange[]
  /** Lines of the server's error log, read when it answered 500 or above. */
  readonly serverLog: readonly string[]
  readonly milliseconds: number
}

/** `pkce.verifier-malformed [plus]` */
export function checkName(check: { readonly contract: string; readonly variant: string | null }): string {
  return check.variant === null ? check.contract : `${check.contract} [${check.variant}]`
}

/** What a run left on a site of somebody else; counts. */
export interface SideEffects {
  readonly codes: number
  readonly accessTokens: number
  readonly refreshTokens: number
  readonly sessions: number
}
