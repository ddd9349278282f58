import { CommanderError } from 'commander'
import { failureOf } from './failure.ts'
import { parseCommand } from './program.ts'

/**
 * The command: settings, subcommand, exit code. Never throws: whatever goes wrong becomes a message and exit code 2.
 * @param loaded Called when a run or the reference server handles signals itself.
 */
export async function main(argv: readonly string[], loaded: () => void): Promise<void> {
  // The reader of a pipe may close it early, as `head` does; verdict, report and exit code do not depend on it.
  process.stdout.on('error', () => undefined)
  try {
    const parsed = await parseCommand(argv, { print, columns: process.stdout.columns })
    if (parsed === null) return
    const { subcommand, flags, args } = parsed
    // Loaded only here: help needs no settings, and their schema takes a moment.
    const { badValue, readDotenv, settingsFrom } = await import('../settings/settings.ts')
    // A subcommand's own flag may have the name of a setting: `reference --profile`.
    const own = subcommand.flags.map(({ flag }) => flag)
    const given = Object.fromEntries(Object.entries(flags).filter(([flag]) => !own.includes(flag)))
    const read = settingsFrom(given, process.env, readDotenv('.env'))
    for (const row of subcommand.flags) {
      const value = flags[row.flag]
      if (row.values && value !== undefined && !row.values.includes(String(value)))
        throw badValue(row, false, String(value))
    }
    for (const note of read.notes) process.stderr.write(`note: ${note}\n`)
    await subcommand.act({ read, flags, args, say, loaded })
  } catch (error) {
    // commander also ends parsing this way for --help and --version.
    if (error instanceof CommanderError && error.exitCode === 0) return
    process.stderr.write(`${failureOf(error).message}\n`)
    say('0 passed, 0 failed, 0 skipped')
    process.exitCode = 2
  }
}

function print(text: string): void {
  process.stdout.write(text)
}

const say = (text: string): void => print(`${text}\n`)
