import type { CheckResult } from '../model/result.ts'
import type { Endpoints, Versions } from '../model/target.ts'
import type { Json } from '../model/verdict.ts'

/** What a comparison reads of a report.json. */
export interface ReportedRun {
  readonly suite: { readonly name: string; readonly version: string }
  /** ISO 8601. */
  readonly startedAt: string
  readonly target: {
    readonly label: string
    readonly subject?: string
    readonly baseUrl: string
    readonly versions: Versions
    readonly modules?: Readonly<Record<string, string>>
    readonly endpoints?: Endpoints
    readonly demonstration: boolean
    /** A third-party site, with consumers of its owner. */
    readonly mapped?: true
  } | null
  readonly settings: { readonly profile: string; readonly [setting: string]: Json }
  readonly planned: number
  readonly interrupted: string | null
  readonly failure: { readonly code: string; readonly message: string } | null
  readonly server?: { readonly keys?: readonly string[]; readonly metadata?: { readonly [path: string]: Json } }
  readonly checks: readonly CheckResult[]
}

/** A report and the name that people know it by: the path they gave. */
export interface NamedRun {
  readonly name: string
  readonly run: ReportedRun
}

/** Whether every selected check of the run came to a verdict. */
export const isComplete = ({ interrupted, failure, planned, checks }: ReportedRun): boolean =>
  interrupted === null && failure === null && planned > 0 && checks.length === planned
