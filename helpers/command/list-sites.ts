import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { siteName, type ExpectedSite } from '../merge/sites.ts'
import { count } from '../report/run.ts'
import { inline } from '../report/text.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { addressIn } from '../targets/site/site-file.ts'

/** One job of a CI system: a site, or a part of its contracts. */
export interface SiteJob {
  readonly name: string
  /** The site file, as `--site` takes it. */
  readonly site: string
  /** As `--shard` takes it; left out where a site is not split. */
  readonly shard?: string
  /** Unique, and fit for the name of a folder or artifact: `shop-2of3`. */
  readonly id: string
}

/** A site file of a folder. */
export interface ListedSite extends ExpectedSite {
  readonly file: string
}

/**
 * The site files in a folder, by name; each is checked, but for its secrets.
 * @throws SettingsError for a folder without any, SiteFileError
 */
export function sitesIn(folder: string): ListedSite[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new SettingsError('bad-value', `${folder} is not a folder. Name a folder of site files with --sites.`)
  const files = readdirSync(folder)
    .filter((name) => /\.ya?ml$/u.test(name))
    .sort()
  if (files.length === 0)
    throw new SettingsError('bad-value', `${folder} holds no site file (*.yaml). "init" writes one for each site.`)
  return files.map((file) => {
    const path = join(folder, file)
    return { name: siteName(file), file: path, baseUrl: addressIn(path) }
  })
}

/** @param shards Parts of each site; 1 where they are not split. */
const siteJobs = (sites: readonly ListedSite[], shards: number): SiteJob[] =>
  sites.flatMap(({ name, file }) => {
    const id = name.replace(/[^\w.-]+/gu, '-')
    if (shards === 1) return [{ name, site: file, id }]
    return Array.from({ length: shards }, (_, index) => ({
      ...{ name, site: file, shard: `${String(index + 1)}/${String(shards)}` },
      id: `${id}-${String(index + 1)}of${String(shards)}`,
    }))
  })

/** JSON on one line, as the variables and outputs of CI systems require. */
export const sitesJson = (sites: readonly ListedSite[], shards: number): string =>
  JSON.stringify(siteJobs(sites, shards))

/** The sites as a table. */
export function sitesText(sites: readonly ListedSite[]): string {
  const wide = Math.max(...sites.map(({ name }) => name.length))
  return [
    ...sites.map(
      ({ name, baseUrl, file }) => `${inline(name).padEnd(wide)}  ${inline(baseUrl ?? 'no base URL')}  ${inline(file)}`,
    ),
    '',
    count(sites.length, 'site'),
  ].join('\n')
}
