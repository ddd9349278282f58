import type { UserRole } from '../../fixtures/roles.ts'
import { logIn, type LoginOutcome } from '../drupal/login.ts'
import { signIn } from '../drupal/sign-in.ts'
import { Cookies } from '../http/cookies.ts'
import { registerSecrets } from '../http/secrets.ts'
import type { Exchange } from '../model/exchange.ts'
import type { UserInfo } from '../model/target.ts'
import { BlockedError, type RunEnvironment } from '../oauth/case-state.ts'
import type { Kept } from './kept.ts'
import { refuseFirst } from './refuse-first.ts'

interface Session {
  readonly cookies: Cookies
  /** The Drupal ID of the user, where it is known. */
  readonly uid: string | null
}

/** The browser sessions of a run: one login per user, its failure remembered, because a wrong password must not lock an account. */
export class Logins {
  private readonly site: Pick<RunEnvironment, 'target' | 'http' | 'redactor'>
  private readonly kept: Kept['sessions'] | undefined
  private readonly logins = new Map<UserRole, Promise<Session>>()
  private readonly failures = new Map<UserRole, BlockedError>()
  /** Users whom a case changed: a deleted user is another account now. */
  private readonly changed = new Set<UserRole>()
  /** Successful logins. */
  count = 0

  /** @param kept The browser sessions from before an upgrade, by user. */
  constructor(site: Pick<RunEnvironment, 'target' | 'http' | 'redactor'>, kept: Kept['sessions'] | undefined) {
    this.site = site
    this.kept = kept
  }

  /** A copy of the user's session, after the first login of the run. */
  async login(user: UserRole): Promise<Session> {
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

  /** One more login, at the form of a page; see `RunEnvironment`. */
  async logInAgain(user: UserRole, cookies: Cookies, url: string, other?: string): Promise<LoginOutcome> {
    // The password is known to be right, so repeated logins cannot lock the account.
    await this.login(user)
    const { name, password } = this.visitor(user)
    if (password === undefined) throw new BlockedError('role-missing', `the password of the user ${user} is not known`)
    const login = await logIn(this.site.http, cookies, url, { name, password: other ?? password })
    if (other !== undefined) {
      for (const exchange of login.exchanges) registerSecrets(this.site.redactor, exchange)
      return login
    }
    this.record(user, login.exchanges, login.failure)
    return login
  }

  /** For a user whom a case changed: even a failed login meanwhile says nothing about the next case. */
  async forget(user: UserRole): Promise<Cookies | null> {
    const login = this.logins.get(user)
    this.logins.delete(user)
    this.failures.delete(user)
    this.changed.add(user)
    const session = await login?.catch(() => null)
    return session?.cookies.clone() ?? null
  }

  /** @throws BlockedError if none was kept. */
  keptSession(user: UserRole): Cookies {
    const header = this.kept?.[user]
    if (header === undefined)
      throw new BlockedError('not-kept', `no browser session of ${user} was kept before the upgrade`)
    const cookies = new Cookies()
    cookies.take(`${this.site.target.baseUrl}/`, header)
    return cookies
  }

  /** The `Cookie` headers of all sessions so far, to be kept over an upgrade. */
  async headers(): Promise<Kept['sessions']> {
    const { baseUrl } = this.site.target
    const sessions = await Promise.all(
      [...this.logins].map(async ([user, login]) => {
        const cookies = await login.then(
          (session) => session.cookies,
          () => null,
        )
        return [user, cookies?.headerFor(`${baseUrl}/`)] as const
      }),
    )
    return Object.fromEntries(sessions.filter(([, header]) => typeof header === 'string'))
  }

  private async logInOnce(user: UserRole): Promise<Session> {
    const { target, http } = this.site
    const visitor = this.visitor(user)
    const site = { baseUrl: target.baseUrl, login: target.endpoints.login }
    const { cookies, uid, exchanges, failure } = await signIn(http, site, visitor, target.mapped === true)
    this.record(user, exchanges, failure ?? refuseFirst(target, visitor, uid))
    return { cookies, uid }
  }

  private visitor(user: UserRole): UserInfo {
    const failed = this.failures.get(user)
    if (failed) throw failed
    const found = this.site.target.users[user]
    if (!found) throw new BlockedError('role-missing', `the target has no user for the role ${user}`)
    if (!this.changed.has(user)) return found
    const { uid: _, ...others } = found
    return others
  }

  /** @throws BlockedError for a failure; an answer of the site is remembered. */
  private record(user: UserRole, exchanges: readonly Exchange[], failure: LoginOutcome['failure']): void {
    for (const exchange of exchanges) registerSecrets(this.site.redactor, exchange)
    if (failure === null) {
      this.count++
      return
    }
    const blocked = new BlockedError(failure.cause, `${user}: ${failure.message}`, exchanges)
    if (exchanges.length > 0) this.failures.set(user, blocked)
    throw blocked
  }
}
