import { resolve } from 'node:path'
import { SettingsError } from '../../settings/settings-error.ts'
import { rowOf, selectors, type SettingName } from '../../settings/settings-table.ts'
import { didYouMean, near } from '../../settings/suggest.ts'
import type { Settings } from '../../settings/settings.ts'
import type { FlagValues } from '../../settings/flags.ts'
import type { UpgradeOptions } from '../upgrade.ts'
import type { Call, Subcommand } from '../subcommand.ts'

/** What says which copies are upgraded. */
const ofCopies = [
  'target',
  'codebase',
  'config',
  'database',
  'databaseUrl',
  'baseImage',
  'php',
  'fresh',
  'referenceProfile',
  'referenceFault',
] as const
/** What says which existing site is. */
const ofSite = ['baseUrl', 'site', 'drush', 'stress', 'ca'] as const

const settings: readonly SettingName[] = [
  ...ofCopies,
  ...(['baseUrl', 'site', 'drush', 'stress'] as const),
  ...(['workers', 'cache'] as const),
  ...selectors,
  ...(['contracts', 'profile', 'strict', 'baseline', 'noKnownIssues', 'report', 'quiet', 'verbose'] as const),
  ...(['ca', 'requestTimeout', 'checkTimeout', 'startTimeout'] as const),
]

export const upgrade: Subcommand = {
  name: 'upgrade',
  summary: 'try out an upgrade: what survives it, and what changes for clients',
  about:
    'Installs a copy of the current code, runs the contracts, keeps tokens, codes, sessions and settings, puts a copy of the ' +
    'new code onto the same database, runs "drush updatedb", asks what survived, and runs and compares the contracts again. ' +
    'Neither codebase is written to, and no site is touched. Of an existing site, which you upgrade yourself, "begin" does ' +
    'the first half and "finish" the second, which also removes everything from the site; "abort" gives up.',
  args: [{ name: 'PHASE', help: 'Of an existing site: begin, finish or abort.' }],
  settings,
  flags: [
    {
      flag: 'to',
      kind: 'text',
      fallback: null,
      shown: 'NEW',
      help: 'Folder of the new code, with its own vendor folder.',
    },
    {
      flag: 'php-old',
      kind: 'text',
      fallback: null,
      shown: 'COMMAND',
      help: 'The PHP that runs the current code; in a container, an image or a version.',
    },
    {
      flag: 'php-new',
      kind: 'text',
      fallback: null,
      shown: 'COMMAND',
      help: 'The PHP that runs the new code; in a container, an image or a version.',
    },
    {
      flag: 'accept',
      kind: 'text',
      fallback: null,
      shown: 'FILE',
      help: 'Accepted changes (YAML), as "compare" takes them.',
    },
    {
      flag: 'state',
      kind: 'text',
      fallback: null,
      shown: 'FILE',
      help: 'File of an upgrade that was begun, with secrets; without it, the only one in the cache.',
    },
  ],
  examples: [
    ['upgrade --codebase ~/sites/shop --to ~/sites/shop-new', 'two checkouts, each after "composer install"'],
    ['upgrade --codebase old --to new --php-new php8.4', 'the new code needs another PHP'],
    ['upgrade --target reference --to ideal', 'a demonstration'],
    ['upgrade begin --base-url URL --drush "ddev drush"', 'before you upgrade an existing site'],
    ['upgrade finish', 'after it'],
  ],
  notes: [
    'Without --target, the PHP of this machine runs both codebases; where there is',
    'none, a container engine does.',
    '',
    'Exit code: 0 clients keep working, 1 clients will notice or the upgrade fails,',
    '2 no verdict could be reached.',
  ],
  act: async (call) => {
    const [phase] = call.args
    if (phase === undefined) return tryOut(call)
    if (phase === 'begin') return begin(call)
    if (phase === 'finish') return finish(call)
    if (phase === 'abort') return abort(call)
    const meant = didYouMean(near(phase, phases))
    throw new SettingsError(
      'bad-value',
      `"upgrade" does not know "${phase}".${meant} Valid values: ${phases.join(', ')}.`,
    )
  },
}

const phases = ['begin', 'finish', 'abort']
const environment = async (): Promise<Record<string, string | undefined>> => {
  const { readDotenv } = await import('../../settings/settings.ts')
  return { ...readDotenv('.env'), ...process.env }
}

async function tryOut({ read, flags, loaded }: Call): Promise<void> {
  refuse(
    flags,
    [...ofSite.map((name) => rowOf(name).flag), 'state'],
    'An existing site is upgraded by you: "upgrade begin" before it, and "upgrade finish" after it.',
  )
  const options = upgradeOptions(read.settings, flags)
  const [{ upgrade }, { siteContext }] = await Promise.all([
    import('../upgrade.ts'),
    import('../../plan/run-context.ts'),
  ])
  const upgrading = upgrade(siteContext(read, await environment()), options)
  loaded()
  await upgrading
}

