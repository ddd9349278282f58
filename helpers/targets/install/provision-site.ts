import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { capabilities, type Capability } from '../../../fixtures/capabilities.ts'
import { DrushProcess } from '../../drupal/drush.ts'
import { provisionData, targetRoles, type ProvisionData } from '../../drupal/provision.ts'
import { asRoles, lackedByRoles, ownLifetimes, type ScopeModel } from '../../drupal/roles-as-scopes.ts'
import { TargetError, type TargetInfo, type Versions } from '../../model/target.ts'
import { listFiles, type CodeFile } from './codebase.ts'
import { installError } from './install-error.ts'
import { unseenNote } from './unseen.ts'

/** Milliseconds; a large site may take minutes to install. */
export const installTimeout = 15 * 60_000

/** What was created on a site. Contains secrets. */
export interface ProvisionedSite {
  readonly data: ProvisionData
  readonly uids: Record<string, string>
  readonly versions: Versions
  readonly modules?: TargetInfo['modules']
  /** IDs of the grants for which there is a plugin. */
  readonly grants?: readonly string[]
  readonly scopeModel?: ScopeModel
  /** Capabilities that the installed releases lack. */
  readonly lacks?: readonly Capability[]
  /** Settings of the site before the suite changed anything. */
  readonly found?: { readonly openid: boolean; readonly scopeProvider: string }
}

/** What a target reports about its installed site. */
export function siteInfo({
  data,
  uids,
  versions,
  modules,
  grants,
  scopeModel,
  found,
  lacks = [],
}: ProvisionedSite): Pick<
  TargetInfo,
  'clients' | 'users' | 'scopes' | 'modules' | 'offers' | 'capabilities' | 'notes'
> {
  // With OpenID Connect disabled, Simple OAuth publishes no keys.
  const absent: readonly Capability[] = [
    ...(found?.openid === false ? (['oidc', 'jwks'] as const) : []),
    ...(scopeModel === 'roles' ? lackedByRoles : []),
    ...lacks,
  ]
  const unseen = unseenNote(versions)
  const provider = scopeModel === 'roles' ? '' : (found?.scopeProvider ?? 'dynamic')
  const notes = [
    ...(unseen === null ? [] : [unseen]),
    ...(provider === 'dynamic' || provider === '' ? [] : [replacedScopes(provider)]),
  ]
  return {
    ...(modules ? { modules } : {}),
    ...(grants ? { offers: { grants: Object.fromEntries(grants.map((grant) => [grant, []])) } } : {}),
    capabilities: (Object.keys(capabilities) as Capability[]).filter((capability) => !absent.includes(capability)),
    ...targetRoles(data, uids),
    ...(notes.length === 0 ? {} : { notes }),
  }
}

const replacedScopes = (provider: string): string =>
  `The configuration takes its scopes from the provider "${provider}". Those scopes were not tested: the suite switched to "dynamic" for scopes of its own. Map them in a site file to test a site with them.`

/** @throws {TargetError} `config-missing`. */
export function configFiles(config: string): CodeFile[] {
  if (!existsSync(join(config, 'core.extension.yml'))) {
    const message = `${config} has no core.extension.yml. Pass the folder that "drush config:export" writes to.`
    throw new TargetError('config-missing', message)
  }
  return listFiles(config, (_path, name, isFolder) => (isFolder ? !name.startsWith('.') : name.endsWith('.yml')))
}

/**
 * A `core.extension.yml` to install instead of the exported one; undefined if that one can be installed. Drupal refuses to install exported
 * configuration with a profile that implements hook_install(), such as standard; the configuration already contains the effects of that
 * hook. A profile with modules of its own is kept, because they can be found only with it.
 */
export function installableExtensions(config: string, root: string, code: readonly CodeFile[]): string | undefined {
  const text = readFileSync(join(config, 'core.extension.yml'), 'utf8')
  const { profile } = (parse(text) ?? {}) as { readonly profile?: unknown }
  if (typeof profile !== 'string' || profile === 'minimal') return undefined
  const own = `/profiles/${profile}/${profile}.install`
  const file = code.find(
    ({ path }) => `/${path}`.endsWith(own) || new RegExp(`/profiles/[^/]+${own.slice(9)}$`, 'u').test(`/${path}`),
  )
  if (file === undefined) return undefined
  const folder = file.path.slice(0, -`${profile}.install`.length)
  if (code.some(({ path }) => path.startsWith(`${folder}modules/`) && path.endsWith('.info.yml'))) return undefined
  const hook = new RegExp(`^\\s*function\\s+${profile}_install\\s*\\(`, 'mu')
  if (!hook.test(readFileSync(join(root, file.path), 'utf8'))) return undefined
  const module = new RegExp(`^(\\s+)${profile}:( \\d+)$`, 'mu')
  return text.replace(/^profile: .*$/mu, 'profile: minimal').replace(module, '$1minimal:$2')
}

/** In a language other than English, the installer downloads a translation unless a file exists; an empty one suffices. */
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
 * Creates users, scopes, clients and keys on a throw-away site.
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
  try {
    // Views serves the role page, JSON:API the content type.
    const modules = ['simple_oauth', 'views', 'node', 'jsonapi']
    const { scopeModel } = await drush.request<{ scopeModel: ScopeModel }>(
      'module.inspect',
      { modules },
      installTimeout,
    )
    const data = scopeModel === 'roles' ? asRoles(provisionData(), ownLifetimes) : provisionData()
    const request = { data, keysDirectory }
    const answer = await drush.request<Omit<ProvisionedSite, 'data'>>('provision', request, installTimeout)
    await drush.request('caches.rebuild')
    await firstRequest()
    // The last process to close a SQLite file merges its write-ahead log.
    await drush.end()
    const { uids, versions, found, lacks = [] } = answer
    return {
      ...{ data, uids, versions, scopeModel, lacks },
      ...(answer.modules ? { modules: answer.modules } : {}),
      ...(answer.grants ? { grants: answer.grants } : {}),
      ...(found ? { found } : {}),
    }
  } catch (error) {
    throw installError(error, 'Provisioning the site')
  } finally {
    drush.close()
  }
}
