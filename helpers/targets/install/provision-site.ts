import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { DrushProcess } from '../../drupal/drush.ts'
import { provisionData, type ProvisionData } from '../../drupal/provision.ts'
import { TargetError, type TargetInfo, type Versions } from '../../model/target.ts'
import { listFiles, type CodeFile } from './codebase.ts'
import { installError } from './install-error.ts'

/** Milliseconds; a large site may take minutes to install. */
export const installTimeout = 15 * 60_000

/** What was created on a site. Contains secrets. */
export interface ProvisionedSite {
  readonly data: ProvisionData
  readonly uids: Record<string, string>
  readonly versions: Versions
  readonly modules?: TargetInfo['modules']
}

/** @throws {TargetError} `config-missing`. */
export function configFiles(config: string): CodeFile[] {
  if (!existsSync(join(config, 'core.extension.yml'))) {
    const message = `${config} has no core.extension.yml. Pass the folder that "drush config:export" writes to.`
    throw new TargetError('config-missing', message)
  }
  return listFiles(config, (_path, name, isFolder) => (isFolder ? !name.startsWith('.') : name.endsWith('.yml')))
}

/** In a language other than English the installer downloads a translation unless a file exists; an empty one will do. */
export function translationOf(config: string): { name: string; content: string } | undefined {
  const site = join(config, 'system.site.yml')
  const { default_langcode: language } = (existsSync(site) ? parse(readFileSync(site, 'utf8')) : {}) as Record<
    string,
    unknown
  >
  if (typeof language !== 'string' || !/^[A-Za-z-]{2,12}$/.test(language)) return undefined
  const content = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
  return { name: `drupal-0.0.0.${language}.po`, content }
}

/**
 ** Creates users, scopes, clients and keys on a throw-away site.
 *
 * @param firstRequest sends the first request, which compiles the container and the templates of the login page: once, and
 * not in every run.
 * @throws {TargetError} `install-failed`, `module-unsupported`, `disk-full`.
 */
export async function provisionSite(
  drush: DrushProcess,
  keysDirectory: string,
  firstRequest: () => Promise<void>,
): Promise<ProvisionedSite> {
  const data = provisionData()
  try {
    const request = {
      data, // Views serves the role page.
      modules: ['simple_oauth', 'views'],
      keysDirectory,
    }
    const answer = await drush.request<Pick<ProvisionedSite, 'uids' | 'versions' | 'modules'>>(
      'provision',
      request,
      installTimeout,
    )
    await drush.request('caches.rebuild')
    await firstRequest()
    // The last process to close a SQLite file merges its write-ahead log.
    await drush.end()
    const { uids, versions, modules } = answer
    return { data, uids, versions, ...(modules ? { modules } : {}) }
  } catch (error) {
    throw installError(error, 'Provisioning the site')
  } finally {
    drush.close()
  }
}
