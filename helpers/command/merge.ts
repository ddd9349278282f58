import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { combine } from '../merge/combine.ts'
import { sitesJson, sitesMarkdown } from '../merge/files.ts'
import { MergeError } from '../merge/merge-error.ts'
import { siteResult, concludeSites, type SiteResult, type SitesOutcome } from '../merge/outcome.ts'
import { missingSites, sitesOf, type ReportHead, type SiteReports } from '../merge/sites.ts'
import { sitesConclusion, sitesText } from '../merge/text.ts'
import { suite } from '../model/package.ts'
import { createConsole } from '../report/console.ts'
import type { Reporter } from '../report/formats/write.ts'
import { privateFile, privateFolder, ReportError } from '../report/private-files.ts'
import { readWholeReport } from '../report/read-report.ts'
import { requireReportFolder } from '../report/report-folder.ts'
import { reportOf } from '../report/report.ts'
import { summarize, type RunOutcome } from '../report/run.ts'
import { painter } from '../report/text.ts'
import type { ReadSettings, Settings } from '../settings/settings.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { isColored } from './color.ts'
import { invocation } from './invocation.ts'
import { sitesIn } from './list-sites.ts'
import { reportersOf } from './reporters.ts'
import { prepareReports } from './run-reports.ts'
import { addToStepSummary } from './step-summary.ts'

type Merging = Pick<Settings, 'report' | 'reporter' | 'quiet' | 'verbose'>

/**
 * Merges reports: shards into the run that was split, several sites into one verdict. Sets the exit code.
 * @param expected A folder of site files, each of which has to have a report.
 * @throws MergeError, ReportReadError, ReportError, SettingsError
 */
export async function merge(
  { settings, origins }: ReadSettings,
  paths: readonly string[],
  expected: string | null,
): Promise<void> {
  const report = origins.report === 'default' ? join(settings.report, 'merged') : settings.report
  const merging: Merging = { ...settings, report }
  if (paths.length === 0)
    throw new SettingsError('bad-value', '"merge" needs reports: merge REPORT…, as in "merge reports/*".')
  requireReportFolder(resolve(report))
  // Read one at a time: those of forty sites do not fit into memory together.
  const sites = sitesOf(distinct(paths, report).map(headOf))
  const missing = expected === null ? [] : missingSites(sites, sitesIn(expected)).map(({ name }) => name)
  const [only] = sites
  process.exitCode =
    only && sites.length + missing.length === 1
      ? await mergeOne(only, merging)
      : await mergeMany(sites, missing, merging)
}

/** Each report once, however often it is named, and never that of an earlier merge. */
function distinct(paths: readonly string[], out: string): string[] {
  const real = (path: string): string =>
    existsSync(path) ? realpathSync(path.endsWith('.json') ? dirname(path) : path) : path
  const own = existsSync(out) ? realpathSync(out) : resolve(out)
  const below = paths.find((path) => real(path).startsWith(`${own}${sep}`))
  if (below !== undefined)
    throw new MergeError(
      `${below} is part of the merged report in ${out}, which is written anew. Choose another folder with --report.`,
    )
  const found = new Map(paths.filter((path) => real(path) !== own).map((path) => [real(path), path]))
  if (found.size === 0) throw new MergeError(`There is nothing to merge but the result of an earlier merge, ${out}.`)
  return [...found.values()]
}

function headOf(path: string): ReportHead {
  const { suite: by, startedAt, target, settings, files } = readWholeReport(path)
  return { ...{ path, suite: by, startedAt, target, settings }, ...(files ? { files } : {}) }
}

function outcomeOf({ name, parts, missing }: SiteReports): RunOutcome {
  const [first, ...rest] = parts.map(({ path }) => readWholeReport(path))
  if (first === undefined) throw new MergeError(`There is no report of ${name}.`)
  return combine([first, ...rest], missing)
}

/** Writes and prints what the run would have written and printed, had it not been split. */
async function mergeOne(site: SiteReports, { report, reporter, quiet, verbose }: Merging): Promise<number> {
  refuseOther(report, 'sites.json')
  const rerunCommand = invocation(process.env)
  const reports = await prepareReports({ report, reporter }, null, process.env, rerunCommand)
  const console = createConsole({
    ...{ stream: process.stdout, tty: false, color: isColored(process.stdout, process.env), rerunCommand },
    ...{ report, page: reports.page, detail: quiet || !reports.console ? 'quiet' : verbose ? 'verbose' : 'default' },
  })
  const outcome = outcomeOf(site)
  reports.write(outcome, undefined, { note: (text) => console.stage(text), print: (lines) => console.lines(lines) })
  console.finish(outcome)
  return summarize(outcome).exitCode
}

