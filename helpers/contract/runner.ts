import { setTimeout as delay } from 'node:timers/promises'
import PQueue from 'p-queue'
import { Redactor } from '../http/redact.ts'
import { registerSecrets } from '../http/secrets.ts'
import { checkName, type CheckResult, type SideEffects } from '../model/result.ts'
import type { RunEnvironment } from '../oauth/case-state.ts'
import { startKeySetServer, type KeySetServer } from '../oauth/key-set-server.ts'
import type { Verdict } from '../model/verdict.ts'
import type { Check } from './case.ts'
import { schedule } from './schedule.ts'
import { countSideEffects } from './side-effects.ts'
import { watchAnswers } from './internals.ts'
import { lend, serialize } from './concurrency.ts'
import { adaptRedirectUris } from './adapt-redirect-uris.ts'
import { headerArrives } from '../diagnosis/diagnose.ts'
import { registerTarget } from './register-target.ts'
import { EarlyEnds, type EarlyEnd } from './early-end.ts'
import type { Kept, KeptCheck } from './kept.ts'
import { Logins } from './logins.ts'
import { runBefore } from './run-before.ts'
import { runCheck, type Rules } from './run-check.ts'
import { clientFor, type RunnerOptions } from './runner-options.ts'
import { sharedControls } from './shared-controls.ts'
import { showConsent } from './show-consent.ts'
import { watchedClient } from './watch.ts'

/** What `bail` counts. */
const failing: ReadonlySet<Verdict> = new Set(['fail', 'stale', 'blocked', 'error'])

/** One run of checks against one target: shares logins and controls, and keeps the server's workers busy. */
export class Runner {
  /** One slot for each worker of the server. */
  private readonly queue: PQueue
  private readonly redactor = new Redactor()
  private readonly environment: RunEnvironment
  private readonly rules: Rules
  private readonly environmentOf: (check: Check) => RunEnvironment
  private readonly logins: Logins
  private readonly counted: () => Omit<SideEffects, 'sessions'>
  private keySet: Promise<string | null> | undefined
  private keySetServer: KeySetServer | undefined
  private arrives: Promise<boolean | null> | undefined
  private readonly earlyEnds: EarlyEnds | null
  private ended: EarlyEnd | null = null
  private failuresLeft: number

  constructor(options: RunnerOptions) {
    const { target } = options
    this.earlyEnds = options.endEarly ? new EarlyEnds() : null
    this.failuresLeft = options.bail ?? Infinity
    this.queue = new PQueue({ concurrency: target.workers })
    registerTarget(this.redactor, target)
    const counting = countSideEffects(clientFor(options))
    this.counted = counting.counted
    const answers = watchAnswers(counting.http)
    const { watch } = options
    const http = watch ? watchedClient(answers.http, this.redactor, watch) : answers.http
    const site = { target, http, redactor: this.redactor }
    const logins = new Logins(site, options.kept?.sessions)
    this.logins = logins
    this.environment = {
      ...site,
      login: (user) => logins.login(user),
      logInAgain: (user, cookies, url, password) => logins.logInAgain(user, cookies, url, password),
      forgetLogin: (user) => logins.forget(user),
      keptSession: (user) => logins.keptSession(user),
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
        if (this.ended || this.bailed) return
        begin(check)
        const result = await runCheck(check, this.environmentOf(check), this.rules)
        report(result)
        if (failing.has(result.verdict)) this.failuresLeft--
        this.ended ??= (await this.earlyEnds?.after(check, result, this.environment, this.rules)) ?? null
      })
    if (concurrent.length > 1 && target.workers > 1) await showConsent(this.environment, this.rules.timeout)
    if (first) await runOne(first)
    await Promise.all(concurrent.map(runOne))
    for (const check of serial) {
      if (this.ended || this.bailed) break
      await runOne(check)
    }
    if (this.ended) throw this.ended
  }

  /** Whether the run ended at the failures that `bail` allows. */
  get bailed(): boolean {
    return this.failuresLeft <= 0
  }

  /** Runs the steps of each check before an upgrade, and keeps their results. */
  async keep(checks: readonly Check[]): Promise<Kept> {
    const kept = await Promise.all(
      checks.map(async (check): Promise<[string, KeptCheck]> => {
        const own = await this.queue.add(() => runBefore(check, this.environment, this.rules))
        return [checkName(check), own]
      }),
    )
    return { checks: Object.fromEntries(kept), sessions: await this.logins.headers() }
  }

  /** What the run has left on the server so far. */
  sideEffects(): SideEffects {
    return { ...this.counted(), sessions: this.logins.count }
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
}
