import { capabilities, type Capability } from '../../../fixtures/capabilities.ts'
import type { UserRole } from '../../../fixtures/roles.ts'
import { createHttpClient, type HttpClient } from '../../http/client.ts'
import { loginLink } from './login-link.ts'
import { policyClients } from './policy.ts'
import { examineClient, isUnknown } from './examine-client.ts'
import { drushWords, type LoadedSiteFile } from './site-file.ts'
import { baseUrlOf, defaultLogin, defaultResource, jwksPath, probeSite, tokenPath, unreachable } from './probe-site.ts'
import type { SiteFacts } from './probe-site.ts'
import { removedText, SiteProvision, type Provisioned, type SiteProvisionOptions } from './provision-site.ts'
import { rolesOf } from './missing-roles.ts'
import { TargetError, type Target, type TargetInfo } from '../../model/target.ts'

export interface SiteTargetOptions {
  /** Goes before that of the site file. */
  readonly baseUrl: string | null
  readonly site: LoadedSiteFile | null
  /** Requests at the same time. */
  readonly workers: number
  /** Milliseconds. */
  readonly requestTimeout: number
  /** PEM of an authority to trust. */
  readonly ca: string | null
  /** Where its owner allows it: users and clients are made there instead of mapped, and removed again. */
  readonly provision?: Omit<SiteProvisionOptions, 'baseUrl'>
}

/**
 * A site that runs already and belongs to somebody else. Nothing is started or stopped, and nothing changed but what its own
 * clients cause and what provisioning makes and removes; what its owner did not map or allow is skipped by name.
 */
export function siteTarget(options: SiteTargetOptions): Target {
  const { site } = options
  const content = site?.content ?? {}
  let provision: SiteProvision | undefined
  let told: (stage: string) => void = () => undefined
  return {
    async start(progress) {
      told = progress
      const given = options.baseUrl ?? content.baseUrl
      if (given === undefined)
        throw new TargetError(
          'no-base-url',
          'Which site? Give its address with --base-url URL, or as baseUrl in the site file.',
        )
      const baseUrl = baseUrlOf(given)
      const http = createHttpClient({
        ...{
          origin: new URL(baseUrl).origin,
          timeout: options.requestTimeout,
          bodyLimit,
          connections: options.workers,
        },
        ...(options.ca === null ? {} : { ca: options.ca }),
        ...(content.httpBasic ? { basic: content.httpBasic } : {}),
      })
      try {
        progress(`asking ${baseUrl} what it is`)
        const resource = content.resource ?? defaultResource
        const facts = await probeSite(http, { baseUrl, resource, httpBasic: content.httpBasic !== undefined })
        if (options.provision) {
          provision = new SiteProvision({ ...options.provision, baseUrl })
          const made = await provision.make(progress)
          const info = provisionedInfo(infoOf(options, baseUrl, facts, {}), provision.run, {
            ...made,
            clients: { ...policyClients(content), ...made.clients },
          })
          await examineSite(http, info)
          return info
        }
        const info = infoOf(options, baseUrl, facts, await links(content, baseUrl, progress))
        const notes = await examineClients(http, info, site, progress)
        return notes.length === 0 ? info : { ...info, notes }
      } catch (error) {
        throw unreachable(baseUrl, error)
      } finally {
        await http.close()
      }
    },
    stop: () => {
      const removed = provision?.remove()
      if (removed) told(`removed from the site: ${removedText(removed)}`)
    },
    changeSite: () => Promise.reject(new TargetError('no-control', 'A site of somebody else is not changed.')),
    errorLog: () => [],
  }
}

const bodyLimit = 1024 * 1024

