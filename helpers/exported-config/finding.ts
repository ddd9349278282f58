import type { ConfigFile } from './read-config.ts'

/** Something wrong, or worth knowing, in an exported configuration. */
export interface LintFinding {
  /** Stable. */
  readonly id: string
  /** file:line:column */
  readonly place: string
  /** A problem has to be solved; a note may be intended. */
  readonly level: 'problem' | 'note'
  /** What is wrong, and what to do. */
  readonly message: string
}

/** Makes a finding about the member at a path of a file. */
export const finding =
  (file: ConfigFile) =>
  (
    id: string,
    level: LintFinding['level'],
    path: readonly string[],
    message: string,
    of: 'key' | 'value' = 'value',
  ): LintFinding => ({
    ...{ id, level, message },
    place: file.place(path, of),
  })
