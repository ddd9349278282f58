import type { FlagValues } from '../settings/flags.ts'
import type { ReadSettings } from '../settings/settings.ts'
import type { FlagRow } from '../settings/setting-row.ts'
import type { SettingName } from '../settings/settings-table.ts'

/** One call of a subcommand. */
export interface Call {
  readonly read: ReadSettings
  /** Every flag that was given, by name. */
  readonly flags: FlagValues
  /** The words after the subcommand. */
  readonly args: readonly string[]
  /** Prints a line to the standard output. */
  readonly say: (text: string) => void
  /** To be called once the subcommand handles signals itself. */
  readonly loaded: () => void
}

/** A subcommand, declared without loading what it does: `act` does that. */
export interface Subcommand {
  readonly name: string
  /** One line for the overview. */
  readonly summary: string
  /** The text of its help above the flags. */
  readonly about: string
  /** Positional arguments; `act` checks which are mandatory. A name that ends with ... stands for any number of them. */
  readonly args: readonly { readonly name: string; readonly help: string }[]
  /** The settings it takes; as flags, it refuses all others. */
  readonly settings: readonly SettingName[]
  /** Flags of its own. */
  readonly flags: readonly FlagRow[]
  /** Calls without the name of the command, each with what it does. */
  readonly examples: readonly (readonly [call: string, what: string])[]
  /** Lines below the examples, at most 80 columns wide. */
  readonly notes: readonly string[]
  readonly act: (call: Call) => Promise<void>
}
