import semver from 'semver'
import type { Change } from './changes.ts'
import { valueText } from './describe.ts'
import type { ReportedRun } from './reported-run.ts'

/** How to recognise an announced change in a comparison. */
interface Trace {
  /** Regular expression over the path of the fact. */
  readonly fact: string
  readonly endpoint?: string
  /** Regular expressions over the values, as they are printed. */
  readonly before?: string
  readonly after?: string
  /** Regular expression over the ids of contracts. */
  readonly contract?: string
}

/** A change of behaviour announced in release notes, a change record or a changelog. */
export interface Announcement {
  /** As Composer names it: `drupal/simple_oauth`. */
  readonly package: string
  /** The first version of each release line that has it. */
  readonly versions: readonly string[]
  readonly what: string
  /** Address. */
  readonly source: string
  /** Absent where no contract shows it. */
  readonly shows?: readonly Trace[]
  /** What the owner of a site can do about it. */
  readonly remedy?: string
}

/** Releases whose notes could not be read when the file was written. */
export interface UnreadReleases {
  readonly package: string
  /** Range of versions. */
  readonly versions: string
  readonly why: string
}

/** fixtures/releases.yaml */
export interface Releases {
  readonly announcements: readonly Announcement[]
  readonly unread: readonly UnreadReleases[]
}

/** Whether a version includes a change that came with `versions`, the first of each release line. */
export function has(versions: readonly string[], version: string | undefined): boolean {
  const own = version === undefined ? null : semver.coerce(version)
  const firsts = versions.flatMap((one) => semver.coerce(one) ?? [])
  if (own === null) return false
  const inLine = firsts.find(({ major, minor }) => major === own.major && minor === own.minor)
  return inLine ? semver.gte(own, inLine) : firsts.every((first) => semver.gt(own, first))
}

/** Something with versions: a run, or a server before its first request. */
export interface Versioned {
  readonly target: Pick<NonNullable<ReportedRun['target']>, 'versions' | 'modules'> | null
}

/** Versions of a run by the names that Composer gives to packages. */
function packagesOf({ target }: Versioned): Readonly<Record<string, string | undefined>> {
  const { drupal, simple_oauth, consumers, league } = target?.versions ?? {}
  const modules = Object.entries(target?.modules ?? {}).map(([name, version]) => [`drupal/${name}`, version || '0.0.0'])
  return {
    ...(Object.fromEntries(modules) as Record<string, string>),
    'drupal/core': drupal,
    'drupal/simple_oauth': simple_oauth,
    'drupal/consumers': consumers,
    'league/oauth2-server': league,
  }
}

/** What was announced between two runs; `reversed` after a downgrade. */
export interface Announced extends Announcement {
  readonly reversed: boolean
}

export function announcedBetween({ announcements }: Releases, before: Versioned, after: Versioned): Announced[] {
  const [one, other] = [packagesOf(before), packagesOf(after)]
  return announcements.flatMap((announcement) => {
    const [had, has_] = [one, other].map((packages) => has(announcement.versions, packages[announcement.package]))
    return had === has_ ? [] : [{ ...announcement, reversed: had === true }]
  })
}

/** What can be explained: a change, or something that an upgrade lost. */
export type Explicable = Pick<Change, 'fact' | 'endpoint' | 'before' | 'after'> & {
  readonly checks: readonly { readonly contract: string }[]
}

/** The announcements that explain a change. */
export function explanationsOf(change: Explicable, announced: readonly Announced[]): Announced[] {
  return announced.filter(({ shows = [], reversed }) => shows.some((trace) => matches(trace, change, reversed)))
}

const patterns = new Map<string, RegExp>()

/** Each pattern is tried on each change. */
function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u')
  patterns.set(pattern, known)
  return known
}

function matches({ fact, endpoint, before, after, contract }: Trace, change: Explicable, reversed: boolean): boolean {
  const [one, other] = reversed ? [change.after, change.before] : [change.before, change.after]
  const fits = (pattern: string | undefined, text: string): boolean =>
    pattern === undefined || compiled(pattern).test(text)
  return (
    fits(fact, change.fact) &&
    (endpoint === undefined || endpoint === change.endpoint) &&
    fits(before, valueText(change.fact, one)) &&
    fits(after, valueText(change.fact, other)) &&
    (contract === undefined || change.checks.every((check) => fits(contract, check.contract)))
  )
}

/** Releases between two runs whose notes were not read: a change of theirs may have been announced. */
export function unreadBetween({ unread }: Releases, before: ReportedRun, after: ReportedRun): UnreadReleases[] {
  const [one, other] = [packagesOf(before), packagesOf(after)]
  return unread.filter(({ package: name, versions }) => {
    const [from, to] = [one[name], other[name]].map((version) =>
      version === undefined ? null : semver.coerce(version),
    )
    if (!from || !to || semver.eq(from, to)) return false
    const [low, high] = semver.lt(from, to) ? [from, to] : [to, from]
    return semver.intersects(versions, `>${low.version} <=${high.version}`)
  })
}
