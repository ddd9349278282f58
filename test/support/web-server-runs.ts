import type { Verdict } from '../../helpers/model/verdict.ts'

/** One run of `npm run web-servers`. */
export interface WebServerRun {
  readonly server: string
  readonly database: string
  readonly setting: string
  readonly versions: Readonly<Record<string, string>>
  /** By the name of the check. */
  readonly verdicts: Readonly<Record<string, Verdict>>
}
