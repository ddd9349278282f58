import { capabilities, type Capability } from '../../../fixtures/capabilities.ts'
import type { UserRole } from '../../../fixtures/roles.ts'
import { lackedByRoles } from '../../drupal/roles-as-scopes.ts'
import { createHttpClient, type HttpClient } from '../../http/client.ts'
import { loginLink, siteRedactor } from './login-link.ts'
import { policyClients } from './policy.ts'
import { offeredGrants } from './offered-grants.ts'
import { examineClient, isUnknown } from './examine-client.ts'
import { drushWords, type LoadedSiteFile } from './site-file.ts'
import { baseUrlOf, defaultLogin, defaultResource, jwksPath, probeSite, tokenPath, unreachable } from './probe-site.ts'
import type { SiteFacts } from './probe-site.ts'
import { SiteProvision, type Provisioned, type SiteProvisionOptions } from './provision-site.ts'
import { removedText } from './removed.ts'
import { rolesOf } from './missing-roles.ts'
import { transportWarnings } from './transport-warnings.ts'
import { withTokenEndpoints } from '../install/token-endpoints.ts'
import { diagnosisText } from '../../diagnosis/diagnose.ts'
import { TargetError, type Target, type TargetInfo } from '../../model/target.ts'

export interface SiteTargetOptions {
  /** Overrides the one in the site file. */
  readonly baseUrl: string | null
  readonly site: LoadedSiteFile | null
  /** Maximum number of concurrent requests. */
  readonly workers: number
  /** Milliseconds. */
  readonly requestTimeout: number
  /** PEM certificate of an authority to trust. */
  readonly ca: string | null
  /** The owner allows what could trouble a live site; a site file may allow it, too. */
  readonly stress: boolean
  /** Whether Node accepts every certificate (NODE_TLS_REJECT_UNAUTHORIZED=0). */
  readonly uncheckedTls?: boolean
  /** If the site's owner allows it: users and clients are created there instead of mapped, and removed again. */
  readonly provision?: Omit<SiteProvisionOptions, 'baseUrl'>
}

/**
 * An existing site of a third party. Nothing is started or stopped, and nothing is changed except by the requests of its
 * clients and by provisioning. Contracts that need what its owner did not map or allow are skipped and listed.
 */
export function siteTarget(options: SiteTargetOptions): Target {
  const { site } = options
  const content = site?.content ?? {}
  let provision: SiteProvision | undefined
  let report: (stage: string) => void = () => undefined
  return {
    async start(progress, warn = progress) {
      report = progress
      const address = options.baseUrl ?? content.baseUrl
      if (address === undefined)
        throw new TargetError(
          'no-base-url',
          'No site to test. Name it with --base-url URL, or as baseUrl in the site file.',
        )
      const baseUrl = baseUrlOf(address)
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
      const warnings = transportWarnings(baseUrl, options.uncheckedTls ?? false)
      for (const warning of warnings) warn(`warning: ${warning}`)
      try {
        progress(`probing ${baseUrl}`)
        const resource = content.resource ?? defaultResource
        const facts = await probeSite(http, { baseUrl, resource, httpBasic: content.httpBasic !== undefined })
        const remarks = [...warnings, ...movedNote(facts)]
        if (options.provision) {
          provision = new SiteProvision({ ...options.provision, baseUrl })
          const made = await provision.make(progress)
          const info = provisionedInfo(infoOf(options, baseUrl, facts, {}), provision.run, {
            ...made,
            clients: { ...policyClients(content), ...made.clients },
          })
          await examineSite(http, info)
          return await withTokenEndpoints(noted(info, remarks), http)
        }
        const mapped = infoOf(options, baseUrl, facts, await links(content, baseUrl, progress))
        // Without a mapped client these endpoints are not used, and the site gets only GET requests.
        const info = Object.keys(mapped.clients).length > 0 ? await withTokenEndpoints(mapped, http) : mapped
        const examined = await examineClients(http, info, site, progress)
        const { note, ...offered } = await offeredGrants(content)
        return noted({ ...info, ...offered }, [...remarks, ...examined, ...(note === undefined ? [] : [note])])
      } catch (error) {
        throw unreachable(baseUrl, error)
      } finally {
        await http.close()
      }
    },
    stop: () => {
      const removed = provision?.remove()
      if (removed) report(`removed from the site: ${removedText(removed)}`)
    },
    ...(options.provision === undefined
      ? {}
      : {
          leave: (state) => {
            if (!provision) throw new TargetError('not-started', 'The target has not been started.')
            return provision.leave(state)
          },
        }),
    changeSite: async (request) => {
      if (provision && (request.op === 'user.change' || request.op === 'consumer.change'))
        return provision.change(request)
      throw new TargetError('no-control', 'Of a third-party site, only users and consumers of the suite are changed.')
    },
    errorLog: () => [],
  }
}

