import { suite } from '../model/package.ts'
import { flagText, meaningOf, variableFor, variableOf, type FlagRow } from '../settings/setting-row.ts'
import { headingOf, rowOf, settingNames, type SettingName } from '../settings/settings-table.ts'
import { subcommands } from './program.ts'

/** The text of `.env.example`. */
export function envExample(): string {
  return [
    `# Settings of ${suite.name}. Copy this file to .env and uncomment what you need.`,
    '# Flags override the environment, which overrides .env.',
    ...settingNames
      .map(rowOf)
      .flatMap((row) => ['', `# ${meaningOf(row)}`, `#${variableOf(row)}=${row.fallback ?? ''}`]),
    '',
  ].join('\n')
}

/** The text of `docs/settings.md`. */
export function settingsDocument(): string {
  const parts = [...new Set(settingNames.map(headingOf))]
  return [
    '<!-- Generated from helpers/settings/settings-table.ts by `npm run generate`. -->',
    '# Settings',
    'A setting is given as a flag, as a variable in the environment, or as a line of `.env`, in this order of precedence. ' +
      'Only variables that begin with `CONTRACT_` are read; an unknown one is an error (exit code 2), and so are settings ' +
      'that cannot act together. A list can be repeated or separated by commas.',
    ...parts.flatMap((part) => [`## ${part}`, settingsTable(settingNames.filter((name) => headingOf(name) === part))]),
    '## Deprecated names',
    deprecated(),
    '## Flags of single subcommands',
    ...subcommands
      .filter(({ flags }) => flags.length > 0)
      .flatMap(({ name, summary, flags }) => [
        `\`${suite.name} ${name}\`: ${summary}.`,
        table(
          ['flag', 'meaning'],
          flags.map((row) => [code(flagText(row)), cell(meaningOf(row))]),
        ),
      ]),
    '',
  ].join('\n\n')
}

const settingsTable = (names: readonly SettingName[]): string =>
  table(
    ['flag', 'variable', 'meaning', 'targets'],
    names
      .map(rowOf)
      .map((row) => [
        code(flagText(row)),
        code(variableOf(row)),
        cell(meaningOf(row)),
        row.targets?.join(', ') ?? 'all',
      ]),
  )

function deprecated(): string {
  const rows = settingNames
    .map(rowOf)
    .flatMap(({ flag, alias }) => (alias === undefined ? [] : [[alias, flag] as const]))
  const both = (flag: string): string => `${code(`--${flag}`)}, ${code(variableFor(flag))}`
  return table(
    ['deprecated', 'use instead'],
    rows.map((names) => names.map(both)),
  )
}

const code = (text: string): string => `\`${text}\``
const cell = (text: FlagRow['help']): string => text.replaceAll('|', '\\|')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  ['<!-- prettier-ignore -->', ...[head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`)].join(
    '\n',
  )
