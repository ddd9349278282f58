import { setTimeout as delay } from 'node:timers/promises'
import type { UserRole } from '../../fixtures/roles.ts'
import type { Profile } from '../../fixtures/sources.ts'
import { logIn } from '../drupal/login.ts'
import { createHttpClient } from '../http/client.ts'
import { Cookies } from '../http/cookies.ts'
import { Redactor, registerSecrets } from '../http/redact.ts'
import type { Deviation } from '../judge/conclude.ts'
import { canonical } from '../judge/match.ts'
import type { CheckResult } from '../judge/result.ts'
import type { Json } from '../judge/verdict.ts'
import { Obstruction, type World } from '../oauth/actor.ts'
import type { ControlRequest, TargetInfo } from '../target/target.ts'
import type { Check } from './case.ts'
import { runCheck, type Rules } from './run-check.ts'
import { inTurn, Slots } from './slots.ts'

export interface SessionOptions {
  readonly target: TargetInfo
  readonly profile: Profile
  readonly ledger: readonly Deviation[]
  /** Milliseconds for one request. */
  readonly requestTimeout: number
  /** Milliseconds for one check, waiting included. */
  readonly checkTimeout: number
  /** Whether slow proofs are given; false by default. */
  readonly slow?: boolean
  /** PEM of a certificate authority to trust beside the system's. */
  readonly ca?: string
  readonly control: (request: ControlRequest) => Promise<void>
  readonly errorLog: () => Promise<readonly string[]>
  /** What one check acts in instead: the bench records requests, waits and control steps there. */
  readonly around?: (check: Check, world: World) => World
}

// A page of Drupal is some 20 kB; what is larger is cut and said so.
const bodyLimit = 1024 * 1024

/** One run of checks against one target: shares logins and controls, and fills the server's workers. */
export class Session {
  private readonly slots: Slots
  private readonly redactor = new Redactor()
  private readonly world: World
  private readonly rules: Rules
  private readonly worldOf: (check: Check) => World
  private readonly logins = new Map<UserRole, Promise<Cookies>>()
  private readonly controls = new Map<string, Promise<void>>()

  constructor(options: SessionOptions) {
    const { target } = options
    this.slots = new Slots(target.workers)
    for (const client of Object.values(target.clients)) {
      if (client.client_secret !== undefined) this.redactor.register('client_secret', client.client_secret)
    }
    for (const user of Object.values(target.users)) this.redactor.register('password', user.password)
    this.world = {
      target,
      http: createHttpClient({
        origin: new URL(target.baseUrl).origin,
        timeout: options.requestTimeout,
        bodyLimit,
        connections: target.workers,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      }),
      redactor: this.redactor,
      login: (user) => this.login(user),
      control: inTurn(options.control),
      sleep: (milliseconds) => this.slots.lend(() => delay(milliseconds)),
    }
    this.worldOf = (check) => options.around?.(check, this.world) ?? this.world
    this.rules = {
      profile: options.profile,
      ledger: options.ledger,
      timeout: options.checkTimeout,
      slow: options.slow ?? false,
      control: (check, run) => this.control(check, run),
      errorLog: options.errorLog,
    }
  }

  /**
   * Runs all checks: those that wait for an expiry first, those that change the whole site alone at the end.
   * Each result is reported as soon as it stands.
   */
  async run(checks: readonly Check[], report: (result: CheckResult) => void): Promise<void> {
    const { concurrent, serial } = schedule(checks)
    const one = (check: Check): Promise<void> =>
      this.slots.run(async () => {
        report(await runCheck(check, this.worldOf(check), this.rules))
      })
    await Promise.all(concurrent.map(one))
    for (const check of serial) await one(check)
  }

  async close(): Promise<void> {
    await this.world.http.close()
  }

  /** One login per user and run, its failure remembered: a wrong password must not lock an account. */
  private async login(user: UserRole): Promise<Cookies> {
    let login = this.logins.get(user)
    if (!login) {
      login = this.logInOnce(user)
      this.logins.set(user, login)
      // A request that never reached the server was no attempt.
      login.catch((error: unknown) => {
        if (!(error instanceof Obstruction && error.obstacleCause.startsWith('login-'))) this.logins.delete(user)
      })
    }
    return (await login).clone()
  }

  private async logInOnce(user: UserRole): Promise<Cookies> {
    const { target, http } = this.world
    const credentials = target.users[user]
    if (!credentials) throw new Obstruction('role-missing', `the target has no user for the role ${user}`)
    const cookies = new Cookies()
    const login = await logIn(http, cookies, target.baseUrl + target.endpoints.login, credentials)
    for (const exchange of login.exchanges) registerSecrets(this.redactor, exchange)
    if (login.failure) throw new Obstruction(login.failure.cause, `${user}: ${login.failure.message}`, login.exchanges)
    return cookies
  }

  /** Equal controls are shared; a critical contract runs its own, right beside the refusal. */
  private control(check: Check, run: () => Promise<void>): Promise<void> {
    if (check.severity === 'critical') return run()
    const name = canonical({ given: check.given, control: check.control } as unknown as Json)
    const shared = this.controls.get(name) ?? run()
    this.controls.set(name, shared)
    return shared
  }
}

/** Those that wait for an expiry begin first, each beside another one, so that the first verdicts come while they wait. */
export function schedule(checks: readonly Check[]): { concurrent: Check[]; serial: Check[] } {
  const others = checks.filter((check) => !changesSite(check))
  const waiting = others.filter(waits)
  const rest = others.filter((check) => !waits(check))
  const begin = waiting.flatMap((check, index) => [check, ...rest.slice(index, index + 1)])
  return { concurrent: [...begin, ...rest.slice(waiting.length)], serial: checks.filter(changesSite) }
}

const waits = (check: Check): boolean => [...check.when, ...(check.slow?.when ?? [])].some((step) => step.do === 'wait')
const changesSite = (check: Check): boolean =>
  check.when.some((step) => step.do === 'control' && !('user' in step.request))