const bodyLimit = 1024 * 1024

const movedNote = ({ jwks, keysMoved }: SiteFacts): readonly string[] =>
  jwks && keysMoved !== null
    ? [
        `${jwksPath} redirects to ${keysMoved}, where the key set is requested. Clients that follow no redirect get no keys.`,
      ]
    : []

const noted = (info: TargetInfo, first: readonly string[]): TargetInfo =>
  first.length === 0 ? info : { ...info, notes: [...first, ...(info.notes ?? [])] }

function infoOf(
  options: SiteTargetOptions,
  baseUrl: string,
  facts: SiteFacts,
  loginLinks: Partial<Record<UserRole, string>>,
): TargetInfo {
  const { site, workers } = options
  const content = site?.content ?? {}
  const absent = new Set<Capability>([
    'site.control',
    'site.own-entities',
    'consumer.unpublish',
    'resource.role',
    'resource.jsonapi',
    ...(content.stress || options.stress ? [] : (['site.stress'] as const)),
    // With OpenID Connect disabled, Simple OAuth publishes no keys.
    ...(facts.jwks ? [] : (['jwks', 'oidc'] as const)),
    ...(facts.resource ? [] : (['resource.debug'] as const)),
    ...(/^5\./u.test(content.versions?.simple_oauth ?? '') ? lackedByRoles : []),
  ])
  const { versions } = content
  const roles = rolesOf(content, loginLinks)
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

/** The target with the provisioned roles instead of the mapped ones. */
function provisionedInfo({ stated: _, ...info }: TargetInfo, run: string, made: Provisioned): TargetInfo {
  const { leftOut, lacks, ...roles } = made
  return {
    ...info,
    ...roles,
    capabilities: [...info.capabilities, 'site.own-entities' as const, 'consumer.unpublish' as const].filter(
      (capability) => !lacks.includes(capability),
    ),
    label: `site, provisioned as run ${run}`,
    provisioned: true,
    ...(leftOut.length > 0
      ? { notes: leftOut.map(({ role, why }) => `the user ${role} was not created: ${why}`) }
      : {}),
  }
}

/** @throws TargetError if drush and the base URL belong to different sites. */
async function examineSite(http: HttpClient, { baseUrl, endpoints, clients }: TargetInfo): Promise<void> {
  const { publicPkce: client } = clients
  if (client === undefined || !(await isUnknown({ http, baseUrl, endpoints, client }))) return
  throw new TargetError(
    'drush-other-site',
    `${baseUrl} does not know the consumers that the drush command created. Check that drush and the base URL belong to the same site.`,
  )
}

/** A one-time link for each user with loginLink. */
async function links(
  content: LoadedSiteFile['content'],
  baseUrl: string,
  progress: (stage: string) => void,
): Promise<Partial<Record<UserRole, string>>> {
  const { users = {}, drush = '' } = content
  const made: Partial<Record<UserRole, string>> = {}
  for (const [role, user] of Object.entries(users)) {
    if (!user.loginLink) continue
    progress(`requesting a login link for ${role} from drush`)
    made[role as UserRole] = await loginLink(drushWords(drush), user.name ?? '', baseUrl, siteRedactor(content))
  }
  return made
}

/** @throws TargetError that lists every consumer that cannot be used as mapped, or with the ID of a diagnosis of the site. */
async function examineClients(
  http: HttpClient,
  { baseUrl, endpoints, clients }: TargetInfo,
  site: LoadedSiteFile | null,
  progress: (stage: string) => void,
): Promise<readonly string[]> {
  const mapped = Object.values(clients)
  if (mapped.length === 0 || site === null) return []
  progress(`checking ${String(mapped.length)} mapped consumers`)
  const facts = await Promise.all(mapped.map((client) => examineClient({ http, baseUrl, endpoints, client })))
  const fault = facts.find((one) => one.fault !== undefined)?.fault
  if (fault !== undefined) throw new TargetError(fault.id, `${baseUrl}: ${diagnosisText(fault)}`)
  const problems = facts.flatMap(({ problem }, index) => {
    const place = placeOf(site, mapped[index]?.role ?? '', problem?.member ?? '')
    return problem ? [`${place}: ${problem.message}`] : []
  })
  if (problems.length > 0) throw new TargetError('mapping-wrong', problems.join('\n'))
  return facts.flatMap(({ notes }) => notes)
}

/** The place in the site file where a client is mapped, by role or as a consumer with guarantees. */
function placeOf({ content, place }: LoadedSiteFile, role: string, member: string): string {
  const index = (content.policy ?? []).findIndex(({ consumer }) => role === `consumer ${consumer}`)
  if (index < 0) return place(['clients', role, member])
  const names: Readonly<Record<string, string>> = { client_id: 'consumer', redirectUris: 'redirectUri' }
  return place(['policy', String(index), names[member] ?? member])
}
