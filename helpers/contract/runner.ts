import { setTimeout as delay } from 'node:timers/promises'
import PQueue from 'p-queue'
import type { UserRole } from '../../fixtures/roles.ts'
import { logIn, type LoginOutcome } from '../drupal/login.ts'
import { signIn } from '../drupal/sign-in.ts'
import { Cookies } from '../http/cookies.ts'
import type { Exchange } from '../model/exchange.ts'
import { Redactor } from '../http/redact.ts'
import { registerSecrets } from '../http/secrets.ts'
import { checkName, type CheckResult, type SideEffects } from '../model/result.ts'
import { BlockedError, type RunEnvironment } from '../oauth/case-state.ts'
import { startKeySetServer, type KeySetServer } from '../oauth/key-set-server.ts'
import type { UserInfo } from '../model/target.ts'
import type { Check } from './case.ts'
import { schedule } from './schedule.ts'
import { countSideEffects } from './side-effects.ts'
import { watchAnswers } from './internals.ts'
import { lend, serialize } from './concurrency.ts'
import { adaptRedirectUris } from './adapt-redirect-uris.ts'
import { headerArrives } from '../diagnosis/diagnose.ts'
import { refuseFirst } from './refuse-first.ts'
import { registerTarget } from './register-target.ts'
import { EarlyEnds, type EarlyEnd } from './early-end.ts'
import type { Kept, KeptCheck } from './kept.ts'
import { runBefore } from './run-before.ts'
import { runCheck, type Rules } from './run-check.ts'
import { clientFor, type RunnerOptions } from './runner-options.ts'
import { sharedControls } from './shared-controls.ts'
import { showConsent } from './show-consent.ts'
import { watchedClient } from './watch.ts'

/** One run of checks against one target: shares logins and controls, and keeps the server's workers busy. */
export class Runner {
  /** One slot for each worker of the server. */
  private readonly queue: PQueue
  private readonly redactor = new Redactor()
  private readonly environment: RunEnvironment
  private readonly rules: Rules
  private readonly environmentOf: (check: Check) => RunEnvironment
  private readonly logins = new Map<UserRole, Promise<{ cookies: Cookies; uid: string | null }>>()
  private readonly failures = new Map<UserRole, BlockedError>()
  private readonly counted: () => Omit<SideEffects, 'sessions'>
  private keySet: Promise<string | null> | undefined
  private keySetServer: KeySetServer | undefined
  private arrives: Promise<boolean | null> | undefined
  /** Users whom a case changed: a deleted user is another account now. */
  private readonly changed = new Set<UserRole>()
  private sessions = 0
  private readonly earlyEnds: EarlyEnds | null
  private ended: EarlyEnd | null = null

  constructor(options: RunnerOptions) {
    const { target } = options
    this.earlyEnds = options.endEarly ? new EarlyEnds() : null
    this.queue = new PQueue({ concurrency: target.workers })
    registerTarget(this.redactor, target)
    const counting = countSideEffects(clientFor(options))
    this.counted = counting.counted
    const answers = watchAnswers(counting.http)
    const { watch } = options
    const http = watch ? watchedClient(answers.http, this.redactor, watch) : answers.http
    this.environment = {
      target,
      http,
      redactor: this.redactor,
      login: (user) => this.login(user),
      logInAgain: (user, cookies, url, password) => this.logInAgain(user, cookies, url, password),
      forgetLogin: (user) => this.forgetLogin(user),
      keptSession: (user) => this.keptSession(user, options.kept),
      changeSite: serialize(options.changeSite),
      internals: answers.internals,
      keySet: () => (this.keySet ??= this.serveKeySet()),
      sleep: (milliseconds) => lend(this.queue, () => delay(milliseconds)),
    }
    this.environmentOf = (check) => options.around?.(check, this.environment) ?? this.environment
    this.rules = {
      profile: options.profile,
      knownIssues: options.knownIssues,
      timeout: options.checkTimeout,
      slow: options.slow ?? false,
      control: sharedControls(),
      errorLog: options.errorLog,
      ...(options.kept ? { kept: options.kept.checks } : {}),
      ...(watch ? { step: watch.step.bind(watch) } : {}),
      headerArrives: () => (this.arrives ??= headerArrives(counting.http, target)),
    }
    for (const { exchanges } of Object.values(options.kept?.checks ?? {}))
      for (const exchange of exchanges) registerSecrets(this.redactor, exchange)
  }

  /**
   * Runs all checks: first those that wait for an expiry; after the others, one by one, those that race or change the whole site; last,
   * also one by one, those of isolation, because what a server caches for them must not reach any other check. Reports each check when it
   * begins, and each result as soon as it is known.
   * @throws NothingWorksError if equal blockers end the run early, ServerGoneError if the server no longer answers.
   */
  async run(
    checks: readonly Check[],
    report: (result: CheckResult) => void,
    begin: (check: Check) => void = () => undefined,
  ): Promise<void> {
    const { target } = this.environment
    const { first, concurrent, serial } = schedule(
      target.mapped ? checks.map((check) => adaptRedirectUris(check, target)) : checks,
    )
    const runOne = (check: Check): Promise<void> =>
      this.queue.add(async () => {
        if (this.ended) return
        begin(check)
        const result = await runCheck(check, this.environmentOf(check), this.rules)
        report(result)
        this.ended ??= (await this.earlyEnds?.after(check, result, this.environment, this.rules)) ?? null
      })
    if (concurrent.length > 1 && target.workers > 1) await showConsent(this.environment, this.rules.timeout)
    if (first) await runOne(first)
    await Promise.all(concurrent.map(runOne))
    for (const check of serial) {
      if (this.ended) break
      await runOne(check)
    }
    if (this.ended) throw this.ended
  }

