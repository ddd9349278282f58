import type { Finding } from '../model/verdict.ts'
import type { DescribeContext } from './match.ts'
import type { Outcome } from './outcome.ts'

/** One requirement of an expectation, in words, before anything has happened. */
export interface Requirement extends Pick<Finding, 'path' | 'expected' | 'level' | 'note'> {
  /** If it differs from the contract's. */
  readonly severity?: Finding['severity']
}

/** What was observed for a requirement, by its path. */
export type Observation = Pick<Finding, 'path' | 'ok' | 'actual' | 'granted'>

/** How one kind of expectation is judged and described. */
export interface Judging<E, C> {
  /** One observation for each requirement that can be judged, in order. */
  check(expectation: E, outcome: Outcome, context: C): readonly Observation[] | Promise<readonly Observation[]>
  describe(expectation: E, context: DescribeContext, kind: Outcome['kind']): readonly Requirement[]
}
