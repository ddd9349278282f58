import { resolve } from 'node:path'
import { SettingsError } from '../../settings/settings-error.ts'
import { selectors, type SettingName } from '../../settings/settings-table.ts'
import type { Settings } from '../../settings/settings.ts'
import type { FlagValues } from '../../settings/flags.ts'
import type { UpgradeOptions } from '../upgrade.ts'
import type { Subcommand } from '../subcommand.ts'

const settings: readonly SettingName[] = [
  ...([
    'target',
    'codebase',
    'config',
    'php',
    'workers',
    'fresh',
    'cache',
    'referenceProfile',
    'referenceFault',
  ] as const),
  ...selectors,
  ...(['contracts', 'profile', 'strict', 'baseline', 'noKnownIssues', 'report', 'quiet', 'verbose'] as const),
  ...(['requestTimeout', 'checkTimeout', 'startTimeout'] as const),
]

export const upgrade: Subcommand = {
  name: 'upgrade',
  summary: 'try out an upgrade: what survives it, and what changes for clients',
  about:
    'Installs a copy of the code of today, runs the contracts, keeps tokens, codes, sessions and settings, puts a copy of the ' +
    'new code onto the same database, runs "drush updatedb", asks what survived, and runs and compares the contracts again. ' +
    'Neither codebase is written to, and no site is touched.',
  args: [],
  settings,
  flags: [
    {
      flag: 'to',
      kind: 'text',
      fallback: null,
      shown: 'NEW',
      help: 'Folder of the new code, with its own vendor folder.',
    },
    { flag: 'php-old', kind: 'text', fallback: null, shown: 'COMMAND', help: 'The PHP that runs the code of today.' },
    { flag: 'php-new', kind: 'text', fallback: null, shown: 'COMMAND', help: 'The PHP that runs the new code.' },
    {
      flag: 'accept',
      kind: 'text',
      fallback: null,
      shown: 'FILE',
      help: 'Accepted changes (YAML), as "compare" takes them.',
    },
  ],
  examples: [
    ['upgrade --codebase ~/sites/shop --to ~/sites/shop-new', 'two checkouts, each after "composer install"'],
    ['upgrade --codebase old --to new --php-new php8.4', 'the new code needs another PHP'],
    ['upgrade --target reference --to ideal', 'a demonstration'],
  ],
  notes: [
    'Exit code: 0 clients keep working, 1 clients will notice or the upgrade fails,',
    '2 no verdict could be reached.',
  ],
  act: async ({ read, flags, loaded }) => {
    const options = upgradeOptions(read.settings, flags)
    const [{ upgrade }, { siteContext }, { readDotenv }] = await Promise.all([
      import('../upgrade.ts'),
      import('../../plan/run-context.ts'),
      import('../../settings/settings.ts'),
    ])
    // With a codebase it is the target that upgrades one.
    const target = read.settings.target === 'auto' ? 'php' : read.settings.target
    const chosen = { ...read, settings: { ...read.settings, target } }
    const upgrading = upgrade(siteContext(chosen, { ...readDotenv('.env'), ...process.env }), options)
    loaded()
    await upgrading
  },
}

/** @throws SettingsError */
function upgradeOptions({ target, codebase, php, referenceProfile }: Settings, flags: FlagValues): UpgradeOptions {
  const text = (flag: string): string | null => (typeof flags[flag] === 'string' ? flags[flag] : null)
  const [phpOld, phpNew, accept] = ['php-old', 'php-new', 'accept'].map(text) as [
    string | null,
    string | null,
    string | null,
  ]
  if (target === 'reference')
    return { from: referenceProfile, to: text('to') ?? referenceProfile, phpOld, phpNew, accept }
  const to = text('to')
  if (codebase === null || to === null)
    throw new SettingsError(
      'bad-value',
      '"upgrade" needs the code of today and the new code: --codebase OLD --to NEW. A demonstration: upgrade --target reference.',
    )
  if (resolve(codebase) === resolve(to) && (phpOld ?? php) === (phpNew ?? php))
    throw new SettingsError(
      'bad-value',
      `--codebase and --to are the same folder, ${resolve(to)}. Put the new code into another one, as a second checkout.`,
    )
  return { from: resolve(codebase), to: resolve(to), phpOld, phpNew, accept }
}
