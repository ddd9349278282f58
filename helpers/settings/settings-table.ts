import { profiles } from '../../fixtures/sources.ts'
import { serverSettings } from './server-settings.ts'
import type { SettingRow } from './setting-row.ts'

/** Every setting. Flags, environment variables, help, `.env.example` and docs/settings.md are generated from this table. */
export const settingRows = {
  ...serverSettings,
  only: {
    flag: 'only',
    kind: 'list',
    fallback: null,
    shown: 'ID',
    help: 'Only contracts with this ID; * and ? are wildcards (pkce.*).',
  },
  source: {
    flag: 'source',
    kind: 'list',
    fallback: null,
    shown: 'DOCUMENT[/SECTION]',
    help: 'Only contracts based on this standard, or on a section of it and its subsections (rfc7636/4).',
  },
  severity: {
    flag: 'severity',
    kind: 'list',
    fallback: null,
    shown: 'LEVEL',
    help: 'Only contracts of this severity, or with + of this severity and above (high+).',
  },
  group: {
    flag: 'group',
    kind: 'list',
    fallback: null,
    shown: 'NAME',
    help: 'Only contracts in this group: a folder of specs (token), a file (pkce), both (token/pkce), or own for those of your own.',
  },
  client: {
    flag: 'client',
    kind: 'list',
    fallback: null,
    shown: 'ROLE',
    help: 'Only contracts in which the client of this role takes part (publicPkce).',
  },
  contracts: {
    flag: 'contracts',
    kind: 'text',
    fallback: null,
    shown: 'DIR',
    help: 'Folder with contracts of your own (*.spec.ts, IDs that begin with x-), in addition to those of the suite.',
  },
  shard: {
    flag: 'shard',
    kind: 'text',
    fallback: null,
    shown: 'I/N',
    help: 'Only part I of N of the selected contracts (2/3), so that several machines share a run; "merge" makes one report of the parts.',
  },
  profile: {
    flag: 'profile',
    kind: 'text',
    values: Object.keys(profiles),
    fallback: 'default',
    help: 'Which standards are mandatory; violations of others are warnings.',
  },
  slow: {
    flag: 'slow',
    kind: 'flag',
    fallback: 'false',
    help: 'Wait until tokens and codes expire, to prove the lifetimes that a site file guarantees.',
  },
  strict: { flag: 'strict', kind: 'flag', fallback: 'false', help: 'Count warnings as failures.' },
  baseline: {
    flag: 'baseline',
    kind: 'list',
    fallback: null,
    shown: 'FILE',
    alias: 'ledger',
    help: 'Your own known issues (YAML), in addition to those of released versions.',
  },
  noKnownIssues: {
    flag: 'no-known-issues',
    kind: 'flag',
    fallback: 'false',
    help: 'Judge released versions without the list of their known issues, as a security review does. A baseline still counts.',
  },
  generateBaseline: {
    flag: 'generate-baseline',
    kind: 'text',
    fallback: null,
    shown: 'FILE',
    help: "Write this run's failures and differences from the record into a new baseline, and count them as known. Fill in the reasons.",
  },
  failOnFixed: {
    flag: 'fail-on-fixed',
    kind: 'flag',
    fallback: 'false',
    help: "Also fail if a known issue of a released version does not occur; for the suite's own CI.",
  },
  allowSkipped: {
    flag: 'allow-skipped',
    kind: 'flag',
    fallback: 'false',
    help: 'End with 0 even if critical contracts were skipped because they need --slow or the permission for stress.',
  },
  report: {
    flag: 'report',
    kind: 'text',
    fallback: 'results',
    shown: 'DIR',
    help: 'Folder for report.json and the evidence. Without it, each run gets a folder of its own in results, and results/latest is a link to the newest one.',
  },
  reporter: {
    flag: 'reporter',
    kind: 'list',
    fallback: 'console,json,html',
    shown: 'NAME[=FILE]',
    help: 'Format to make of a run: console, html, json, junit, sarif, markdown, github (on by default in GitHub Actions) or gitlab. Without FILE, it gets its usual name in the report folder, where report.json is always written; "report" makes the other formats later.',
  },
  compareWith: {
    flag: 'compare-with',
    kind: 'text',
    fallback: null,
    shown: 'REPORT',
    help: 'An earlier report.json, or its folder. What changed since then is printed, and written next to the report.',
  },
  accept: {
    flag: 'accept',
    kind: 'text',
    fallback: null,
    shown: 'FILE',
    help: 'With --compare-with: accepted changes (YAML). The subcommand "compare" writes such a file with --write-accept.',
  },
  quiet: {
    flag: 'quiet',
    kind: 'flag',
    fallback: 'false',
    help: 'Print only the conclusion and the counts.',
  },
  verbose: {
    flag: 'verbose',
    kind: 'flag',
    fallback: 'false',
    help: 'Print every check that does not pass, known issues and skipped checks included.',
  },
  requestTimeout: { flag: 'request-timeout', kind: 'seconds', fallback: '30', help: 'Time limit for one request.' },
  checkTimeout: {
    flag: 'check-timeout',
    kind: 'seconds',
    fallback: '120',
    help: 'Time limit for one check, including the time it waits for something to expire.',
  },
  startTimeout: {
    flag: 'start-timeout',
    kind: 'seconds',
    fallback: '300',
    targets: ['container', 'php', 'site'],
    help: 'Time limit for installing and starting the server.',
  },
  ca: {
    flag: 'ca',
    kind: 'text',
    fallback: null,
    shown: 'FILE',
    targets: ['site'],
    help: 'PEM file of a certificate authority to trust in addition to the public ones.',
  },
} as const satisfies Record<string, SettingRow>

export type SettingName = keyof typeof settingRows

/** Every setting, in the order of the table. */
export const settingNames = Object.keys(settingRows) as SettingName[]

export const rowOf = (name: SettingName): SettingRow => settingRows[name]

/** The settings that select contracts, in the order used in messages. */
export const selectors = ['only', 'source', 'severity', 'group', 'client'] as const

/** The headings in the help and in docs/settings.md, by their first setting. */
const headings: Readonly<Partial<Record<SettingName, string>>> = {
  target: 'Server under test',
  only: 'Contracts to run',
  profile: 'Judging',
  report: 'Report and limits',
}

/** The heading above a setting. */
export function headingOf(name: SettingName): string {
  const before = settingNames.slice(0, settingNames.indexOf(name) + 1)
  return before.flatMap((one) => headings[one] ?? []).at(-1) ?? ''
}
