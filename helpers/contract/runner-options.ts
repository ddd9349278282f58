import type { Profile } from '../../fixtures/sources.ts'
import { createHttpClient, type HttpClient } from '../http/client.ts'
import type { KnownIssue } from '../judge/conclude.ts'
import type { SiteChange, TargetInfo } from '../model/target.ts'
import type { RunEnvironment } from '../oauth/case-state.ts'
import type { Check } from './case.ts'
import type { Kept } from './kept.ts'
import type { Watch } from './watch.ts'

export interface RunnerOptions {
  readonly target: TargetInfo
  readonly profile: Profile
  readonly knownIssues: readonly KnownIssue[]
  /** Milliseconds for one request. */
  readonly requestTimeout: number
  /** Milliseconds for one check, waiting included. */
  readonly checkTimeout: number
  /** Whether to wait for slow proofs; false by default. */
  readonly slow?: boolean
  /** PEM of a certificate authority to trust alongside the system's. */
  readonly ca?: string
  readonly changeSite: (request: SiteChange) => Promise<unknown>
  readonly errorLog: () => Promise<readonly string[]>
  /** Whether to end a run early if nothing works on the server, or it is gone; false by default. */
  readonly endEarly?: boolean
  /** What was kept from before the upgrade, for contracts about one. */
  readonly kept?: Kept
  /** An observer: `replay` shows each step. */
  readonly watch?: Watch
  /** Replaces the environment of one check: the bench records requests, waits and site changes there. */
  readonly around?: (check: Check, environment: RunEnvironment) => RunEnvironment
}

// A page of Drupal is about 20 kB; larger bodies are truncated and marked as such.
const bodyLimit = 1024 * 1024

/** The client of a run: one connection for each worker of the server, to its origin alone. */
export const clientFor = ({ target, requestTimeout, ca }: RunnerOptions): HttpClient =>
  createHttpClient({
    origin: new URL(target.baseUrl).origin,
    timeout: requestTimeout,
    bodyLimit,
    connections: target.workers,
    ...(ca === undefined ? {} : { ca }),
    ...(target.httpBasic ? { basic: target.httpBasic } : {}),
  })
