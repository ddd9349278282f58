/** How a server under test is started. */
export type TargetKind = 'site' | 'container' | 'php' | 'reference'

/** A flag of the command line: of a setting, or of a single subcommand. */
export interface FlagRow {
  /** Flag without the dashes. */
  readonly flag: string
  readonly kind: 'text' | 'flag' | 'seconds' | 'count' | 'list'
  readonly values?: readonly string[]
  /** Default value as text; null for none. */
  readonly fallback: string | null
  /** Placeholder in the help. */
  readonly shown?: string
  /** The value of the flag without one. */
  readonly implied?: string
  readonly help: string
}

/** One setting. */
export interface SettingRow extends FlagRow {
  /** The targets it applies to; all by default. Other targets refuse it. */
  readonly targets?: readonly TargetKind[]
  /** A deprecated name that still works, as a flag and as a variable. */
  readonly alias?: string
  /** Its value may contain a password, and is never printed. */
  readonly secret?: true
}

/** CONTRACT_REFERENCE_PROFILE for the flag `reference-profile`. */
export const variableFor = (flag: string): string => `CONTRACT_${flag.replaceAll('-', '_').toUpperCase()}`

/** The environment variable of a setting. */
export const variableOf = ({ flag }: SettingRow): string => variableFor(flag)

/** `--report DIR` */
export function flagText({ flag, kind, shown }: FlagRow): string {
  if (kind === 'flag') return `--${flag}`
  return `--${flag} ${shown ?? (kind === 'seconds' ? 'SECONDS' : kind === 'count' ? 'N' : 'NAME')}`
}

/** The help text of a flag, with its values and default. */
export function meaningOf({ help, values, fallback, kind }: FlagRow): string {
  const many = kind === 'list' ? ' Repeatable, or separated by commas.' : ''
  const valid = values ? ` Valid values: ${values.join(', ')}.` : ''
  const unit = kind === 'seconds' ? ' s' : ''
  const standard = fallback !== null && kind !== 'flag' ? ` Default: ${fallback}${unit}.` : ''
  return help + many + valid + standard
}
