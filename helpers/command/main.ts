import { join } from 'node:path'
import { sweepLeftovers } from '../target/run-folder.ts'
import { cacheFolder, readDotenv, readSettings, type ReadSettings, type Settings } from '../target/settings.ts'
import { collect } from './collect.ts'
import { failureOf } from './failure.ts'
import { helpText } from './help.ts'
import { listText } from './list.ts'
import { load } from './load.ts'
import { packageRoot, suite } from './package.ts'

/**
 * The command: settings, subcommand, exit code. Never throws: what goes wrong is a message and exit code 2.
 * @param loaded Called when a run or the reference server answers signals itself.
 */
export async function main(argv: readonly string[], loaded: () => void): Promise<void> {
  // Whoever reads along may go, as `head` does; verdict, report and exit code still come.
  process.stdout.on('error', () => undefined)
  try {
    // It has flags of its own: no contract is run.
    if (argv[0] === 'reference') await reference(argv.slice(1), loaded)
    else await dispatch(readSettings(argv, process.env, readDotenv('.env')), argv, loaded)
  } catch (error) {
    refuse(failureOf(error).message)
  }
}

async function dispatch(
  { settings, words, help, version }: ReadSettings,
  argv: readonly string[],
  loaded: () => void,
): Promise<void> {
  const [subcommand = 'run', ...more] = words
  if (version) say(suite.version)
  else if (help) say(helpText())
  else if (more.length > 0 || !Object.hasOwn(subcommands, subcommand)) {
    const known = [...Object.keys(subcommands), 'reference'].join(', ')
    refuse(`Unknown subcommand "${words.join(' ')}". Known are: ${known}. See --help.`)
  } else await subcommands[subcommand as keyof typeof subcommands](settings, argv, loaded)
}

const subcommands = {
  run: async (
    settings: Settings,
    argv: readonly string[],
    loaded: () => void,
    recordTo: string | null = null,
  ): Promise<void> => {
    // Loaded only here: vitest and the targets take longer to load than all the rest.
    const { run } = await load<typeof import('./run.ts')>(join(packageRoot, 'helpers', 'command', 'run.ts'))
    const running = run(settings, argv, recordTo)
    loaded()
    await running
  },
  record: async (settings: Settings, argv: readonly string[], loaded: () => void): Promise<void> => {
    if (settings.only.length > 0) refuse('A record holds every contract: leave --only (CONTRACT_ONLY) out.')
    else await subcommands.run(settings, argv, loaded, join(packageRoot, 'fixtures', 'observed'))
  },
  list: async ({ only }: Settings): Promise<void> => {
    say(listText((await collect()).checks, only))
  },
  cleanup: (settings: Settings): void => {
    const swept = sweepLeftovers(cacheFolder(settings, process.env))
    say(swept.length > 0 ? `Removed: ${swept.join(', ')}` : 'Nothing was left over.')
  },
}

async function reference(argv: readonly string[], loaded: () => void): Promise<void> {
  const file = join(packageRoot, 'helpers', 'command', 'reference.ts')
  const { serveReference } = await load<typeof import('./reference.ts')>(file)
  const serving = serveReference(argv, say)
  loaded()
  await serving
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
