import { settingRows, variableOf, type SettingRow } from '../settings/settings-table.ts'
import { suite } from '../model/package.ts'

const rows: readonly SettingRow[] = Object.values(settingRows)

/** Before which setting a part of the help begins. */
const headings: ReadonlyMap<SettingRow, string> = new Map<SettingRow, string>([
  [settingRows.target, 'The server under test'],
  [settingRows.only, 'What is run: every contract that all of these select'],
  [settingRows.profile, 'How it is judged'],
  [settingRows.report, 'Report and limits'],
])

/** The text of `--help`. */
export function helpText(): string {
  return [
    `${suite.name} ${suite.version}: a contract test suite for Drupal's Simple OAuth module`,
    '',
    'Usage',
    `  ${suite.name} [run] [settings]    run the contract and judge the server`,
    `  ${suite.name} list [--json]       list the contracts that the settings select, run nothing`,
    `  ${suite.name} explain ID          what a contract asks, why, how it is proven; run nothing`,
    `  ${suite.name} compare [BEFORE AFTER [MORE…]]   what changed between two reports; without any, the last two runs`,
    `  ${suite.name} record [settings]   run, and write the observed facts to fixtures/observed`,
    `  ${suite.name} reference [--help]  serve the reference server by itself`,
    `  ${suite.name} init --base-url URL [--out FILE] [--force]   ask a site what it is, and begin a site file for it`,
    `  ${suite.name} cleanup [RUN]       remove what killed runs left: here, and on sites they provisioned`,
    '',
    'Settings (flag, or variable in the environment or in .env)',
    ...rows.flatMap((row) => [
      ...(headings.has(row) ? ['', ` ${headings.get(row) ?? ''}`] : []),
      `  ${flagOf(row).padEnd(34)} ${variableOf(row)}`,
      `      ${row.help}${about(row)}`,
    ]),
    '',
    '  -h, --help                         this text',
    '  --version                          the version',
    '',
    'Exit code: 0 the contract is kept, 1 it is not, 2 no verdict could be reached.',
    'The last line of every run is "N passed, N failed, N skipped".',
  ].join('\n')
}

/** The text of `.env.example`. */
export function envExample(): string {
  return [
    '# Settings of simple-oauth-contract. Copy to .env and uncomment; flags and the environment come first.',
    ...rows.flatMap((row) => ['', `# ${row.help}${about(row)}`, `#${variableOf(row)}=${row.fallback ?? ''}`]),
    '',
  ].join('\n')
}

/** The settings as a table in Markdown, for the README. */
export function settingsTable(): string {
  return [
    '| flag | variable | meaning |',
    '|---|---|---|',
    ...rows.map((row) => `| \`${flagOf(row)}\` | \`${variableOf(row)}\` | ${row.help}${about(row)} |`),
  ].join('\n')
}

function flagOf(row: SettingRow): string {
  if (row.kind === 'flag') return `--${row.flag}`
  return `--${row.flag} ${row.shown ?? (row.kind === 'seconds' ? 'SECONDS' : row.kind === 'count' ? 'N' : 'NAME')}`
}

function about(row: SettingRow): string {
  const values = row.values ? ` One of: ${row.values.join(', ')}.` : ''
  const unit = row.kind === 'seconds' ? ' s' : ''
  const fallback = row.fallback !== null && row.kind !== 'flag' ? ` Default: ${row.fallback}${unit}.` : ''
  return values + fallback
}
