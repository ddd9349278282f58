import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Versions } from '../../model/target.ts'
import { packageRoot } from '../../model/package.ts'

/** Packages that decide what a client sees. */
const names = { simple_oauth: 'Simple OAuth', drupal: 'Drupal' } as const
type Name = keyof typeof names

/** The versions of the servers that fixtures/observed has records of. */
function seenVersions(): Versions[] {
  const folder = join(packageRoot, 'fixtures/observed')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { readonly versions: Versions }).versions)
}

/** One line on releases without a record; null if there is a record. */
export function unseenNote(versions: Versions, seen: readonly Versions[] = seenVersions()): string | null {
  const known = (name: Name) => [...new Set(seen.map((one) => one[name]))].filter((version) => version !== undefined)
  const unseen = (Object.keys(names) as Name[]).filter((name) => {
    const version = versions[name]
    return version !== undefined && !known(name).includes(version)
  })
  if (unseen.length === 0) return null
  const which = unseen.map((name) => `${names[name]} ${versions[name] ?? ''} (recorded: ${known(name).join(', ')})`)
  return `This suite has no record of ${which.join(' and ')}: what the release itself does and what this site changes cannot be distinguished.`
}