async function mergeMany(sites: readonly SiteReports[], missing: readonly string[], merging: Merging): Promise<number> {
  const { report, quiet } = merging
  refuseOther(report, 'report.json')
  const reporters = reportersOf(merging.reporter, process.env)
  const ofSites = reportersOfEach(reporters)
  const { sitesPage } = await import('../merge/page.tsx')
  removeEarlier(report)
  const results: SiteResult[] = []
  for (const [index, site] of sites.entries()) {
    const folder = folderOf(site.name, sites.slice(0, index))
    const settings = { report: join(report, folder), reporter: ofSites }
    const reports = await prepareReports(settings, null, {}, invocation(process.env))
    const outcome = outcomeOf(site)
    reports.write(outcome, undefined, { note: () => undefined, print: () => undefined })
    results.push(siteResult(site.name, folder, reportOf(outcome)))
  }
  const outcome: SitesOutcome = { suite, sites: results, missing }
  const note = (text: string): void => void process.stderr.write(`note: ${text}\n`)
  const has = (name: Reporter['name']): boolean => reporters.some((one) => one.name === name)
  if (has('github')) addToStepSummary(process.env['GITHUB_STEP_SUMMARY'], sitesMarkdown(outcome), note)
  write(report, {
    'sites.json': sitesJson(outcome),
    ...(has('markdown') ? { 'sites.md': sitesMarkdown(outcome) } : {}),
    ...(has('html') ? { 'sites.html': sitesPage(outcome) } : {}),
  })
  const page = join(report, has('html') ? 'sites.html' : 'sites.json')
  const paint = painter(isColored(process.stdout, process.env))
  const text =
    quiet || !has('console') ? sitesConclusion(outcome) : sitesText(outcome, page, process.stdout.columns || 80, paint)
  process.stdout.write(`${text}\n`)
  return concludeSites(outcome).exitCode
}

/** The reporters for each site, whose files have their usual names. @throws SettingsError */
function reportersOfEach(reporters: readonly Reporter[]): string[] {
  const named = reporters.find(({ file }) => file !== null)
  if (named?.file !== undefined && named.file !== null)
    throw new SettingsError(
      'bad-value',
      `The reporter ${named.name}=${named.file} names one file for several sites. Leave =${named.file} out: each site gets a file of its own.`,
    )
  return reporters.map(({ name }) => name).filter((name) => name !== 'console' && name !== 'github')
}

/** A folder that no other site of the merge has. */
function folderOf(name: string, others: readonly SiteReports[]): string {
  const safe = (text: string): string =>
    text
      .replace(/^https?:\/\//u, '')
      .replace(/[^\w.-]+/gu, '-')
      .replace(/^[.-]+|[.-]+$/gu, '')
      .slice(0, 60) || 'site'
  const same = others.filter((other) => safe(other.name) === safe(name)).length
  return same === 0 ? safe(name) : `${safe(name)}-${String(same + 1)}`
}

/** One site and several are reported in different files, which must not share a folder. */
function refuseOther(folder: string, file: string): void {
  if (existsSync(join(folder, file)))
    throw new ReportError(`${folder} holds another merge (${file}). Remove it, or choose another folder with --report.`)
}

/** Sites of an earlier merge in the same folder must not be taken for sites of this one. */
function removeEarlier(folder: string): void {
  const file = join(folder, 'sites.json')
  if (!existsSync(file)) return
  const earlier = JSON.parse(readFileSync(file, 'utf8')) as { suite?: { name?: unknown }; sites?: { folder: string }[] }
  if (earlier.suite?.name !== suite.name)
    throw new ReportError(
      `${file} is not a report of ${suite.name} and would be overwritten. Choose another folder with --report.`,
    )
  for (const site of earlier.sites ?? [])
    if (/^[\w-][\w.-]*$/u.test(site.folder)) rmSync(join(folder, site.folder), { recursive: true, force: true })
  for (const name of ['sites.json', 'sites.md', 'sites.html']) rmSync(join(folder, name), { force: true })
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    privateFolder(resolve(folder))
    for (const [name, text] of Object.entries(files)) privateFile(join(resolve(folder), name), text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ReportError(
      `The report could not be written to ${folder}: ${why}. Choose another folder with --report.`,
      { cause },
    )
  }
}
