import { randomUUID } from 'node:crypto'
import type { ClientRole, ScopeRole, UserRole } from '../../fixtures/roles.ts'
import type { ConsentForm } from '../drupal/consent.ts'
import type { LoginOutcome } from '../drupal/login.ts'
import type { HttpClient, HttpRequest } from '../http/client.ts'
import { browse } from '../http/browse.ts'
import type { Cookies } from '../http/cookies.ts'
import type { Exchange } from '../model/exchange.ts'
import { type Redactor } from '../http/redact.ts'
import { registerSecrets } from '../http/secrets.ts'
import type { Outcome } from '../judge/outcome.ts'
import type { SkipReason } from '../model/reason.ts'
import type { Step } from './steps.ts'
import type { Single } from './values.ts'
import type { ClientInfo, ConsumerName, SiteChange, TargetInfo, UserInfo } from '../model/target.ts'

/** A user or a client by its role. */
export type Entity = `user ${UserRole}` | `client ${ConsumerName}`

/** Nothing can be proven: a login failed, the server is gone, a role is missing. Becomes the verdict `blocked`. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError'
  /** Stable; equal causes are grouped in the summary. */
  readonly code: string
  readonly exchanges: readonly Exchange[]
  constructor(code: string, message: string, exchanges: readonly Exchange[] = [], options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.exchanges = exchanges
  }
}

/** The site lacks what the check needs, as it turned out. Becomes the verdict `skipped`. */
export class NotMappedError extends Error {
  override readonly name = 'NotMappedError'
  readonly skip: SkipReason
  constructor(skip: SkipReason) {
    super(skip.kind)
    this.skip = skip
  }
}

/** What all cases of a run share. */
export interface RunEnvironment {
  readonly target: TargetInfo
  readonly http: HttpClient
  readonly redactor: Redactor
  /** The session of the user's one login of this run. */
  login(user: UserRole): Promise<{ readonly cookies: Cookies; readonly uid: string | null }>
  /**
   * Logs the user in once more, with the form of the page at `url`. Refused after any failure, which could lock the account. A password
   * other than the user's own is tried in any case; its failure is a result.
   */
  logInAgain(user: UserRole, cookies: Cookies, url: string, password?: string): Promise<LoginOutcome>
  /** The browser session that the user had before the upgrade. */
  keptSession(user: UserRole): Cookies
  changeSite(request: SiteChange): Promise<unknown>
  /** Discards the user's session, so that the next flow logs in again. @returns its cookies; null if nobody had logged in. */
  forgetLogin(user: UserRole): Promise<Cookies | null>
  /** Server internals that answers have disclosed so far, as `METHOD /path: what`. */
  internals(): readonly string[]
  /** The address of a key set that the run serves, or null if the server under test cannot fetch it. */
  keySet(): Promise<string | null>
  /** Waits without holding one of the server's workers. */
  sleep(milliseconds: number): Promise<void>
}

/** What a step leaves for later steps. */
export interface StepResult {
  readonly outcome: Outcome
  /** Null if no client acted and none is mapped. */
  readonly client: ClientInfo | null
  /** When the response came, on the monotonic clock, in milliseconds. */
  readonly at: number
  /** The consent form that was left open, with its browser. */
  readonly open?: OpenConsent
}

/** A consent form that waits for a decision. */
interface OpenConsent {
  readonly form: ConsentForm
  /** The cookies of the browser: later steps in it change them. */
  readonly cookies: Cookies
  /** The cookies at the time when the form was served. */
  readonly then: Cookies
}

/** The fresh state of one case: who acts by default, and the results of earlier steps. */
export class CaseState {
  readonly environment: RunEnvironment
  readonly user: UserRole
  readonly results = new Map<string, StepResult>()
  /** The steps with those results. */
  readonly steps = new Map<string, Step>()
  readonly exchanges: Exchange[] = []
  /** Addresses and tokens with which to delete the clients that the case registered. */
  readonly registrations: { readonly url: string; readonly token: string }[] = []
  /** Names of the steps before the upgrade. */
  private kept: ReadonlySet<string> = new Set()
  /** The Drupal ID of the user, once known. */
  uid: string | null
  private keySet: string | null = null
  /** Makes addresses unique to this check. */
  readonly ownAddress = randomUUID()
  /** Browser sessions from before a user was changed or logged out. */
  readonly endedSessions = new Map<UserRole, Cookies>()
  /** Users and consumers that a step deleted. */
  readonly deleted = new Set<Entity>()
  private readonly consumer: ConsumerName
  private readonly signal: AbortSignal

