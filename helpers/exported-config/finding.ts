import type { ConfigFile } from './read-config.ts'

/** Something wrong, or worth knowing, in an exported configuration. */
export interface LintFinding {
  /** Stable. */
  readonly id: string
  /** file:line:column */
  readonly place: string
  /** A problem is to be solved; a note may be meant. */
  readonly level: 'problem' | 'note'
  /** What is wrong, and what to do. */
  readonly message: string
}

/** Something found in a file, by the path of the member that it is about. */
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
