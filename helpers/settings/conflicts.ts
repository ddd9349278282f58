import type { Origin, Settings } from './settings.ts'
import { SettingsError } from './settings-error.ts'
import { variableOf, type TargetKind } from './setting-row.ts'
import { rowOf, settingNames, type SettingName } from './settings-table.ts'

/** Two settings that cannot act together, or one that cannot act without another. */
export interface Conflict {
  readonly settings: readonly SettingName[]
  /** None of the settings can be combined with this one. */
  readonly excludes?: SettingName
  /** Each of the settings requires this one. */
  readonly needs?: SettingName
  /** Refuse only the flag: the variable may be set for another subcommand. */
  readonly flagOnly?: true
  /** Why, as a sentence. */
  readonly because: string
}

const versions = ['drupal', 'simpleOauth', 'consumers', 'allowAdvisories'] as const

export const conflicts: readonly Conflict[] = [
  {
    settings: ['config'],
    needs: 'codebase',
    because: 'Exported configuration can only be imported into the code that it belongs to.',
  },
  {
    settings: ['databaseUrl'],
    needs: 'codebase',
    because: 'A copy of the codebase is installed in that database.',
  },
  {
    settings: ['codebase', 'database', 'phpVersion', 'baseImage', ...versions],
    excludes: 'image',
    because: 'An image is tested as it is.',
  },
  { settings: versions, excludes: 'codebase', because: 'The codebase determines the versions.' },
  { settings: ['phpVersion'], excludes: 'baseImage', because: 'The base image determines the PHP version.' },
  {
    settings: ['stress'],
    needs: 'provision',
    because: 'On a mapped site the owner allows stress in the site file.',
  },
  { settings: ['dryRun'], needs: 'provision', because: 'A dry run shows what would be created on the site.' },
  {
    settings: ['manifest'],
    needs: 'provision',
    flagOnly: true,
    because: 'The manifest lists what is created on the site.',
  },
  {
    settings: ['drush'],
    needs: 'provision',
    flagOnly: true,
    because: 'Drush creates the users, scopes and consumers on the site.',
  },
  {
    settings: ['accept'],
    needs: 'compareWith',
    flagOnly: true,
    because: 'Changes are accepted when a run is compared with an earlier one.',
  },
  {
    settings: ['bail'],
    excludes: 'generateBaseline',
    because: 'A baseline lists every failure.',
  },
  {
    settings: ['noKnownIssues'],
    excludes: 'generateBaseline',
    because: 'A baseline would repeat every known issue of the release.',
  },
  {
    settings: ['failOnFixed'],
    excludes: 'noKnownIssues',
    because: 'Without the known issues of a release, none of them can be fixed.',
  },
  {
    settings: [
      'compareWith',
      'generateBaseline',
      'noKnownIssues',
      'failOnFixed',
      'slow',
      'strict',
      'bail',
      'allowSkipped',
    ],
    excludes: 'dryRun',
    flagOnly: true,
    because: 'A dry run tests nothing.',
  },
  { settings: ['quiet'], excludes: 'verbose', because: 'A run prints either less or more.' },
]

/** Why a target refuses the settings of other targets. */
export const targetReasons: Readonly<Record<TargetKind, string>> = {
  reference: 'The reference server is built in and is not a Drupal.',
  site: 'An existing site is tested as it is.',
  php: 'The php target installs a copy of the codebase, on SQLite or in the database of --database-url, and serves it with the PHP of this machine.',
  container: 'The container target installs and starts a Drupal of its own.',
}

/** How to choose one of these targets. */
const ways = (targets: readonly TargetKind[]): string =>
  targets.includes('site') ? 'Name a site with --base-url URL or --site FILE.' : `Add --target ${targets[0] ?? ''}.`

interface Read {
  readonly settings: Settings
  readonly origins: Readonly<Record<SettingName, Origin>>
}

/**
 * Refuses settings of a run that cannot act together, before anything starts.
 * @throws SettingsError
 */
export function refuseConflicts(read: Read): void {
  const given = settingNames.filter((name) => isGiven(read.settings, name))
  for (const { settings, excludes, needs, flagOnly, because } of conflicts) {
    const name = settings.find((one) => given.includes(one) && (!flagOnly || read.origins[one] === 'flag'))
    if (name === undefined) continue
    if (excludes !== undefined && given.includes(excludes))
      throw conflict(`${called(read, name)} cannot be used with ${called(read, excludes)}. ${because}`)
    if (needs !== undefined && !given.includes(needs))
      throw conflict(`${called(read, name)} requires --${rowOf(needs).flag}. ${because}`)
  }
  const { kinds, by } = possibleTargets(read.settings)
  for (const name of given) {
    const { targets } = rowOf(name)
    if (targets === undefined || kinds.some((kind) => targets.includes(kind))) continue
    const only = `acts only on the target ${targets.join(' or ')}.`
    if (by === null) throw conflict(`${called(read, name)} ${only} ${ways(targets)}`)
    const cause = `${called(read, by)}${by === 'target' ? ` ${read.settings.target}` : ''}`
    const [kind] = kinds.length === 1 ? kinds : []
    const reason = kind ? targetReasons[kind] : `It ${only}`
    throw conflict(`${called(read, name)} cannot be used with ${cause}. ${reason}`)
  }
}

/**
 * Refuses settings that the chosen target cannot use; with `auto` only the choice shows which they are.
 * @throws SettingsError
 */
export function refuseIdle(settings: Settings, kind: TargetKind): void {
  const idle = settingNames.find((name) => isGiven(settings, name) && rowOf(name).targets?.includes(kind) === false)
  if (idle === undefined) return
  const { flag, targets = [] } = rowOf(idle)
  throw conflict(
    `--${flag} cannot be used with the target ${kind}, which was chosen automatically. ${targetReasons[kind]} ` +
      `Leave --${flag} out, or name the target: --target ${targets[0] ?? ''}.`,
  )
}

/** The targets that the settings leave possible, and the setting that decides. */
export function possibleTargets(settings: Settings): {
  readonly kinds: readonly TargetKind[]
  readonly by: SettingName | null
} {
  const { target } = settings
  if (target !== 'auto') return { kinds: [target], by: 'target' }
  for (const [kind, names] of decisive) {
    const by = names.find((name) => isGiven(settings, name))
    if (by !== undefined) return { kinds: [kind], by }
  }
  if (settings.codebase !== null) return { kinds: ['container', 'php'], by: 'codebase' }
  return { kinds: ['container', 'reference'], by: null }
}

/** Settings that choose a target if none is named, in this order. */
const decisive: readonly (readonly [TargetKind, readonly SettingName[]])[] = [
  ['site', ['baseUrl', 'site']],
  ['container', ['image', 'database', 'phpVersion', 'baseImage', ...versions]],
  ['php', ['databaseUrl']],
]

/** Whether a setting has a value other than its default, which would change nothing. */
const isGiven = (settings: Settings, name: SettingName): boolean =>
  String(settings[name] ?? '') !== (rowOf(name).fallback ?? '')

/** The setting as the user named it, with its origin unless that is the command line. */
function called({ origins }: Read, name: SettingName): string {
  const row = rowOf(name)
  if (origins[name] === 'environment') return `${variableOf(row)} (environment)`
  return origins[name] === '.env' ? `${variableOf(row)} (.env)` : `--${row.flag}`
}

const conflict = (message: string): SettingsError => new SettingsError('conflicting-settings', message)
