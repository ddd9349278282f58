import type { Capability } from '../../fixtures/capabilities.ts'
import type { Offers } from './offers.ts'
import type { ClientRole, ConsumerSettings, ScopeRole, UserRole } from '../../fixtures/roles.ts'

/** A consumer by its role, or one of the site's own with guarantees by its owner. */
export type ConsumerName = ClientRole | `consumer ${string}`

/** A client of the server under test, as the driver uses it. */
export interface ClientInfo extends ConsumerSettings {
  readonly role: ConsumerName
  readonly client_id: string
  /** Only of confidential clients. */
  readonly client_secret?: string
  /** Scope names sent when a case says nothing else. */
  readonly requests: readonly string[]
  /** Scope names: the default and the limit for client_credentials. */
  readonly scopes: readonly string[]
  /** Whether the site may issue a code without asking the user again; undefined if its owner does not say. */
  readonly remembers?: boolean
}

export interface UserInfo {
  readonly role: UserRole
  readonly name: string
  /** Absent if the user logs in with a session or a link instead. */
  readonly password?: string
  /** The session of a browser as a Cookie header, NAME=VALUE. */
  readonly cookie?: string
  /** A one-time login link. */
  readonly loginLink?: string
  readonly mail?: string
  /** The Drupal user ID, the `sub` of the user's tokens; detected at the login where it is absent. */
  readonly uid?: string
}

/** The versions of the server under test; printed in every report. */
export interface Versions {
  readonly drupal?: string
  readonly simple_oauth?: string
  readonly consumers?: string
  readonly league?: string
  readonly php?: string
  readonly webServer?: string
  /** With its name: "MariaDB 11.4.9". */
  readonly database?: string
}

/** Paths below the base URL. */
export interface Endpoints {
  readonly authorize: string
  readonly token: string
  readonly jwks: string
  /** A JSON resource that requires the scope role `debug`. */
  readonly resource: string
  /** The UserInfo endpoint (OpenID Connect Core §5.3). */
  readonly userinfo: string
  readonly login: string
  /** RFC 7009; only where the server has it. */
  readonly revocation?: string
  /** RFC 7662; only where the server has it. */
  readonly introspection?: string
  /** The device authorization endpoint (RFC 8628 §3.1); only where the server has it. */
  readonly device?: string
  /** The client registration endpoint (RFC 7591 §3); only where the server has it. */
  readonly registration?: string
  /** The JSON:API of the content type that the suite created; only where the suite set up the site. */
  readonly content?: string
  /** A page that only users with the Drupal role of one group may open; only where the suite set up the site. */
  readonly rolePage?: string
}

/** Everything a case may know of the server under test. Plain JSON: it crosses into the vitest worker. */
export interface TargetInfo {
  /** One line for people: "php, a copy of /srv/site". */
  readonly label: string
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly versions: Versions
  /** Enabled modules that build on Simple OAuth or Consumers, with their versions (empty where they have none). */
  readonly modules?: Readonly<Record<string, string>>
  readonly offers?: Offers
  readonly capabilities: readonly Capability[]
  readonly endpoints: Endpoints
  readonly clients: Partial<Record<ClientRole, ClientInfo>> & { readonly [consumer: `consumer ${string}`]: ClientInfo }
  readonly users: Partial<Record<UserRole, UserInfo>>
  readonly scopes: Partial<Record<ScopeRole, string>>
  /** Number of requests that the server handles concurrently. */
  readonly workers: number
  /** True where no Drupal is tested; the run's conclusion is then "demonstration". */
  readonly demonstration: boolean
  /** A third-party site: only what its owner mapped is used; what needs more is skipped and listed. */
  readonly mapped?: true
  /** The suite created users and clients of its own there, so no other account can be locked. */
  readonly provisioned?: true
  /** The versions are declared in the site file, not detected. */
  readonly stated?: true
  /** What its owner should know before trusting the verdicts. */
  readonly notes?: readonly string[]
  /** HTTP authentication in front of the site: goes with every request that has no Authorization of its own. */
  readonly httpBasic?: HttpBasic
  /** A proxy in front of the site lets no other Authorization header through. */
  readonly takesAuthorization?: true
  /** Of the database that the site was installed in; never printed. */
  readonly databasePassword?: string
}

