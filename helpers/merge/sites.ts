import { basename, dirname, resolve } from 'node:path'
import { readShard } from '../plan/shard.ts'
import { groupBy } from '../report/group-by.ts'
import type { Report } from '../report/report.ts'
import { MergeError } from './merge-error.ts'

/** What distinguishes the reports of a merge; the rest of a report is read later. */
export interface ReportHead extends Pick<Report, 'suite' | 'startedAt' | 'target' | 'settings' | 'files'> {
  /** As the user gave it. */
  readonly path: string
}

/** The reports of one site: a run, or the parts of one. */
export interface SiteReports {
  /** The name of its site file; without one, the folder of its report, or of several reports what the run calls the target. */
  readonly name: string
  readonly baseUrl: string | null
  /** By shard. */
  readonly parts: readonly ReportHead[]
  /** Shards without a report: `2/3`. */
  readonly missing: readonly string[]
}

/** A site whose report is expected. */
export interface ExpectedSite {
  readonly name: string
  readonly baseUrl: string | null
}

/**
 * Groups reports by site.
 * @throws MergeError if two reports of a site are not parts of one run.
 */
export function sitesOf(heads: readonly ReportHead[]): SiteReports[] {
  const groups = groupBy(heads, (head) => head.files?.site ?? subjectOf(head))
  const sites = [...groups.values()].map(siteOf)
  const taken = groupBy(sites.map(shortName), (name) => name)
  return sites
    .map((site) => (taken.get(shortName(site))?.length === 1 ? { ...site, name: shortName(site) } : site))
    .sort((one, other) => one.name.localeCompare(other.name, 'en'))
}

/** The folder of a report says more than "php, a copy of /srv/site"; parts of one run have several. */
function shortName({ name, parts }: SiteReports): string {
  const [only, ...others] = parts
  if (only === undefined || others.length > 0 || only.files?.site !== undefined || /^https?:/u.test(name)) return name
  return basename(only.path.endsWith('.json') ? dirname(resolve(only.path)) : resolve(only.path)) || name
}

const subjectOf = ({ target, path }: ReportHead): string => target?.subject ?? target?.label ?? path

/** `shop` for `sites/shop.yaml`: what `list --sites` calls it, too. */
export const siteName = (file: string): string => basename(file).replace(/\.ya?ml$/u, '')

function siteOf(heads: readonly ReportHead[]): SiteReports {
  const [first] = heads
  if (first === undefined) throw new MergeError('There is no report.')
  const name = first.files?.site === undefined ? subjectOf(first) : siteName(first.files.site)
  const baseUrl = heads.find(({ target }) => target)?.target?.baseUrl ?? null
  if (heads.length === 1 && first.settings.shard === undefined) return { name, baseUrl, parts: heads, missing: [] }
  const parts = new Map<number, ReportHead>()
  const { count } = shardOf(first, name, heads)
  for (const head of heads) {
    const { index, count: other } = shardOf(head, name, heads)
    const same = parts.get(index)
    if (same)
      throw new MergeError(
        `Shard ${String(index)}/${String(count)} of ${name} is in ${same.path} and in ${head.path}. Leave one out.`,
      )
    if (other !== count)
      throw new MergeError(
        `${name} was split into ${String(count)} parts in ${first.path}, and into ${String(other)} in ${head.path}. Merge the parts of one run.`,
      )
    requireSameRun(name, first, head)
    parts.set(index, head)
  }
  const all = Array.from({ length: count }, (_, index) => index + 1)
  return {
    name,
    baseUrl,
    parts: all.flatMap((index) => parts.get(index) ?? []),
    missing: all.filter((index) => !parts.has(index)).map((index) => `${String(index)}/${String(count)}`),
  }
}

function shardOf({ settings: { shard }, path }: ReportHead, name: string, heads: readonly ReportHead[]) {
  if (shard !== undefined) return readShard(shard)
  const other = heads.find((one) => one.path !== path)?.path ?? ''
  throw new MergeError(`${name} has two reports, ${path} and ${other}, which are not shards of one run. Leave one out.`)
}

/** Refuses parts that were made with different settings, or with different servers. */
function requireSameRun(name: string, first: ReportHead, other: ReportHead): void {
  const settingsOf = ({ settings: { shard: _, ...rest } }: ReportHead): string => JSON.stringify(rest)
  const versionsOf = ({ target }: ReportHead): string => JSON.stringify(target?.versions ?? null)
  const differs =
    first.suite.version !== other.suite.version
      ? 'the versions of the suite'
      : settingsOf(first) !== settingsOf(other)
        ? 'the settings'
        : first.target && other.target && versionsOf(first) !== versionsOf(other)
          ? 'the versions of the server'
          : null
  if (differs !== null)
    throw new MergeError(
      `${first.path} and ${other.path} are not parts of one run of ${name}: ${differs} differ. Run all shards again.`,
    )
}

/** The expected sites without a report. */
export const missingSites = (sites: readonly SiteReports[], expected: readonly ExpectedSite[]): ExpectedSite[] =>
  expected.filter(
    ({ name, baseUrl }) =>
      !sites.some(
        (site) =>
          site.name === name || (baseUrl !== null && site.baseUrl?.replace(/\/$/u, '') === baseUrl.replace(/\/$/u, '')),
      ),
  )
