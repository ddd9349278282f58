import { Command, type Option } from 'commander'
import { suite } from '../model/package.ts'
import { flagsOf, flagValues, optionOf, optionsOf, unknownFlag, type FlagValues } from '../settings/flags.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { meaningOf } from '../settings/setting-row.ts'
import { headingOf, rowOf, settingNames } from '../settings/settings-table.ts'
import { didYouMean, near } from '../settings/suggest.ts'
import type { Subcommand } from './subcommand.ts'
import { baseline } from './subcommands/baseline.ts'
import { cleanup } from './subcommands/cleanup.ts'
import { compare } from './subcommands/compare.ts'
import { doctor } from './subcommands/doctor.ts'
import { explain } from './subcommands/explain.ts'
import { init } from './subcommands/init.ts'
import { lint } from './subcommands/lint.ts'
import { list } from './subcommands/list.ts'
import { merge } from './subcommands/merge.ts'
import { record } from './subcommands/record.ts'
import { reference } from './subcommands/reference.ts'
import { replay } from './subcommands/replay.ts'
import { report } from './subcommands/report.ts'
import { run } from './subcommands/run.ts'
import { upgrade } from './subcommands/upgrade.ts'

/** The subcommands, in the order of the overview. */
export const subcommands: readonly Subcommand[] = [
  run,
  list,
  explain,
  replay,
  report,
  merge,
  compare,
  upgrade,
  doctor,
  init,
  lint,
  record,
  reference,
  baseline,
  cleanup,
]

/** A parsed command line. */
export interface Parsed {
  readonly subcommand: Subcommand
  readonly flags: FlagValues
  readonly args: readonly string[]
}

interface Printing {
  readonly print: (text: string) => void
  /** Columns of the terminal; undefined for a file or pipe. */
  readonly columns: number | undefined
}

/**
 * Parses a command line; null if it asked for help or the version, which is then printed.
 * @throws SettingsError
 */
export async function parseCommand(argv: readonly string[], printing: Printing): Promise<Parsed | null> {
  let parsed: Parsed | null = null
  const program = base(new Command(suite.name), printing)
    .description("Contract test suite for Drupal's Simple OAuth module.")
    .usage('[subcommand] [flags]')
    .version(suite.version, '-v, --version', 'Show the version.')
    .helpCommand(false)
    .commandsGroup('Subcommands:')
    .addHelpText('after', overview)
  for (const subcommand of subcommands) {
    const command = commandOf(subcommand, printing)
    command.action(() => {
      parsed = readCall(subcommand, command)
    })
    program.addCommand(command, { isDefault: subcommand === run })
  }
  program.addCommand(helpCommand(program, printing))
  await program.parseAsync([...argv], { from: 'user' })
  return parsed
}

function helpCommand(program: Command, printing: Printing): Command {
  const command = base(new Command('help'), printing)
    .usage('[SUBCOMMAND]')
    .summary('show this overview, or the help of a subcommand')
    .description('Shows the overview, or the help of a subcommand.')
    .argument('[SUBCOMMAND]', 'Subcommand to explain.')
  return command.action((name?: string) => {
    const about = name === undefined ? program : program.commands.find((one) => one.name() === name)
    if (!about) throw unknownSubcommand(name ?? '')
    about.outputHelp()
  })
}