interface HttpBasic {
  readonly user: string
  readonly password: string
}

/**
 * What happens to a user: `roles` takes every role away but the groups, which have no permissions; `permissions` takes every permission
 * of the user's own role; `restore` is as provisioned.
 */
export const userChanges = [
  'save',
  'block',
  'unblock',
  'delete',
  'password',
  'roles',
  'permissions',
  'restore',
] as const
export type UserChange = (typeof userChanges)[number]

/** What happens to a consumer: `secret` replaces its secret; `restore` is as provisioned. */
export const consumerActs = ['save', 'unpublish', 'delete', 'secret', 'restore'] as const

/** Settings of a consumer that are replaced; scopes by their names. */
interface ReplacedSettings extends Partial<Pick<ConsumerSettings, 'pkce' | 'grantTypes' | 'redirectUris'>> {
  readonly scopes?: readonly string[]
}

export type ConsumerChange = (typeof consumerActs)[number] | ReplacedSettings

/** A change of a user or consumer that the suite created, and that no other case uses; needs the capability `site.own-entities`. */
export type EntityChange =
  | { readonly op: 'user.change'; readonly user: UserRole; readonly change: UserChange; readonly password?: string }
  | {
      readonly op: 'consumer.change'
      readonly client: ConsumerName
      readonly change: ConsumerChange
      readonly secret?: string
    }

/** A change of the site under test; needs the capability `site.control`, but for changes of entities of the suite's own. */
export type SiteChange =
  | EntityChange
  | { readonly op: 'keys.replace' | 'keys.restore' }
  | { readonly op: 'caches.rebuild' }
  /** The module's own cron jobs; returns the facts `cron.expired` and `cron.live`. */
  | { readonly op: 'cron' }
  /** Changes nothing: the server's side requests an address, to show whether it can. */
  | { readonly op: 'address.fetch'; readonly url: string }
  | { readonly op: 'openid.disable' | 'openid.enable' }

/** Starts, changes and stops a server under test. */
export interface Target {
  /**
   * Reports each longer stage ("installing Drupal") to `progress`, and what its user must know before a request is sent to `warn`, which
   * is `progress` where it is left out. Errors are `TargetError`s that say what to do next.
   */
  start(progress: (stage: string) => void, warn?: (text: string) => void): Promise<TargetInfo>
  /** Stops the server and removes what the run created. Synchronous: it must work while the process exits. */
  stop(): void
  /** @returns facts of the change that no answer shows: `cron.expired`. Nothing where it has none. */
  changeSite(request: SiteChange): Promise<unknown>
  /**
   * Runs the new code and its updates on the same database, and serves the site at the same address. Only on a target that knows what to
   * upgrade to.
   * @throws UpgradeError if the site's own updates fail, or the site does not work after them: that is a verdict.
   */
  upgrade?(progress: (stage: string) => void): Promise<TargetInfo>
  /**
   * Leaves what was created on the site for a later process to remove; `stop` then removes nothing. Only on a provisioned site.
   * @param state The file from which a later process continues.
   */
  leave?(state: string): { readonly run: string; readonly drush: readonly string[]; readonly manifest: string }
  /** Lines the server wrote to its error log since the last call. */
  errorLog(): string[]
  /** The composer.lock of the server's code, for the report. */
  composerLock?(): string | undefined
}

/** The site's own upgrade failed, not the suite. */
export class UpgradeError extends Error {
  override readonly name = 'UpgradeError'
  /** Stable: `update-failed`, `cache-failed`, `site-broken`. */
  readonly code: string
  /** The last lines of what failed. */
  readonly lines: readonly string[]
  constructor(code: string, message: string, lines: readonly string[], options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.lines = lines
  }
}

/** The target could not be started or went away. `code` is stable; the message says what to do next. */
export class TargetError extends Error {
  override readonly name = 'TargetError'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
