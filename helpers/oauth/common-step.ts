import type { ClientRole } from '../../fixtures/roles.ts'
import type { Expectation } from '../judge/expectation.ts'
import type { VariantValue } from './values.ts'

/** Options of every step. */
export interface Common {
  /** The name later steps refer to: `ref('first.code')`. */
  readonly as?: string
  /** What this step must result in. By default an earlier step must succeed, and the last one is judged by `then`. */
  readonly expect?: Expectation
}

export interface Acting<Name extends string = string> extends Common {
  /** Another client than the case's own. */
  readonly client?: ClientRole | VariantValue<Name>
}
