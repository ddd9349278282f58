import type { Finding } from '../model/verdict.ts'
import type { DescribeContext } from './match.ts'
import type { Outcome } from './outcome.ts'

/** One thing an expectation asks for, in words, with nothing having happened yet. */
export interface Requirement extends Pick<Finding, 'path' | 'expected' | 'level' | 'note'> {
  /** Where it is not the contract's own. */
  readonly severity?: Finding['severity']
}

/** What came of a requirement, by its path. */
export type Observation = Pick<Finding, 'path' | 'ok' | 'actual' | 'granted'>

/** How one kind of expectation is judged, and what it asks for in words. */
export interface Judging<E, C> {
  /** One observation for each requirement that can be judged, in their order. */
  check(expectation: E, outcome: Outcome, context: C): readonly Observation[] | Promise<readonly Observation[]>
  describe(expectation: E, context: DescribeContext, kind: Outcome['kind']): readonly Requirement[]
}