function infoOf(
  { site, workers }: SiteTargetOptions,
  baseUrl: string,
  facts: SiteFacts,
  given: Partial<Record<UserRole, string>>,
): TargetInfo {
  const content = site?.content ?? {}
  const absent = new Set<Capability>([
    'site.control',
    ...(content.stress ? [] : (['site.stress'] as const)),
    // Without OpenID Connect Simple OAuth publishes no keys.
    ...(facts.jwks ? [] : (['jwks', 'oidc'] as const)),
    ...(facts.resource ? [] : (['resource.debug'] as const)),
  ])
  const { versions } = content
  const roles = rolesOf(content, given)
  return {
    label: site === null ? 'site, without a site file' : `site, mapped in ${site.file}`,
    baseUrl,
    versions: versions ?? (facts.drupal === null ? {} : { drupal: facts.drupal }),
    capabilities: (Object.keys(capabilities) as Capability[]).filter((capability) => !absent.has(capability)),
    endpoints: {
      authorize: '/oauth/authorize',
      token: tokenPath,
      jwks: jwksPath,
      resource: content.resource ?? defaultResource,
      userinfo: '/oauth/userinfo',
      login: content.login ?? defaultLogin,
    },
    ...roles,
    clients: { ...roles.clients, ...policyClients(content) },
    workers,
    demonstration: false,
    mapped: true,
    ...(versions === undefined ? {} : { stated: true }),
    ...(content.httpBasic ? { httpBasic: content.httpBasic } : {}),
    ...(facts.takesAuthorization ? { takesAuthorization: true } : {}),
  }
}

/** With the roles that were made there in the place of those that are mapped. */
function provisionedInfo({ stated: _, ...info }: TargetInfo, run: string, made: Provisioned): TargetInfo {
  const { leftOut, ...roles } = made
  return {
    ...info,
    ...roles,
    label: `site, provisioned as run ${run}`,
    provisioned: true,
    ...(leftOut.length > 0 ? { notes: leftOut.map(({ role, why }) => `no user ${role}: ${why}`) } : {}),
  }
}

/** @throws TargetError where the drush command belongs to another site than the address. */
async function examineSite(http: HttpClient, { baseUrl, endpoints, clients }: TargetInfo): Promise<void> {
  const { publicPkce: client } = clients
  if (client === undefined || !(await isUnknown({ http, baseUrl, endpoints, client }))) return
  throw new TargetError(
    'drush-other-site',
    `What the drush command made is not known at ${baseUrl}: it is the drush of another site, or the site needs longer to notice.`,
  )
}

/** A one-time link for each user who is to log in by one. */
async function links(
  { users = {}, drush = '' }: LoadedSiteFile['content'],
  baseUrl: string,
  progress: (stage: string) => void,
): Promise<Partial<Record<UserRole, string>>> {
  const made: Partial<Record<UserRole, string>> = {}
  for (const [role, user] of Object.entries(users)) {
    if (!user.loginLink) continue
    progress(`asking drush for a login link of ${role}`)
    made[role as UserRole] = await loginLink(drushWords(drush), user.name ?? '', baseUrl)
  }
  return made
}

/** @throws TargetError that names every consumer which cannot be used as mapped. */
async function examineClients(
  http: HttpClient,
  { baseUrl, endpoints, clients }: TargetInfo,
  site: LoadedSiteFile | null,
  progress: (stage: string) => void,
): Promise<readonly string[]> {
  const mapped = Object.values(clients)
  if (mapped.length === 0 || site === null) return []
  progress(`looking at ${String(mapped.length)} mapped consumers`)
  const facts = await Promise.all(mapped.map((client) => examineClient({ http, baseUrl, endpoints, client })))
  const problems = facts.flatMap(({ problem }, index) => {
    const place = placeOf(site, mapped[index]?.role ?? '', problem?.member ?? '')
    return problem ? [`${place}: ${problem.message}`] : []
  })
  if (problems.length > 0) throw new TargetError('mapping-wrong', problems.join('\n'))
  return facts.flatMap(({ notes }) => notes)
}

/** Where the site file speaks of a client: by role, or as a consumer of which something is promised. */
function placeOf({ content, place }: LoadedSiteFile, role: string, member: string): string {
  const index = (content.policy ?? []).findIndex(({ consumer }) => role === `consumer ${consumer}`)
  if (index < 0) return place(['clients', role, member])
  const names: Readonly<Record<string, string>> = { client_id: 'consumer', redirectUris: 'redirectUri' }
  return place(['policy', String(index), names[member] ?? member])
}