function commandOf(
  { name, summary, about, args, settings, flags, examples, notes }: Subcommand,
  printing: Printing,
): Command {
  const command = base(new Command(name), printing)
    .summary(summary)
    .description(about)
    .usage([...args.map((one) => `[${one.name}]`), '[flags]'].join(' '))
    // Our own messages replace these, because they know the flags of the other subcommands.
    .allowUnknownOption()
    .allowExcessArguments()
  for (const one of args) command.argument(`[${one.name}]`, one.help)
  for (const row of flags) command.addOption(described(optionOf(row), meaningOf(row)))
  for (const setting of settings) {
    for (const option of optionsOf([setting]))
      command.addOption(described(option, meaningOf(rowOf(setting))).helpGroup(`${headingOf(setting)}:`))
  }
  const calls = examples.map(([call, what]) => [`  ${suite.name} ${call}`, `      ${what}`].join('\n'))
  const parts = ['', 'Examples:', ...calls, ...(settings.length > 0 ? ['', ...environmentNote] : [])]
  return command.addHelpText('after', [...parts, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n'))
}

const described = (option: Option, text: string): Option => {
  option.description = text
  return option
}

/** What all our commands share: where their help goes and how wide it is. */
function base(command: Command, { print, columns }: Printing): Command {
  return command
    .exitOverride()
    .configureOutput({
      writeOut: print,
      getOutHelpWidth: () => Math.min(columns ?? widest, widest),
      getOutHasColors: () => false,
    })
    .configureHelp({
      optionTerm: ({ flags }) => flags.replace(/ \[(.*)\]$/u, ' $1'),
      subcommandTerm: (one) =>
        [one.name(), ...one.registeredArguments.map((word) => `[${word.name()}${word.variadic ? '...' : ''}]`)].join(
          ' ',
        ),
    })
    .optionsGroup('Flags:')
    .helpOption('-h, --help', 'Show this help.')
}

const widest = 80

const environmentNote = [
  'Settings can also be set in the environment or in .env: CONTRACT_BASE_URL for',
  '--base-url. Flags override the environment, which overrides .env.',
]

const overview = [
  '',
  'Examples:',
  `  ${suite.name} --target reference`,
  '      try it out: test the embedded reference server, which is not a Drupal',
  `  ${suite.name} --codebase ~/sites/my-site`,
  '      test a copy of a codebase',
  `  ${suite.name} init --base-url https://shop.ddev.site`,
  '      create a site file for an existing site, to test it with --site',
  '',
  `"${suite.name} help run" lists the settings of a run.`,
].join('\n')

function readCall({ name, settings, flags, args }: Subcommand, command: Command): Parsed {
  const own = flags.map(({ flag }) => flag)
  const stray = command.args.find((word) => word.startsWith('-'))
  if (stray !== undefined) throw strayFlag(stray, name, [...own, ...flagsOf(settings), 'help', 'version'])
  const isOpen = command.registeredArguments.at(-1)?.variadic === true
  const unexpected = isOpen ? undefined : command.args[args.length]
  if (unexpected !== undefined) throw unexpectedWord(unexpected, name, command.parent?.args[0] === name)
  const subcommand = subcommands.find((one) => one.name === name) ?? run
  return { subcommand, flags: flagValues(command, [...flags, ...settingNames.map(rowOf)]), args: command.args }
}

/** Flags of other subcommands are distinguished from those that do not exist. */
function strayFlag(given: string, name: string, flags: readonly string[]): SettingsError {
  const flag = given.replace(/^-+/u, '').split('=')[0] ?? ''
  const takers = subcommands
    .filter(({ flags: own, settings }) =>
      [...own, ...settings.map(rowOf)].some((row) => row.flag === flag || ('alias' in row && row.alias === flag)),
    )
    .map((one) => `"${one.name}"`)
  if (flags.includes(flag) || takers.length === 0) {
    const { message, code } = unknownFlag(given, flags)
    return new SettingsError(code, `${message} "${suite.name} help ${name}" lists all flags.`)
  }
  const others = [takers.slice(0, -1).join(', '), takers.at(-1)].filter(Boolean).join(' and ')
  return new SettingsError(
    'unknown-setting',
    `"${name}" does not accept --${flag}; ${others} ${takers.length > 1 ? 'do' : 'does'}.`,
  )
}

function unexpectedWord(word: string, name: string, named: boolean): SettingsError {
  if (named || name !== run.name)
    return new SettingsError('bad-value', `"${name}" does not accept the argument "${word}".`)
  if (!subcommands.some((one) => one.name === word)) return unknownSubcommand(word)
  return new SettingsError('bad-value', `The subcommand comes first: ${suite.name} ${word} [flags].`)
}

function unknownSubcommand(word: string): SettingsError {
  const names = [...subcommands.map(({ name }) => name), 'help']
  const meant = didYouMean(near(word, names))
  return new SettingsError(
    'unknown-setting',
    `Unknown subcommand "${word}".${meant} Valid values: ${names.join(', ')}.`,
  )
}
