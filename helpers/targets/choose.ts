import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { baseImages, drupalRequirements } from '../../fixtures/requirements.ts'
import type { ContainerTarget } from './container/container-target.ts'
import type { BuildArgs } from './container/ensure-image.ts'
import { findEngine } from './container/engine.ts'
import { possibleTargets, refuseIdle } from '../settings/conflicts.ts'
import type { TargetKind } from '../settings/setting-row.ts'
import { cacheFolder } from '../settings/cache-folder.ts'
import type { Settings } from '../settings/settings.ts'
import { rowOf } from '../settings/settings-table.ts'
import { parseDatabaseUrl } from './database-url.ts'
import type { LoadedSiteFile } from './site/site-file.ts'
import { TargetError, type Target } from '../model/target.ts'

/** What a site is upgraded to, by the subcommand `upgrade`. */
export interface ChosenUpgrade {
  /** The folder of the new code; a profile of the reference server. */
  readonly to: string
  readonly phpOld: string | null
  readonly phpNew: string | null
}

const referenceProfiles = ['ideal', 'simple-oauth-6.0', 'simple-oauth-21'] as const

const noUpgrade = (kind: TargetKind): TargetError =>
  new TargetError(
    'upgrade-unsupported',
    `The target ${kind} is not upgraded. Try it out with its code: --codebase OLD --to NEW.`,
  )

type Environment = Readonly<Record<string, string | undefined>>

/** What is read from files before a target is chosen. */
export interface SiteContext {
  readonly site: LoadedSiteFile | null
  /** PEM of an authority to trust. */
  readonly ca: string | null
  /** Whether tokens of what is made on a site live for a day instead of minutes. */
  readonly longLived?: boolean
}

/** Whether the settings name a site: a target, or without one an address or a site file. */
export const namesSite = (settings: Settings): boolean => possibleTargets(settings).kinds[0] === 'site'

/**
 * The target that the settings name, the only one that is loaded; `auto` chooses once and never falls back after that.
 *
 * @throws TargetError when nothing is named where a verdict is expected, or no engine answers where one is needed.
 * @throws SettingsError when a setting cannot act on the target.
 */
export async function chooseTarget(
  settings: Settings,
  environment: Environment,
  context: SiteContext = { site: null, ca: null },
  upgradeTo: ChosenUpgrade | null = null,
): Promise<Target> {
  const { kind, target } = await choose(settings, environment, context, upgradeTo)
  if (kind === 'reference') return target
  const { withOffers } = await import('./site/ask-offers.ts')
  return withOffers(target, { ca: context.ca, timeout: settings.requestTimeout * 1000 })
}

async function choose(
  settings: Settings,
  environment: Environment,
  { site, ca, longLived = false }: SiteContext,
  upgradeTo: ChosenUpgrade | null,
): Promise<{ readonly kind: TargetKind; readonly target: Target }> {
  const kind = await kindOf(settings, environment, upgradeTo)
  refuseIdle(settings, kind)
  if (kind === 'site' && upgradeTo !== null) throw noUpgrade(kind)
  if (kind === 'container') return { kind, target: await chooseContainer(settings, environment, upgradeTo) }
  if (kind === 'site') {
    const [{ siteTarget }, { allowedProvision }] = await Promise.all([
      import('./site/site-target.ts'),
      import('./site/provision-permission.ts'),
    ])
    const { baseUrl, stress } = settings
    // A site may be live, however many cores this machine has.
    const workers = settings.workers ?? fewestWorkers
    const provision = allowedProvision(settings, site?.content ?? {}, environment)
    const target = siteTarget({
      ...{ baseUrl, site, ca, workers, stress, requestTimeout: settings.requestTimeout * 1000 },
      uncheckedTls: environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0',
      ...(provision ? { provision: { ...provision, longLived } } : {}),
    })
    return { kind, target }
  }
  if (kind === 'reference') return { kind, target: await reference(settings, upgradeTo) }
  if (settings.codebase !== null)
    return { kind, target: await php(settings, settings.codebase, environment, upgradeTo) }
  throw new TargetError(
    'codebase-missing',
    'The php target needs a Drupal codebase: give its folder with --codebase DIR.',
  )
}

const fewestWorkers = 4

/** Concurrent requests to a server on this machine by its number of cores: PHP also waits for the disk and the database. */
export const workersFor = (cores: number): number => Math.min(16, Math.max(fewestWorkers, 2 * cores))

/** `auto`: what the settings decide, else a container if an engine answers; an upgrade needs none if there is a PHP. */
async function kindOf(
  settings: Settings,
  environment: Environment,
  upgradeTo: ChosenUpgrade | null,
): Promise<TargetKind> {
  const { kinds } = possibleTargets(settings)
  const [kind = 'reference', otherwise] = kinds
  if (otherwise === undefined) return kind
  if (otherwise === 'php' && upgradeTo !== null && (await usesOwnPhp(upgradeTo, settings.php))) return otherwise
  if (!((await findEngine(environment)) instanceof TargetError)) return kind
  if (otherwise !== 'reference') return otherwise
  // A pipeline that tests nothing must not be green: there, the reference server runs only if it is named.
  if ((environment['CI'] ?? '') === '' || environment['CI'] === 'false') return 'reference'
  throw new TargetError(
    'no-target',
    'CI is set, no site is named and no container engine answers, so there is nothing to give a verdict on. Give a site with ' +
      '--base-url URL (CONTRACT_BASE_URL) or --site FILE (CONTRACT_SITE), a codebase with --codebase DIR (CONTRACT_CODEBASE), or name the reference server with --target reference (CONTRACT_TARGET=reference).',
  )
}