  /** Runs the steps of each check before an upgrade, and keeps their results. */
  async keep(checks: readonly Check[]): Promise<Kept> {
    const kept = await Promise.all(
      checks.map(async (check): Promise<[string, KeptCheck]> => {
        const own = await this.queue.add(() => runBefore(check, this.environment, this.rules))
        return [checkName(check), own]
      }),
    )
    const { baseUrl } = this.environment.target
    const sessions = await Promise.all(
      [...this.logins].map(async ([user, login]) => {
        const cookies = await login.then(
          (session) => session.cookies,
          () => null,
        )
        return [user, cookies?.headerFor(`${baseUrl}/`)] as const
      }),
    )
    return {
      checks: Object.fromEntries(kept),
      sessions: Object.fromEntries(sessions.filter(([, header]) => typeof header === 'string')),
    }
  }

  /** What the run has left on the server so far. */
  sideEffects(): SideEffects {
    return { ...this.counted(), sessions: this.sessions }
  }

  /** Only a server on this machine can reach the key set; that is tried, not guessed. */
  private async serveKeySet(): Promise<string | null> {
    const { environment } = this
    if (!environment.target.capabilities.includes('site.control')) return null
    this.keySetServer = await startKeySetServer()
    const isReached = await this.keySetServer.reachedBy(async (url) => {
      await environment.changeSite({ op: 'address.fetch', url })
    })
    return isReached ? this.keySetServer.url : null
  }

  async close(): Promise<void> {
    this.keySetServer?.close()
    await this.environment.http.close()
  }

  /** One login per user and run, its failure remembered: a wrong password must not lock an account. */
  private async login(user: UserRole): Promise<{ cookies: Cookies; uid: string | null }> {
    let login = this.logins.get(user)
    if (!login) {
      login = this.logInOnce(user)
      this.logins.set(user, login)
      login.catch(() => {
        // A request that never reached the server was not an attempt.
        if (!this.failures.has(user)) this.logins.delete(user)
      })
    }
    const { cookies, uid } = await login
    return { cookies: cookies.clone(), uid }
  }

  private async logInOnce(user: UserRole): Promise<{ cookies: Cookies; uid: string | null }> {
    const { target, http } = this.environment
    const visitor = this.visitor(user)
    const site = { baseUrl: target.baseUrl, login: target.endpoints.login }
    const { cookies, uid, exchanges, failure } = await signIn(http, site, visitor, target.mapped === true)
    this.recordLogin(user, exchanges, failure ?? refuseFirst(target, visitor, uid))
    return { cookies, uid }
  }

  private async logInAgain(user: UserRole, cookies: Cookies, url: string, other?: string): Promise<LoginOutcome> {
    // The password is known to be right, so repeated logins cannot lock the account.
    await this.login(user)
    const { name, password } = this.visitor(user)
    if (password === undefined) throw new BlockedError('role-missing', `the password of the user ${user} is not known`)
    const login = await logIn(this.environment.http, cookies, url, { name, password: other ?? password })
    if (other !== undefined) {
      for (const exchange of login.exchanges) registerSecrets(this.redactor, exchange)
      return login
    }
    this.recordLogin(user, login.exchanges, login.failure)
    return login
  }

  /** For a user whom a case changed: even a failed login meanwhile says nothing about the next case. */
  private async forgetLogin(user: UserRole): Promise<Cookies | null> {
    const login = this.logins.get(user)
    this.logins.delete(user)
    this.failures.delete(user)
    this.changed.add(user)
    const session = await login?.catch(() => null)
    return session?.cookies.clone() ?? null
  }

  private keptSession(user: UserRole, kept: Kept | undefined): Cookies {
    const header = kept?.sessions[user]
    if (header === undefined)
      throw new BlockedError('not-kept', `no browser session of ${user} was kept before the upgrade`)
    const cookies = new Cookies()
    cookies.take(`${this.environment.target.baseUrl}/`, header)
    return cookies
  }

  private visitor(user: UserRole): UserInfo {
    const failed = this.failures.get(user)
    if (failed) throw failed
    const found = this.environment.target.users[user]
    if (!found) throw new BlockedError('role-missing', `the target has no user for the role ${user}`)
    if (!this.changed.has(user)) return found
    const { uid: _, ...others } = found
    return others
  }

  /** @throws BlockedError for a failure; an answer of the site is remembered. */
  private recordLogin(user: UserRole, exchanges: readonly Exchange[], failure: LoginOutcome['failure']): void {
    for (const exchange of exchanges) registerSecrets(this.redactor, exchange)
    if (failure === null) {
      this.sessions++
      return
    }
    const blocked = new BlockedError(failure.cause, `${user}: ${failure.message}`, exchanges)
    if (exchanges.length > 0) this.failures.set(user, blocked)
    throw blocked
  }
}
