import { existsSync, lstatSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Settings } from '../settings/settings.ts'

/** The name of the link to the newest run. */
const latest = 'latest'

/** A name that no run in the folder has: when it began, and what it tests. `2026-11-27T03-05-29Z-d10-609` */
export function runFolderName(runs: string, settings: Settings, begun: Date): string {
  const time = begun
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  const name = `${time}-${subject(settings)}`
  // Two may begin in one second.
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name}-${String(n)}`
    if (!existsSync(join(runs, candidate))) return candidate
  }
}

function subject({ codebase, baseUrl, site, image, target }: Settings): string {
  const host = baseUrl !== null && URL.canParse(baseUrl) ? new URL(baseUrl).host : null
  const name =
    (codebase === null ? null : basename(resolve(codebase))) ??
    host ??
    (site === null ? null : basename(site)) ??
    image ??
    target
  return name.replace(/[^\w.-]+/gu, '-').slice(0, 60)
}

/** Whether a run was reported in this folder of runs before. */
export const hasLatest = (runs: string): boolean => existsSync(join(runs, latest))

/**
 * Makes `latest` a link to a folder of this run's own. What is called so and is not a link stays.
 * @returns whether the link was set.
 */
export function linkLatest(runs: string, name: string): boolean {
  const link = join(runs, latest)
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === false) return false
  const temporary = join(runs, `.${latest}.${String(process.pid)}`)
  rmSync(temporary, { force: true })
  // A junction is what Windows lets everybody make; elsewhere the type means nothing.
  symlinkSync(name, temporary, 'junction')
  renameSync(temporary, link)
  return true
}
