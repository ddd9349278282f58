import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lt, valid } from 'semver'
import { TargetError } from '../../model/target.ts'
import type { Codebase } from './codebase.ts'

/** Packages whose databases Drupal updates in one direction only. */
const names = {
  'drupal/core': 'Drupal',
  'drupal/simple_oauth': 'Simple OAuth',
  'drupal/consumers': 'Consumers',
} as const

/**
 * Refuses code older than the site's: update hooks only go forward.
 * @throws {TargetError} `upgrade-backwards`
 */
export function refuseOlderCode(old: Codebase, to: Codebase): void {
  const [before, after] = [installedVersions(old), installedVersions(to)]
  for (const [name, title] of Object.entries(names)) {
    const [one, other] = [valid(before.get(name)), valid(after.get(name))]
    if (one === null || other === null || !lt(other, one)) continue
    throw new TargetError(
      'upgrade-backwards',
      `${to.root} has ${title} ${other}, which is older than ${one} in ${old.root}. Drupal cannot go back to an older release: install ${title} ${one} or later there, or swap --codebase and --to.`,
    )
  }
}

interface Installed {
  readonly packages?: readonly { readonly name: string; readonly version: string }[]
}

/** Versions that Composer installed, by package; empty if its list cannot be read. */
function installedVersions({ root, vendor }: Codebase): ReadonlyMap<string, string> {
  try {
    const { packages = [] } = JSON.parse(
      readFileSync(join(root, vendor, 'composer/installed.json'), 'utf8'),
    ) as Installed
    return new Map(packages.map(({ name, version }) => [name, version]))
  } catch {
    return new Map()
  }
}
