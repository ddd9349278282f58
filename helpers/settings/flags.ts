import { Command, Option } from 'commander'
import { flagText, variableFor, type FlagRow } from './setting-row.ts'
import { rowOf, settingNames, type SettingName } from './settings-table.ts'
import { SettingsError } from './settings-error.ts'
import { didYouMean, near } from './suggest.ts'

/** The value of each flag on a command line: a string, the strings of a list, or true for a flag without a value. */
export type FlagValues = Readonly<Record<string, string | boolean | readonly string[]>>

/** The options of these settings for commander, including deprecated names. */
export function optionsOf(names: readonly SettingName[]): Option[] {
  return names.flatMap((name) => {
    const row = rowOf(name)
    return [optionOf(row), ...(row.alias === undefined ? [] : [optionOf({ ...row, flag: row.alias }).hideHelp()])]
  })
}

/** For commander the value is optional, so that it never takes the next flag for a value; `flagValues` requires it. */
export function optionOf(row: FlagRow): Option {
  const option = new Option(row.kind === 'flag' ? `--${row.flag}` : flagText(row).replace(/ \[?([^\]]*)\]?$/u, ' [$1]'))
  // commander would treat --no-known-issues as a negated flag that is on by default.
  option.negate = false
  return row.kind === 'list'
    ? option.argParser((value: string, before?: readonly string[]) => [...(before ?? []), value])
    : option
}

/**
 * The flags that a command was called with.
 * @throws SettingsError for one without its value.
 */
export function flagValues(command: Command, rows: readonly FlagRow[]): FlagValues {
  const values: Record<string, string | boolean | readonly string[]> = {}
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName())
    const flag = option.name()
    const row = rows.find((one) => one.flag === flag)
    if (value === undefined) continue
    const given = value === true ? (row?.implied ?? value) : value
    if (given === true && row && row.kind !== 'flag')
      throw new SettingsError('bad-value', `--${flag} needs a value: ${flagText(row)}.`)
    values[flag] = given as FlagValues[string]
  }
  return values
}

/**
 * Parses a command line that accepts every setting and nothing else.
 * @throws SettingsError
 */
export function parseFlags(argv: readonly string[]): FlagValues {
  const command = new Command().helpOption(false).allowUnknownOption().allowExcessArguments()
  for (const option of optionsOf(settingNames)) command.addOption(option)
  command.parse([...argv], { from: 'user' })
  const [stray] = command.args
  if (stray !== undefined) throw unknownFlag(stray, flagsOf(settingNames))
  return flagValues(command, settingNames.map(rowOf))
}

/** The flags of these settings, without dashes and without deprecated names. */
export const flagsOf = (names: readonly SettingName[]): string[] => names.map((name) => rowOf(name).flag)

/** The error for an unknown flag. */
export function unknownFlag(given: string, flags: readonly string[]): SettingsError {
  const [name = '', value] = given.replace(/^-+/u, '').split(/=(.*)/su)
  if (value !== undefined && flags.includes(name))
    return new SettingsError('unknown-setting', `--${name} takes no value, got "${value}".`)
  const meant = didYouMean(near(name, flags).map((flag) => `--${flag}`))
  return new SettingsError('unknown-setting', `Unknown flag ${given.split('=')[0] ?? ''}.${meant}`)
}

/** The error for an unknown CONTRACT_… variable. */
export function unknownVariable(given: string, where: string): SettingsError {
  const prefix = variableFor('')
  const names = near(given.slice(prefix.length).replaceAll('_', '-'), flagsOf(settingNames)).map(variableFor)
  const next = '"simple-oauth-contract help run" lists all settings.'
  return new SettingsError('unknown-setting', `Unknown setting ${given} in ${where}.${didYouMean(names)} ${next}`)
}
