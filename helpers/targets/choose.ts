import { resolve } from 'node:path'
import { baseImages, drupalRequirements } from '../../fixtures/requirements.ts'
import type { BuildArgs } from './container/ensure-image.ts'
import { findEngine } from './container/engine.ts'
import { settingRows, type SettingName } from '../settings/settings-table.ts'
import { cacheFolder, SettingsError, type Settings } from '../settings/settings.ts'
import type { LoadedSiteFile } from './site/site-file.ts'
import { TargetError, type Target } from '../model/target.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What is read from files before a target is chosen. */
export interface SiteContext {
  readonly site: LoadedSiteFile | null
  /** PEM of an authority to trust. */
  readonly ca: string | null
}

/** Whether the settings name a site: a target, or without one an address or a site file. */
export const namesSite = ({ target, baseUrl, site }: Settings): boolean =>
  target === 'site' || (target === 'auto' && (baseUrl !== null || site !== null))

/**
 * The target that the settings name, the only one that is loaded; `auto` chooses once and never falls back after that.
 *
 * @throws TargetError when nothing is named where a verdict is expected, or no engine answers where one is needed.
 * @throws SettingsError when a setting has no meaning for the target.
 */
export async function chooseTarget(
  settings: Settings,
  environment: Environment,
  { site, ca }: SiteContext = { site: null, ca: null },
): Promise<Target> {
  const kind = await kindOf(settings, environment)
  if (kind === 'container') return container(settings, environment)
  refuse(containerOnly(settings), `--target ${kind} has no use for it: it belongs to the container target`)
  if (kind === 'site') {
    const [{ siteTarget }, { allowedProvision }] = await Promise.all([
      import('./site/site-target.ts'),
      import('./site/provision-permission.ts'),
    ])
    const { baseUrl, workers } = settings
    const provision = allowedProvision(settings, site?.content ?? {}, environment)
    return siteTarget({
      ...{ baseUrl, site, ca, workers, requestTimeout: settings.requestTimeout * 1000 },
      ...(provision ? { provision } : {}),
    })
  }
  if (settings.provision) {
    throw new TargetError(
      'provision-refused',
      `--provision is for a site that runs already: name it with --base-url URL or --site FILE. The target ${kind} makes its own.`,
    )
  }
  if (kind === 'reference') return reference(settings)
  if (settings.codebase !== null) return php(settings, settings.codebase, environment)
  throw new TargetError(
    'codebase-missing',
    'The php target needs a Drupal codebase: give its folder with --codebase DIR.',
  )
}

/** `auto`: a site that is named decides, then what only a container can have, then an engine that answers, then a codebase. */
async function kindOf(settings: Settings, environment: Environment): Promise<Exclude<Settings['target'], 'auto'>> {
  if (namesSite(settings)) return 'site'
  if (settings.target !== 'auto') return settings.target
  if (containerOnly(settings).length > 0) return 'container'
  if (!((await findEngine(environment)) instanceof TargetError)) return 'container'
  if (settings.codebase !== null) return 'php'
  // A pipeline that tests nothing must not be green: there the reference server runs only when it is named.
  if ((environment['CI'] ?? '') === '' || environment['CI'] === 'false') return 'reference'
  throw new TargetError(
    'no-target',
    'CI is set, no site is named and no container engine answers, so there is nothing to give a verdict on. Give a site with ' +
      '--base-url URL (CONTRACT_BASE_URL) or --site FILE (CONTRACT_SITE), a codebase with --codebase DIR (CONTRACT_CODEBASE), or name the reference server with --target reference (CONTRACT_TARGET=reference).',
  )
}

const versions = ['drupal', 'simpleOauth', 'consumers', 'allowAdvisories'] as const
const given = (settings: Settings, names: readonly SettingName[]) =>
  names.filter((name) => String(settings[name] ?? '') !== (settingRows[name].fallback ?? ''))
const containerOnly = (settings: Settings) =>
  given(settings, ['image', 'database', 'phpVersion', 'baseImage', ...versions])

/** Better told than ignored. */
function refuse(names: readonly SettingName[], why: string): void {
  const [name] = names
  if (name !== undefined) throw new SettingsError('bad-value', `--${settingRows[name].flag}: ${why}.`)
}

async function container(settings: Settings, environment: Environment): Promise<Target> {
  const { image, codebase, config, database, drupal, simpleOauth, consumers, phpVersion, baseImage } = settings
  if (image !== null) {
    const others = ['codebase', 'config', 'database', 'phpVersion', 'baseImage', ...versions] as const
    refuse(given(settings, others), 'an image is tested as it is; leave this out, or --image')
  }
  if (codebase !== null)
    refuse(given(settings, versions), 'the codebase has versions of its own; leave this out, or --codebase')
  const engine = await findEngine(environment)
  if (engine instanceof TargetError) throw engine
  const chosen = {
    BASE_IMAGE: baseImage ?? baseImages[phpVersion],
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
    workers: settings.workers,
    startTimeout: settings.startTimeout * 1000,
  })
}

async function php(settings: Settings, codebase: string, environment: Environment): Promise<Target> {
  const { phpTarget } = await import('./php/php-target.ts')
  return phpTarget({
    codebase: resolve(codebase),
    ...(settings.config === null ? {} : { config: resolve(settings.config) }),
    cacheRoot: cacheFolder(settings, environment),
    fresh: settings.fresh,
    php: settings.php,
    workers: settings.workers,
    startTimeout: settings.startTimeout * 1000,
  })
}

async function reference(settings: Settings): Promise<Target> {
  const { referenceTarget } = await import('./reference-target.ts')
  return referenceTarget({
    profile: settings.referenceProfile,
    ...(settings.referenceFault === null ? {} : { fault: settings.referenceFault }),
  })
}