/** Whether an upgrade is tried out with the PHP of this machine: one is named, or there is one. */
async function usesOwnPhp({ phpOld, phpNew }: ChosenUpgrade, php: string): Promise<boolean> {
  const named = [phpOld, phpNew].filter((one) => one !== null)
  if (named.length > 0) return !named.some((one) => one in baseImages)
  if (php !== rowOf('php').fallback) return true
  const { checkPhp } = await import('./php/check-php.ts')
  return checkPhp(php).then(
    () => true,
    (error: unknown) => !(error instanceof TargetError && error.code === 'php-missing'),
  )
}

/** The image for a PHP version, or an image by its name. */
const imageOf = (php: string | null): string | undefined =>
  php === null ? undefined : ((baseImages as Readonly<Record<string, string>>)[php] ?? php)

/**
 * A Drupal in a container of the engine of this machine.
 *
 * @throws TargetError `no-engine`, `engine-elsewhere`, `engine-no-rights` or `engine-silent`.
 */
export async function chooseContainer(
  settings: Settings,
  environment: Environment,
  upgradeTo: ChosenUpgrade | null = null,
): Promise<ContainerTarget> {
  const { image, codebase, config, database, drupal, simpleOauth, consumers, phpVersion, baseImage } = settings
  const engine = await findEngine(environment)
  if (engine instanceof TargetError) throw engine
  const chosen = {
    BASE_IMAGE: imageOf(upgradeTo?.phpOld ?? null) ?? baseImage ?? baseImages[phpVersion],
    ...(drupal === null ? {} : { DRUPAL: drupal }),
    ...(simpleOauth === null ? {} : { SIMPLE_OAUTH: simpleOauth }),
    ...(consumers === null ? {} : { CONSUMERS: consumers }),
    ...(settings.allowAdvisories ? { ALLOW_ADVISORIES: '1' } : {}),
  }
  const { newestMajor, wantedFrom } = await import('./container/requirements.ts')
  const { proxyArguments } = await import('./container/proxy.ts')
  const major = newestMajor(wantedFrom(chosen).drupal)
  const args: BuildArgs = { ...chosen, ...(major === null ? {} : { DRUSH: drupalRequirements[major].drush }) }
  const { containerTarget } = await import('./container/container-target.ts')
  return containerTarget({
    ...{ engine, database, args, proxy: proxyArguments(environment) },
    ...(codebase === null ? {} : { codebase: resolve(codebase) }),
    ...(config === null ? {} : { config: resolve(config) }),
    ...(image === null ? {} : { image }),
    cacheRoot: cacheFolder(settings, environment),
    fresh: settings.fresh,
    workers: settings.workers ?? workersFor(availableParallelism()),
    startTimeout: settings.startTimeout * 1000,
    ...(upgradeTo === null
      ? {}
      : {
          upgradeTo: {
            codebase: resolve(upgradeTo.to),
            baseImage: imageOf(upgradeTo.phpNew) ?? baseImage ?? baseImages[phpVersion],
          },
        }),
  })
}

async function php(
  settings: Settings,
  codebase: string,
  environment: Environment,
  upgradeTo: ChosenUpgrade | null,
): Promise<Target> {
  const { phpTarget } = await import('./php/php-target.ts')
  return phpTarget({
    codebase: resolve(codebase),
    ...(settings.config === null ? {} : { config: resolve(settings.config) }),
    ...(settings.databaseUrl === null ? {} : { database: parseDatabaseUrl(settings.databaseUrl) }),
    cacheRoot: cacheFolder(settings, environment),
    fresh: settings.fresh,
    php: upgradeTo?.phpOld ?? settings.php,
    workers: settings.workers ?? workersFor(availableParallelism()),
    startTimeout: settings.startTimeout * 1000,
    ...(upgradeTo === null
      ? {}
      : { upgradeTo: { codebase: resolve(upgradeTo.to), php: upgradeTo.phpNew ?? settings.php } }),
  })
}

async function reference(settings: Settings, upgradeTo: ChosenUpgrade | null): Promise<Target> {
  const { referenceTarget } = await import('./reference-target.ts')
  if (upgradeTo !== null) {
    const fault = settings.referenceFault
    const profile = referenceProfiles.find((known) => known === upgradeTo.to)
    if (profile === undefined)
      throw new TargetError(
        'unknown-profile',
        `The reference server can be upgraded to ${new Intl.ListFormat('en', { type: 'disjunction' }).format(referenceProfiles)}, not to "${upgradeTo.to}".`,
      )
    return referenceTarget({
      profile: settings.referenceProfile,
      upgradeTo: { profile, ...(fault === null ? {} : { fault }) },
    })
  }
  return referenceTarget({
    profile: settings.referenceProfile,
    ...(settings.referenceFault === null ? {} : { fault: settings.referenceFault }),
  })
}
