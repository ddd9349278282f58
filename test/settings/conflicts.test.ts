import { describe, expect, test } from 'vitest'
import { conflicts, refuseConflicts, refuseIdle, targetReasons } from '../../helpers/settings/conflicts.ts'
import { readSettings, SettingsError } from '../../helpers/settings/settings.ts'
import type { TargetKind } from '../../helpers/settings/setting-row.ts'
import { rowOf, settingNames, type SettingName } from '../../helpers/settings/settings-table.ts'

/** A flag with a value that is not its default. */
function given(name: SettingName): string[] {
  const { flag, kind, values = [], fallback } = rowOf(name)
  if (kind === 'flag') return [`--${flag}`]
  const value = values.find((one) => one !== fallback) ?? (kind === 'count' || kind === 'seconds' ? '7' : 'x')
  return [`--${flag}`, value]
}

function refusal(argv: readonly string[], environment = {}, dotenv = {}): string | null {
  try {
    refuseConflicts(readSettings(argv, environment, dotenv))
    return null
  } catch (error) {
    if (error instanceof SettingsError && error.code === 'conflicting-settings') return error.message
    throw error
  }
}

const pairs = conflicts.flatMap(({ settings, excludes, needs, because }) =>
  settings.map((name) => ({ name, excludes, needs, because })),
)

describe('settings that cannot act together', () => {
  test.each(pairs.filter(({ excludes }) => excludes !== undefined))(
    '$name and $excludes',
    ({ name, excludes = name, because }) => {
      const { needs } = pairs.find((one) => one.name === excludes && one.needs !== undefined) ?? {}
      const first = refusal([...given(name), ...given(excludes), ...(needs ? given(needs) : [])])
      expect(first).toContain(' cannot be used with --')
      expect(first).toContain(because)
      expect(first).toMatch(new RegExp(`--${rowOf(excludes).flag}\\b`, 'u'))
    },
  )

  test.each(pairs.filter(({ needs }) => needs !== undefined))(
    '$name without $needs',
    ({ name, needs = name, because }) => {
      expect(refusal(given(name))).toBe(`--${rowOf(name).flag} requires --${rowOf(needs).flag}. ${because}`)
    },
  )

  test('a variable for another subcommand is not a conflict', () => {
    expect(refusal([], { CONTRACT_DRUSH: 'x' })).toContain('--base-url')
    expect(refusal(['--base-url', 'x'], { CONTRACT_DRUSH: 'x', CONTRACT_MANIFEST: 'x' })).toBeNull()
  })
})

const kinds = Object.keys(targetReasons) as TargetKind[]
const idle = kinds.flatMap((kind) =>
  settingNames.filter((name) => rowOf(name).targets?.includes(kind) === false).map((name) => ({ kind, name })),
)

describe('settings that cannot act on a target', () => {
  test.each(idle)('$name on $kind', ({ kind, name }) => {
    const { needs } = pairs.find((one) => one.name === name && one.needs !== undefined) ?? {}
    const message = refusal(['--target', kind, ...given(name), ...(needs ? given(needs) : [])])
    expect(message).toContain(`cannot be used with --target ${kind}. ${targetReasons[kind]}`)
    const { settings } = readSettings(given(name), {}, {})
    expect(() => refuseIdle(settings, kind)).toThrow(targetReasons[kind])
  })

  test.each<[string[], string]>([
    [['--site', 'x', '--codebase', 'y'], '--codebase cannot be used with --site. An existing site is tested as it is.'],
    [
      ['--base-url', 'x', '--image', 'y'],
      '--image cannot be used with --base-url. An existing site is tested as it is.',
    ],
    [
      ['--image', 'x', '--php', 'y'],
      '--php cannot be used with --image. The container target installs and starts a Drupal of its own.',
    ],
    [
      ['--codebase', 'x', '--reference-fault', 'y'],
      '--reference-fault cannot be used with --codebase. It acts only on the target reference.',
    ],
    [['--php', 'x'], '--php acts only on the target php. Add --target php.'],
    [['--provision'], '--provision acts only on the target site. Name a site with --base-url URL or --site FILE.'],
  ])('%j', (argv, message) => {
    expect(refusal(argv)).toBe(message)
  })
})

test('a message says where a value comes from', () => {
  expect(refusal(['--target', 'reference'], {}, { CONTRACT_CODEBASE: 'x' })).toBe(
    'CONTRACT_CODEBASE (.env) cannot be used with --target reference. The reference server is built in and is not a Drupal.',
  )
  expect(refusal(['--codebase', 'x'], { CONTRACT_TARGET: 'reference' })).toContain(
    '--codebase cannot be used with CONTRACT_TARGET (environment) reference.',
  )
})

test.each<[string[]]>([
  [[]],
  [['--target', 'reference', '--reference-fault', 'x']],
  [['--codebase', 'x', '--config', 'y', '--php', 'z']],
  [['--codebase', 'x', '--database', 'mariadb']],
  [['--site', 'x', '--base-url', 'y', '--ca', 'z', '--workers', '2']],
  [['--base-url', 'x', '--provision', '--drush', 'y', '--manifest', 'z', '--dry-run', '--cache', 'c']],
  [['--image', 'x', '--fresh']],
  // The default value changes nothing.
  [['--target', 'reference', '--database', 'sqlite']],
])('%j act together', (argv) => {
  expect(refusal(argv)).toBeNull()
})

/** Each setting with what it needs, so that only a conflict between the two can remain. */
const withNeeds = (name: SettingName): string[] => {
  const { needs } = pairs.find((one) => one.name === name && one.needs !== undefined) ?? {}
  return [...given(name), ...(needs && needs !== 'provision' ? given(needs) : [])]
}

// A new setting changes this file, so that somebody has to say with which others it cannot act.
test('any two settings can be combined, or are refused with the reason', async () => {
  const alone = new Map(settingNames.map((name) => [name, refusal(withNeeds(name))]))
  const refused = settingNames.flatMap((one, index) =>
    settingNames.slice(index + 1).flatMap((other) => {
      if (one === 'target') return []
      const message = refusal([...withNeeds(one), ...withNeeds(other)])
      return message === null || [one, other].some((name) => alone.get(name) === message)
        ? []
        : [`--${rowOf(one).flag} --${rowOf(other).flag}: ${message}`]
    }),
  )
  expect(refused.length).toBeGreaterThan(90)
  await expect(`${refused.join('\n')}\n`).toMatchFileSnapshot('../golden/conflicting-settings.txt')
})
