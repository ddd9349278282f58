import type { Json } from '../../helpers/model/verdict.ts'

/** One fact that the reference server cannot or should not show as the recorded one does. */
export interface Difference {
  /** Contract, with its variant in brackets. */
  readonly check: string
  /** `verdict`, `failed.PATH` or `observed.PATH`. */
  readonly path: string
  readonly real: Json
  readonly reference: Json
  /** Why it stays so. */
  readonly reason: string
}

/** Between fixtures/observed/simple_oauth-6.0.9-league-9.2.0-drupal-10.5.5.json and the profile simple-oauth-6.0. None at present. */
export const differences: readonly Difference[] = []
