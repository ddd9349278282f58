import { capabilities, type Capability } from '../../fixtures/capabilities.ts'
import { provisionData, targetRoles } from '../drupal/provision.ts'
import { startReferenceServer, type ReferenceProfile, type ReferenceServer } from '../reference/server.ts'
import { suite } from '../model/package.ts'
import { didYouMean, near } from '../settings/suggest.ts'
import { TargetError, type Target, type TargetInfo, type Versions } from '../model/target.ts'

export interface ReferenceTargetOptions {
  readonly profile: ReferenceProfile
  /** ID of a fault to give the server. */
  readonly fault?: string
  /** Language of the server's pages; English by default. */
  readonly language?: 'en' | 'de'
  /** 0, the default, chooses a free port. */
  readonly port?: number
  /** The server that it is upgraded to. */
  readonly upgradeTo?: { readonly profile: ReferenceProfile; readonly fault?: string }
}

const versions: Readonly<Record<ReferenceProfile, Versions>> = {
  ideal: {},
  'simple-oauth-6.0': { simple_oauth: '6.0.9', league: '9.2.0' },
  'simple-oauth-21': { simple_oauth: '6.1.0', league: '9.2.0' },
}

/** Capabilities that Simple OAuth does not have. */
const beyond: readonly Capability[] = [
  'revocation',
  'revocation.access-token',
  'introspection',
  'device',
  'registration',
  'registration.management',
]
const hasBeyond = (profile: ReferenceProfile): boolean => profile !== 'simple-oauth-6.0'

// The server responds within milliseconds, so lifetimes can be shorter than on a Drupal site.
const shortLife = { accessTokenLifetime: 2, refreshTokenLifetime: 6 } as const

/** The embedded server as a target: nothing to install, but no Drupal site is tested. */
export function referenceTarget(options: ReferenceTargetOptions): Target {
  let server: ReferenceServer | undefined
  let roles: Parameters<typeof info>[2]
  const { upgradeTo } = options
  return {
    async start(progress) {
      progress('starting the reference server')
      const data = provisionData({ shortLife })
      server = await startReferenceServer({ ...options, data }).catch(async (error: unknown) => {
        throw await startError(error, options)
      })
      roles = targetRoles(data, server.uids)
      return info(options, server, roles)
    },
    ...(upgradeTo === undefined
      ? {}
      : {
          async upgrade(progress) {
            if (!server) throw notRunning()
            progress('upgrading the reference server')
            server = await server.upgrade(upgradeTo).catch(async (error: unknown) => {
              throw await startError(error, upgradeTo)
            })
            return info(upgradeTo, server, roles)
          },
        }),
    stop() {
      server?.closeNow()
      server = undefined
    },
    async changeSite(request) {
      if (!server) throw notRunning()
      return server.control(request)
    },
    errorLog: () => server?.errorLog() ?? [],
  }
}

const notRunning = () => new TargetError('not-started', 'the reference server is not running; start the target first')

function info(
  { profile, fault }: Pick<ReferenceTargetOptions, 'profile' | 'fault'>,
  server: ReferenceServer,
  roles: Pick<TargetInfo, 'clients' | 'users' | 'scopes'>,
): TargetInfo {
  return {
    label: `reference server, profile ${profile}${fault === undefined ? '' : `, fault ${fault}`} (not a Drupal site)`,
    baseUrl: server.url,
    versions: versions[profile],
    capabilities: (Object.keys(capabilities) as Capability[]).filter(
      (one) => hasBeyond(profile) || !beyond.includes(one),
    ),
    endpoints: {
      authorize: '/oauth/authorize',
      token: '/oauth/token',
      jwks: '/oauth/jwks',
      resource: '/oauth/debug',
      userinfo: '/oauth/userinfo',
      login: '/user/login',
      rolePage: '/contract-role',
      ...(hasBeyond(profile)
        ? {
            revocation: '/oauth/revoke',
            introspection: '/oauth/introspect',
            device: '/oauth/device_authorization',
            registration: '/oauth/register',
          }
        : {}),
      content: '/jsonapi/node/contract_page',
    },
    ...roles,
    offers: { grants: Object.fromEntries(server.grants.map((grant) => [grant, []])) },
    workers: 2,
    demonstration: true,
  }
}

async function startError(
  cause: unknown,
  options: Pick<ReferenceTargetOptions, 'fault' | 'port'>,
): Promise<TargetError> {
  if (cause instanceof RangeError) {
    const { faults, upgradeFaults } = await import('../reference/faults/index.ts')
    const { fault = '' } = options
    const similar = near(
      fault,
      [...faults, ...upgradeFaults].map(({ id }) => id),
    )
    const message = `There is no fault "${fault}".${didYouMean(similar)} "${suite.name} reference --list-faults" lists all faults.`
    return new TargetError('unknown-fault', message, { cause })
  }
  const message = `the reference server could not listen on 127.0.0.1:${options.port ?? 0}; choose another port, or 0 for a free one`
  return new TargetError('port-taken', message, { cause })
}
