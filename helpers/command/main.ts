import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'dotenv'
import { cacheFolder } from '../target/choose.ts'
import { sweepLeftovers } from '../target/php.ts'
import { readSettings, SettingsError, type ReadSettings } from '../target/settings.ts'
import { collect } from './collect.ts'
import { helpText } from './help.ts'
import { listText } from './list.ts'
import { suite } from './package.ts'
import { run } from './run.ts'

const subcommands = ['run', 'list', 'cleanup'] as const

/** The command: settings, subcommand, exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const read = settingsOf(argv)
  if (!read) return
  const [subcommand = 'run', ...more] = read.words
  if (read.version) return say(suite.version)
  if (read.help) return say(helpText())
  if (!(subcommands as readonly string[]).includes(subcommand) || more.length > 0) {
    return refuse(`Unknown subcommand "${read.words.join(' ')}". Known are: ${subcommands.join(', ')}. See --help.`)
  }
  if (subcommand === 'list') return say(listText((await collect()).checks, read.settings.only))
  if (subcommand === 'cleanup') {
    const swept = sweepLeftovers(cacheFolder(read.settings, process.env))
    return say(swept.length > 0 ? `Removed: ${swept.join(', ')}` : 'Nothing was left over.')
  }
  await run(read.settings)
}

function settingsOf(argv: readonly string[]): ReadSettings | null {
  try {
    const dotenv = existsSync('.env') ? parse(readFileSync('.env')) : {}
    return readSettings(argv, process.env, dotenv)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    refuse(error.message)
    return null
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Nothing was run: exit code 2, and the closing line all the same. */
function refuse(message: string): void {
  process.stderr.write(`${message}\n`)
  say('0 passed, 0 failed, 0 skipped')
  process.exitCode = 2
}
