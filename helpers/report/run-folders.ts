import { existsSync, lstatSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

/** The name of the link to the newest run. */
const latest = 'latest'

/** Settings that name the server under test. */
interface Named {
  readonly codebase: string | null
  readonly baseUrl: string | null
  readonly site: string | null
  readonly image: string | null
  readonly target: string
}

/** A new folder, named after the time and the server under test: `results/2026-11-27T03-05-29Z-d10-609`. */
export function runFolder(runs: string, named: Named, startedAt: Date): string {
  const time = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  const folder = join(runs, `${time}-${subject(named)}`)
  // Two runs may start in one second.
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? folder : `${folder}-${String(n)}`
    if (!existsSync(candidate)) return candidate
  }
}

function subject({ codebase, baseUrl, site, image, target }: Named): string {
  const host = baseUrl !== null && URL.canParse(baseUrl) ? new URL(baseUrl).host : null
  const name =
    (codebase === null ? null : basename(resolve(codebase))) ??
    host ??
    (site === null ? null : basename(site)) ??
    image ??
    target
  return name.replace(/[^\w.-]+/gu, '-').slice(0, 60)
}

/** Whether there is a report of an earlier run. @param runs As in `linkToLatest`. */
export const hasEarlierReport = (report: string, runs: string | null): boolean =>
  existsSync(runs === null ? join(report, 'report.json') : join(runs, latest))

/**
 * Makes `latest` a link to the newest run. A file or folder of that name stays, and a note says so.
 * @param report The folder of the run's report.
 * @param runs The folder of all runs; null if the user named a folder for the report, which gets no link.
 */
export function linkToLatest(report: string, runs: string | null, note: (text: string) => void): void {
  if (runs === null) return
  const link = join(runs, latest)
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === false) {
    note(`${link} is not a link and was left as it is`)
    return
  }
  const temporary = join(runs, `.${latest}.${String(process.pid)}`)
  rmSync(temporary, { force: true })
  // On Windows anyone can create a junction; elsewhere the type means nothing.
  symlinkSync(basename(report), temporary, 'junction')
  renameSync(temporary, link)
}
