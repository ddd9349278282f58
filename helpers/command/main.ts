import { join } from 'node:path'
import { painter } from '../report/text.ts'
import { settingRows, variableOf } from '../settings/settings-table.ts'
import { readDotenv, readSettings, type ReadSettings, type Settings } from '../settings/settings.ts'
import { collect, specFiles } from '../plan/collect.ts'
import { failureOf } from './failure.ts'
import { findContract } from '../plan/find-contract.ts'
import { helpText } from './help.ts'
import { listJson, listText } from './list.ts'
import { contractsOf } from '../plan/contracts.ts'
import { packageRoot, suite } from '../model/package.ts'
import { readAllKnownIssues } from '../plan/plan.ts'
import { select, SelectionError, selectors } from '../plan/select.ts'

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
    else if (argv[0] === 'compare') await compare(argv.slice(1))
    else await dispatch(readSettings(argv, process.env, readDotenv('.env')), argv, loaded)
  } catch (error) {
    refuse(failureOf(error).message)
  }
}

async function dispatch(read: ReadSettings, argv: readonly string[], loaded: () => void): Promise<void> {
  const { settings, words, help, version, json, out, force } = read
  const [subcommand = 'run', ...more] = words
  const operands = ['explain', 'cleanup'].includes(subcommand) ? 1 : 0
  if (version) say(suite.version)
  else if (help) say(helpText())
  else if (more.length > operands || !(Object.hasOwn(subcommands, subcommand) || Object.hasOwn(readers, subcommand))) {
    const known = [...Object.keys(subcommands), ...Object.keys(readers), 'reference'].join(', ')
    refuse(`Unknown subcommand "${words.join(' ')}". Known are: ${known}. See --help.`)
  } else if (json && subcommand !== 'list') refuse('--json belongs to the subcommand list. See --help.')
  else if ((out !== null || force) && subcommand !== 'init')
    refuse('--out and --force belong to the subcommand init. See --help.')
  else if (Object.hasOwn(readers, subcommand))
    say(await readers[subcommand as keyof typeof readers](settings, json, more[0]))
  else await subcommands[subcommand as keyof typeof subcommands](read, argv, loaded)
}

const subcommands = {
  run: async (
    read: ReadSettings,
    argv: readonly string[],
    loaded: () => void,
    recordTo: string | null = null,
  ): Promise<void> => {
    // Loaded only here: the targets take longer to load than all the rest.
    const [{ run }, { siteContext }] = await Promise.all([import('./run.ts'), import('../plan/run-context.ts')])
    const context = siteContext(read, { ...readDotenv('.env'), ...process.env })
    if (read.settings.dryRun) {
      const { dryRun } = await import('./dry-run.ts')
      say(await dryRun(context, process.env, (stage) => process.stderr.write(`· ${stage}\n`)))
      return
    }
    const running = run(context, argv, recordTo)
    loaded()
    await running
  },
  record: async (read: ReadSettings, argv: readonly string[], loaded: () => void): Promise<void> => {
    const { settings } = read
    const given = ([...selectors, 'contracts'] as const).filter((name) => (settings[name] ?? []).length > 0)
    if (given.length === 0) await subcommands.run(read, argv, loaded, join(packageRoot, 'fixtures', 'observed'))
    else {
      const names = given.map((name) => `--${name} (${variableOf(settingRows[name])})`)
      refuse(`A record holds every contract of the suite: leave ${names.join(', ')} out.`)
    }
  },
  init: async ({ settings, out, force }: ReadSettings): Promise<void> => {
    const { init } = await import('./init.ts')
    say(await init(settings, { out, force }))
  },
}

/** Subcommands that run no contract, with what they have to say. */
const readers = {
  cleanup: async (settings: Settings, _json: boolean, run: string | undefined): Promise<string> => {
    const { cleanUp } = await import('./cleanup.ts')
    return cleanUp(settings, process.env, run)
  },
  list: async (settings: Settings, json: boolean): Promise<string> => {
    const { checks } = await collect(specFiles(settings.contracts))
    const chosen = select(checks, settings)
    return json ? listJson(chosen) : listText(chosen, process.stdout.columns)
  },
  explain: async (settings: Settings, _json: boolean, id: string | undefined): Promise<string> => {
    if (id === undefined) throw new SelectionError(`Which contract? ${suite.name} explain ID; see list for the ids.`)
    const { checks } = await collect(specFiles(settings.contracts))
    const { contract, check } = findContract(id, contractsOf(checks))
    const { explain } = await import('./explain.ts')
    if (check.when.some((step) => step.do === 'wait')) process.stderr.write('· some seconds: it waits for an expiry\n')
    const paint = painter(process.stdout.isTTY && process.stdout.hasColors())
    return explain(contract, check, { knownIssues: readAllKnownIssues(settings, checks), width: textWidth(), paint })
  },
}

/** Longer lines are hard to read. */
const textWidth = (): number => Math.min(process.stdout.columns || 100, 100)

async function reference(argv: readonly string[], loaded: () => void): Promise<void> {
  const { serveReference } = await import('./reference.ts')
  const serving = serveReference(argv, say)
  loaded()
  await serving
}

async function compare(argv: readonly string[]): Promise<void> {
  const { compare: run, compareOptions } = await import('./compare.ts')
  const paint = painter(process.stdout.isTTY && process.stdout.hasColors())
  process.exitCode = run(compareOptions(argv), { print: say, paint, width: process.stdout.columns || 100 })
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
