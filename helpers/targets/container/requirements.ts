import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'
import {
  baseImages,
  defaultPhp,
  defaultVersions,
  drupalRequirements,
  leagueRequirements,
  simpleOauthRequirements,
} from '../../../fixtures/requirements.ts'
import type { Database } from './database.ts'
import { TargetError } from '../../model/target.ts'

/** The requested versions: exact ones of a codebase, or Composer constraints. */
export interface WantedVersions {
  readonly drupal: string
  readonly simpleOauth: string
  /** Only of a codebase. */
  readonly league?: string
}

/** What the base image offers. */
export interface BaseFacts {
  readonly php: string
  /** Null without the extension. */
  readonly sqlite: string | null
}

type DrupalMajor = keyof typeof drupalRequirements
const majors = Object.keys(drupalRequirements) as DrupalMajor[]

/** The versions if Composer chooses them. */
export const wantedFrom = (args: { readonly DRUPAL?: string; readonly SIMPLE_OAUTH?: string }): WantedVersions => ({
  drupal: args.DRUPAL ?? defaultVersions.drupal,
  simpleOauth: args.SIMPLE_OAUTH ?? defaultVersions.simpleOauth,
})

/** The versions of a codebase from its composer.lock; undefined if it has none. */
export function wantedOf(root: string): WantedVersions | undefined {
  try {
    const lock = JSON.parse(readFileSync(join(root, 'composer.lock'), 'utf8')) as {
      readonly packages: readonly { readonly name: string; readonly version: string }[]
    }
    const version = (name: string) => lock.packages.find((one) => one.name === name)?.version
    const drupal = version('drupal/core')
    if (drupal === undefined) return undefined
    const league = version('league/oauth2-server')
    return { drupal, simpleOauth: version('drupal/simple_oauth') ?? '*', ...(league === undefined ? {} : { league }) }
  } catch {
    return undefined
  }
}

/** The newest major version of Drupal that the constraint allows; null if it cannot be parsed (`dev-main`). */
export function newestMajor(drupal: string): DrupalMajor | null {
  return allowedMajors(drupal).at(-1) ?? null
}

function allowedMajors(drupal: string): DrupalMajor[] {
  const range = rangeOf(drupal)
  return range === null ? [] : majors.filter((major) => semver.intersects(range, `^${major}.0.0`, prereleases))
}

const prereleases = { includePrerelease: true }

/** Composer also separates alternatives by a single bar, and names branches `11.x-dev`. */
const rangeOf = (constraint: string): string | null =>
  semver.validRange(
    constraint
      .replace(/@\w+/g, '')
      .replace(/\|+/g, '||')
      .replace(/,/g, ' ')
      .replace(/(\d)\.x-dev/g, '$1.x'),
    prereleases,
  )

/**
 * Refuses a build that would fail, before it takes minutes. Versions missing from the table are left to Composer and Drupal.
 *
 * @throws {TargetError} `requirements-unmet`.
 */
export function checkRequirements(wanted: WantedVersions, base: BaseFacts, database: Database, image: string): void {
  const allowed = allowedMajors(wanted.drupal)
  const problems = allowed.map((major) => problemsOf(major, wanted, base, database))
  if (allowed.length === 0 || problems.some((one) => one.length === 0)) return
  const lines = problems.flatMap((one, index) => one.map((problem) => `  Drupal ${allowed[index] ?? ''} ${problem}`))
  const message = `${image} cannot run what is asked for (Drupal ${wanted.drupal}, Simple OAuth ${wanted.simpleOauth}):\n${lines.join('\n')}\n${remedy(image)}`
  throw new TargetError('requirements-unmet', message)
}

const remedy = (image: string): string =>
  image === baseImages[defaultPhp]
    ? 'Ask for other versions (--drupal, --simple-oauth), another --php-version or another --base-image.'
    : `Ask for other versions (--drupal, --simple-oauth), or leave out --base-image: the default is ${baseImages[defaultPhp]}.`

function problemsOf(major: DrupalMajor, wanted: WantedVersions, base: BaseFacts, database: Database): string[] {
  const needs = drupalRequirements[major]
  const images = databaseVersions(major)
  const league = leagueRequirements.find(({ versions }) => wanted.league && semver.satisfies(wanted.league, versions))
  return [
    isOlder(base.php, needs.php) && `needs PHP ${needs.php} or later; this image has ${base.php}`,
    database === 'sqlite' && base.sqlite === null && 'needs SQLite; this image lacks the PHP extension pdo_sqlite',
    database === 'sqlite' &&
      base.sqlite !== null &&
      isOlder(base.sqlite, needs.sqlite) &&
      `needs SQLite ${needs.sqlite} or later; this image has ${base.sqlite}`,
    database !== 'sqlite' &&
      isOlder(images[database], needs[database]) &&
      `needs ${database} ${needs[database]} or later; --database ${database} starts ${images[database]}`,
    !moduleAllows(major, wanted.simpleOauth) && `is not supported by Simple OAuth ${wanted.simpleOauth}`,
    league &&
      !semver.satisfies(numberOf(base.php), league.php) &&
      `with league/oauth2-server ${wanted.league ?? ''} needs PHP ${league.php}; this image has ${base.php}`,
  ].filter((problem) => typeof problem === 'string')
}

const databaseVersions = (major: DrupalMajor) => {
  const { mariadb, postgres } = drupalRequirements[major].images
  return { mariadb: mariadb.replace(/.*:/, ''), postgres: postgres.replace(/.*:/, '') }
}

/** A release line of Simple OAuth newer than the table may allow more than the known ones. */
function moduleAllows(major: DrupalMajor, constraint: string): boolean {
  const range = rangeOf(constraint)
  const known = simpleOauthRequirements.map(({ versions }) => versions).join(' || ')
  if (range === null || !semver.subset(range, known)) return true
  return simpleOauthRequirements.some(
    ({ versions, drupal }) => semver.intersects(range, versions) && semver.intersects(`^${major}.0.0`, drupal),
  )
}

const numberOf = (version: string) => semver.coerce(version) ?? '0.0.0'
const isOlder = (version: string, least: string) => semver.lt(numberOf(version), numberOf(least))