  constructor(environment: RunEnvironment, given: { client: ConsumerName; user?: UserRole }, signal: AbortSignal) {
    this.environment = environment
    this.consumer = given.client
    this.user = given.user ?? 'editor'
    this.uid = environment.target.users[this.user]?.uid ?? null
    this.signal = signal
  }

  client(role: ConsumerName = this.consumer): ClientInfo {
    const client = this.environment.target.clients[role]
    if (!client) throw new BlockedError('role-missing', `the target has no client for the role ${role}`)
    return client
  }

  /** @throws BlockedError for a user or consumer that an earlier step deleted. */
  requireExisting(entity: Entity): void {
    if (this.deleted.has(entity))
      throw new BlockedError(
        'entity-deleted',
        `an earlier step deleted the ${entity}, which this step needs: restore it first`,
      )
  }

  /** The client of the case, for a step that can do without. */
  clientIfAny(): ClientInfo | null {
    return this.environment.target.clients[this.consumer] ?? null
  }

  userInfo(role: UserRole): UserInfo {
    const user = this.environment.target.users[role]
    if (!user) throw new BlockedError('role-missing', `the target has no user for the role ${role}`)
    return user
  }

  scopeName(role: ScopeRole): string {
    const name = this.environment.target.scopes[role]
    if (name === undefined) throw new BlockedError('role-missing', `the target has no scope for the role ${role}`)
    return name
  }

  clientSecret(role: ClientRole): string {
    const secret = this.client(role).client_secret
    if (secret === undefined) throw new BlockedError('role-missing', `the client of the role ${role} has no secret`)
    return secret
  }

  /** @throws NotMappedError if the server under test cannot fetch the key set, and so cannot trust it. */
  async serveKeySet(): Promise<void> {
    this.keySet = await this.environment.keySet()
    if (this.keySet === null) throw new NotMappedError({ kind: 'unreachable-key-set' })
  }

  clientOrigin(): string {
    const [uri = ''] = this.client().redirectUris
    return URL.canParse(uri) ? new URL(uri).origin : 'null'
  }

  keySetUrl(): string {
    if (this.keySet === null) throw new Error('the key set is not served')
    return this.keySet
  }

  result(name: string): StepResult {
    const result = this.results.get(name)
    if (!result) throw new Error(`no earlier step is named "${name}"`)
    return result
  }

  /** Restores what the steps before the upgrade left. */
  goOnWith(results: Readonly<Record<string, StepResult>>, exchanges: readonly Exchange[]): void {
    for (const [name, result] of Object.entries(results)) this.results.set(name, result)
    this.kept = new Set(this.results.keys())
    this.exchanges.push(...exchanges)
  }

  /** The result of the step that should have issued the token, if it did not; else null. */
  refusalFor(token: Single | null): StepResult | null {
    if (typeof token !== 'object' || token?.$ !== 'ref') return null
    const [name = '', ...path] = token.of.split('.')
    const result = this.result(name)
    return result.outcome.values[path.join('.')] === undefined ? result : null
  }

  value(of: string): string {
    const [name = '', ...path] = of.split('.')
    const value = this.result(name).outcome.values[path.join('.')]
    if (value === undefined && this.kept.has(name))
      throw new NotMappedError({ kind: 'absent-before', value: path.join('.') })
    if (value === undefined) throw new BlockedError('value-missing', `the step "${name}" returned no ${path.join('.')}`)
    return value
  }

  /** Sends one request, records it and registers every secret in it before anyone can print it. */
  async send(request: HttpRequest, cookies?: Cookies): Promise<Exchange> {
    const { http, redactor } = this.environment
    const record = (exchange: Exchange): void => {
      registerSecrets(redactor, exchange)
      this.exchanges.push(exchange)
    }
    const exchange = await browse({ http, cookies, record }, request, this.signal)
    // RFC 6585 §4: the server did not process the request.
    if (exchange.response.status === 429)
      throw new BlockedError(
        'rate-limited',
        'the server returns 429 (Too Many Requests): allow more requests from here, or run fewer contracts',
      )
    return exchange
  }

  url(path: string): string {
    return this.environment.target.baseUrl + path
  }
}
