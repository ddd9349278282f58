import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'
import { TargetError } from '../../model/target.ts'
import type { Codebase } from './codebase.ts'

/** The oldest supported Simple OAuth: it renamed `scopes` in the JWT and the error codes. */
const oldest = '5.2.0'

/**
 * Refuses a Simple OAuth that is too old before anything is installed. An unknown version is tried.
 *
 * @param infoFile `simple_oauth.info.yml`, into which drupal.org writes the version; a clone of the repository has none.
 * @throws {TargetError} `module-unsupported`.
 */
export function requireSupported({ root, vendor }: Pick<Codebase, 'root' | 'vendor'>, infoFile: string): void {
  const named =
    /^version: *['"]?([^'"\s]+)/mu.exec(readFileSync(infoFile, 'utf8'))?.[1] ?? installed(join(root, vendor))
  // 8.x-4.5 is 4.5.0, as Composer spells it.
  const version = semver.coerce(named?.replace(/^\d+\.x-/u, ''), { includePrerelease: true })
  if (version === null || semver.gte(version, `${oldest}-0`)) return
  throw new TargetError(
    'module-unsupported',
    `${root} has Simple OAuth ${version.version}; ${oldest} or later is required. Update it there, or in a copy: composer require 'drupal/simple_oauth:^6.0' --with-all-dependencies`,
  )
}

/** The version that Composer installed. */
function installed(vendor: string): string | undefined {
  const file = join(vendor, 'composer/installed.json')
  if (!existsSync(file)) return undefined
  const { packages = [] } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly packages?: readonly { readonly name: string; readonly version: string }[]
  }
  return packages.find(({ name }) => name === 'drupal/simple_oauth')?.version
}
