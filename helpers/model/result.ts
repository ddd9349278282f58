import type { Source } from './source.ts'
import type { Reason } from './reason.ts'
import type { Exchange } from './exchange.ts'
import type { Finding, Json, Severity, Verdict } from './verdict.ts'

/** `weakness`: something issued, opened or disclosed that must not be. `difference`: anything else. */
export type IssueKind = 'difference' | 'weakness'

/** A finding with what the known issues say about it. */
export interface JudgedFinding extends Finding {
  /** Set when a known issue covers this very finding. */
  readonly knownIssue?: {
    readonly kind: IssueKind
    readonly reason: string
    readonly source: string
    readonly issue?: string
    readonly remedy?: string
    readonly fixedIn?: string
    readonly until?: string
    readonly owner?: string
    /** Versions of the server on which nobody has seen it: "simple_oauth 6.0.5". */
    readonly unseen?: readonly string[]
  }
}

/** Why nothing could be proven, grouped in the summary by `cause`. */
export interface Blocker {
  /** Stable: `login-failed`, `control-failed`, `ECONNREFUSED`. The summary shows equal causes as one line. */
  readonly cause: string
  readonly message: string
}

/** A known issue that did not occur. */
interface StaleIssue {
  readonly path: string
  readonly actual: Json
  readonly reason: string
}

/** One check, judged. Plain JSON without any secret; reports and diffs are made from it alone. */
export interface CheckResult {
  readonly contract: string
  /** Null where the contract has no variants. */
  readonly variant: string | null
  readonly title: string
  readonly severity: Severity
  /** Which of a consumer's guarantees it proves; the variant names the consumer. */
  readonly guarantee?: string
  readonly sources: readonly Source[]
  readonly group: string
  /** Roles the check acts as. */
  readonly client: string | null
  readonly user: string | null
  /** `specs/token/pkce.spec.ts:14:1` */
  readonly location: string
  readonly verdict: Verdict
  /** Of `skipped` and `error`. */
  readonly reason: Reason | null
  readonly blocker: Blocker | null
  readonly control: 'none' | 'passed' | 'failed' | 'an earlier step'
  readonly findings: readonly JudgedFinding[]
  /** Known issues of a baseline whose finding did not occur. */
  readonly stale: readonly StaleIssue[]
  /** Known issues of the release that this server does not have. */
  readonly improved?: readonly StaleIssue[]
  /** Facts without right or wrong, for later comparison: status, error, headers, names and types of claims. */
  readonly observed: { readonly [path: string]: Json }
  readonly exchanges: readonly Exchange[]
  /** Which of the exchanges the findings judge, by index. */
  readonly decisive?: readonly number[]
  /** Lines of the server's error log, read when it answered 500 or above. */
  readonly serverLog: readonly string[]
  readonly milliseconds: number
}

/** `pkce.verifier-malformed [plus]` */
export function checkName(check: { readonly contract: string; readonly variant: string | null }): string {
  return check.variant === null ? check.contract : `${check.contract} [${check.variant}]`
}

/** What a run left on a third-party site; counts. */
export interface SideEffects {
  readonly codes: number
  readonly accessTokens: number
  readonly refreshTokens: number
  readonly sessions: number
}
