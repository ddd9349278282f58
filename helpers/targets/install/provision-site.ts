import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { DrushProcess } from '../../drupal/drush.ts'
import { provisionData, type ProvisionData } from '../../drupal/provision.ts'
import { TargetError, type TargetInfo, type Versions } from '../../model/target.ts'
import { listFiles, type CodeFile } from './codebase.ts'
import { installError } from './install-error.ts'

/** Minutes a large site may take to install. */
export const installTimeout = 15 * 60_000

/** What was made on a site. Holds secrets. */
export interface ProvisionedSite {
  readonly data: ProvisionData
  readonly uids: Record<string, string>
  readonly versions: Versions
  readonly modules?: TargetInfo['modules']
}

/** @throws {TargetError} `config-missing`. */
export function configFiles(config: string): CodeFile[] {
  if (!existsSync(join(config, 'core.extension.yml'))) {
    const message = `${config} holds no core.extension.yml: name the folder that "drush config:export" writes to.`
    throw new TargetError('config-missing', message)
  }
  return listFiles(config, (_path, name, isFolder) => (isFolder ? !name.startsWith('.') : name.endsWith('.yml')))
}

/** In another language than English the installer fetches a translation unless a file is there; the contract needs no words. */
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
 * Makes users, scopes, clients and keys on a throw-away site.
 *
 * @param firstRequest asks the site for the first time, which compiles the container and the templates of the login page: once,
 * not in every run.
 * @throws {TargetError} `install-failed`, `module-unsupported`, `disk-full`.
 */
export async function provisionSite(
  session: DrushProcess,
  keysDirectory: string,
  firstRequest: () => Promise<void>,
): Promise<ProvisionedSite> {
  const data = provisionData()
  try {
    const request = { data, modules: ['simple_oauth'], keysDirectory }
    const answer = await session.request<Pick<ProvisionedSite, 'uids' | 'versions' | 'modules'>>(
      'provision',
      request,
      installTimeout,
    )
    await session.request('caches.rebuild')
    await firstRequest()
    // The last one to close a SQLite file merges its write-ahead log.
    await session.end()
    const { uids, versions, modules } = answer
    return { data, uids, versions, ...(modules ? { modules } : {}) }
  } catch (error) {
    throw installError(error, 'Provisioning the site')
  } finally {
    session.close()
  }
}