const ownCopies = [...ofCopies.map((name) => rowOf(name).flag), 'to', 'php-old', 'php-new']

async function begin({ read, flags, loaded }: Call): Promise<void> {
  refuse(
    flags,
    [...ownCopies, 'accept'],
    '"upgrade begin" is about an existing site: --base-url URL --drush COMMAND, or --site FILE.',
  )
  const { settings } = read
  if (settings.drush === null && settings.site === null)
    throw new SettingsError(
      'bad-value',
      '"upgrade begin" needs the address of the site and its drush command, to create users and consumers there and remove them again: --base-url URL --drush "ddev drush". Or a site file that maps existing ones: --site FILE.',
    )
  const [{ beginUpgrade }, { siteContext }] = await Promise.all([
    import('../upgrade-begin.ts'),
    import('../../plan/run-context.ts'),
  ])
  const chosen = { ...read, settings: { ...settings, target: 'site' as const, provision: settings.drush !== null } }
  const begun = beginUpgrade(siteContext(chosen, await environment()), textOf(flags, 'state'))
  loaded()
  await begun
}

async function finish({ read, flags, loaded }: Call): Promise<void> {
  refuse(
    flags,
    [
      ...ownCopies,
      'base-url',
      'stress',
      ...selectors.map((name) => rowOf(name).flag),
      'profile',
      'strict',
      'contracts',
    ],
    '"upgrade finish" asks of the site what "upgrade begin" kept.',
  )
  const [{ finishUpgrade, stateFile }, { readState }, { siteContext }] = await Promise.all([
    import('../upgrade-finish.ts'),
    import('../../upgrade/state.ts'),
    import('../../plan/run-context.ts'),
  ])
  const { settings } = read
  const file = stateFile(textOf(flags, 'state'), settings, process.env)
  const state = readState(file)
  const begun = state.phase === 'begun' ? { ...state.settings, site: settings.site ?? state.site } : { site: null }
  const chosen = {
    ...read,
    settings: {
      ...settings,
      ...begun,
      target: 'site' as const,
      baseUrl: state.baseUrl,
      provision: state.left !== null,
      // On a mapped site it creates nothing, and only removes tokens.
      drush: state.left === null ? null : settings.drush,
    },
  }
  const finished = finishUpgrade(siteContext(chosen, await environment()), {
    file,
    state,
    accept: textOf(flags, 'accept'),
    drush: settings.drush,
    stateNamed: textOf(flags, 'state') !== null,
  })
  loaded()
  await finished
}

async function abort({ read: { settings }, flags, say }: Call): Promise<void> {
  const taken = ['state', 'drush', 'cache']
  refuse(
    flags,
    Object.keys(flags).filter((flag) => !taken.includes(flag)),
    '"upgrade abort" takes --state, --drush and --cache.',
  )
  const [{ abortUpgrade, stateFile }, { readState }] = await Promise.all([
    import('../upgrade-finish.ts'),
    import('../../upgrade/state.ts'),
  ])
  const file = stateFile(textOf(flags, 'state'), settings, process.env)
  say(abortUpgrade(file, readState(file), settings))
}

/** @throws SettingsError where one of the flags is given. */
function refuse(flags: FlagValues, names: readonly string[], why: string): void {
  const given = names.find((name) => flags[name] !== undefined)
  if (given !== undefined) throw new SettingsError('conflicting-settings', `--${given} cannot be used here. ${why}`)
}

const textOf = (flags: FlagValues, flag: string): string | null =>
  typeof flags[flag] === 'string' ? flags[flag] : null

/** @throws SettingsError */
function upgradeOptions({ target, codebase, php, referenceProfile }: Settings, flags: FlagValues): UpgradeOptions {
  const text = (flag: string): string | null => textOf(flags, flag)
  const [phpOld, phpNew, accept] = [text('php-old'), text('php-new'), text('accept')]
  if (target === 'reference')
    return { from: referenceProfile, to: text('to') ?? referenceProfile, phpOld, phpNew, accept }
  const to = text('to')
  if (codebase === null || to === null)
    throw new SettingsError(
      'bad-value',
      '"upgrade" needs the current code and the new code: --codebase OLD --to NEW. A demonstration: upgrade --target reference.',
    )
  if (resolve(codebase) === resolve(to) && (phpOld ?? php) === (phpNew ?? php))
    throw new SettingsError(
      'bad-value',
      `--codebase and --to are the same folder, ${resolve(to)}. Put the new code into another one, as a second checkout.`,
    )
  return { from: resolve(codebase), to: resolve(to), phpOld, phpNew, accept }
}
