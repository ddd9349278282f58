import { resolve } from 'node:path'
import { phpTarget } from './php.ts'
import { allowedProvision } from './provision-permission.ts'
import { referenceTarget } from './reference.ts'
import { cacheFolder, type Settings } from './settings.ts'
import type { Site } from './site-file.ts'
import { siteTarget } from './site.ts'
import { TargetError, type Target } from './target.ts'

/** What is read from files before a target is chosen. */
export interface SiteContext {
  readonly site: Site | null
  /** PEM of an authority to trust. */
  readonly ca: string | null
}

/** The kind of target that the settings name; `auto` goes by what else is given. */
export function kindOf({ target, baseUrl, site, codebase }: Settings): Exclude<Settings['target'], 'auto'> {
  if (target !== 'auto') return target
  if (baseUrl !== null || site !== null) return 'site'
  return codebase === null ? 'reference' : 'php'
}

/**
 * The target that the settings name; `auto` chooses once and never falls back after that.
 * @throws TargetError when nothing is named where a verdict is expected.
 */
export function chooseTarget(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
  { site, ca }: SiteContext = { site: null, ca: null },
): Target {
  const kind = kindOf(settings)
  if (kind === 'site') {
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
  if (kind === 'php') {
    if (settings.codebase === null) {
      throw new TargetError(
        'codebase-missing',
        'The php target needs a Drupal codebase: give its folder with --codebase DIR.',
      )
    }
    return phpTarget({
      codebase: resolve(settings.codebase),
      ...(settings.config === null ? {} : { config: resolve(settings.config) }),
      cacheRoot: cacheFolder(settings, environment),
      fresh: settings.fresh,
      php: settings.php,
      workers: settings.workers,
      startTimeout: settings.startTimeout * 1000,
    })
  }
  // A pipeline that tests nothing must not be green: there the reference server runs only when it is named.
  if (settings.target === 'auto' && (environment['CI'] ?? '') !== '' && environment['CI'] !== 'false') {
    throw new TargetError(
      'no-target',
      'CI is set and no site is named, so there is nothing to give a verdict on. Give a site with --base-url URL ' +
        '(CONTRACT_BASE_URL) or --site FILE (CONTRACT_SITE), a codebase with --codebase DIR (CONTRACT_CODEBASE), or name the reference server with --target reference (CONTRACT_TARGET=reference).',
    )
  }
  return referenceTarget({
    profile: settings.referenceProfile,
    ...(settings.referenceFault === null ? {} : { fault: settings.referenceFault }),
  })
}
