import { setTimeout as delay } from 'node:timers/promises'
import { TransportError } from '../http/client.ts'
import { describeAnswer } from '../judge/server-words.ts'
import type { CheckResult } from '../model/result.ts'
import { firstLine } from '../model/server-words.ts'
import type { ClientInfo } from '../model/target.ts'
import { CaseState, type RunEnvironment } from '../oauth/case-state.ts'
import { runStep } from '../oauth/driver.ts'
import { obtain } from '../oauth/declare-steps.ts'
import type { Step } from '../oauth/steps.ts'
import type { Check } from './case.ts'
import { type Rules } from './run-check.ts'
import { isBlocker, isUnanswered, saysWhy } from './blocker.ts'

/** This many checks blocked by one cause are not a coincidence. */
const enough = 10

/** Nothing works on this server: every further check would be blocked for the same reason. */
export class NothingWorksError extends Error {
  override readonly name = 'NothingWorksError'
  readonly code = 'nothing-works'
}

/** The server answered before and no longer does: nothing more can be proven. */
class ServerGoneError extends Error {
  override readonly name = 'ServerGoneError'
  readonly code = 'server-gone'
}

/** What ends a run before its last check. */
export type EarlyEnd = NothingWorksError | ServerGoneError

const flows: ReadonlySet<Step['do']> = new Set(['authorize', 'codeGrant', 'exchange', 'obtain', 'clientCredentials'])

/** Decides after each result whether the rest of the run can still prove anything. */
export class EarlyEnds {
  private readonly blockers = new EqualBlockers()
  /** Checks that got an answer from the server. */
  private completed = 0

  /** Why the run ends after this check; null if it goes on. */
  async after(
    check: Check,
    result: CheckResult,
    environment: RunEnvironment,
    rules: Pick<Rules, 'timeout' | 'errorLog'>,
  ): Promise<EarlyEnd | null> {
    if (result.blocker === null || !isUnanswered(result.blocker)) this.completed++
    else {
      const gone = await goneServer(environment, this.completed, rules)
      if (gone !== null) return gone
    }
    const cause = this.blockers.add(check, result)
    return cause === null ? null : repeatPlainFlow(cause, environment, rules)
  }
}

/** Counts checks blocked by one cause, as long as no check got a code or a token. */
class EqualBlockers {
  private readonly counts = new Map<string, number>()
  private works = false

  /** @returns the cause that has now blocked enough checks, to be confirmed by repeating the plain flow; else null. */
  add(check: Check, { verdict, blocker }: CheckResult): string | null {
    if (this.works) return null
    // The key set and metadata can be read even if the server issues nothing.
    if (['pass', 'known', 'warn', 'stale'].includes(verdict)) this.works = hasFlow(check)
    if (verdict !== 'blocked' || blocker === null) return null
    const count = (this.counts.get(blocker.cause) ?? 0) + 1
    this.counts.set(blocker.cause, count)
    return count === enough ? blocker.cause : null
  }
}

const hasFlow = ({ control, when }: Check): boolean =>
  [...control, ...when].some((step) => flows.has(step.do === 'race' ? step.step.do : step.do))

/**
 * Requests a token once more, with the first mapped client and user and an unchanged flow.
 * @returns null if it is issued, or if no mapped client can get one unattended.
 */
async function repeatPlainFlow(
  cause: string,
  environment: RunEnvironment,
  { timeout, errorLog }: Pick<Rules, 'timeout' | 'errorLog'>,
): Promise<NothingWorksError | null> {
  const { clients, users } = environment.target
  const user = users.editor?.role ?? Object.values(users)[0]?.role
  const withCode = user === undefined ? undefined : Object.values(clients).find(usesCode)
  const client = withCode?.role ?? clients.machine?.role
  if (client === undefined) return null
  const given = { client, ...(user === undefined ? {} : { user }) }
  const failure = await plainFailure(new CaseState(environment, given, AbortSignal.timeout(timeout)))
  if (failure === null) return null
  const log = failure.hasWords ? '' : firstLine((await errorLog()).join('\n'))
  const who = withCode && user !== undefined ? `${client}, ${user}` : client
  const why = environment.redactor.redact(log === '' ? failure.message : `${failure.message}; its log: ${log}`)
  return new NothingWorksError(
    `${String(enough)} checks were blocked by one cause (${cause}), none with a code or a token has passed, and a plain request for a token as ${who} failed again: ${why.replace(/\.+$/u, '')}. ` +
      'The rest of the run was left out. Correct this first, then run again.',
  )
}

const usesCode = ({ grantTypes }: ClientInfo): boolean => grantTypes.includes('authorization_code')

async function plainFailure(state: CaseState): Promise<{ message: string; hasWords: boolean } | null> {
  try {
    const outcome = await runStep(state, obtain())
    if (outcome.values['access_token'] !== undefined) return null
    const { last } = outcome
    return { message: describeAnswer(outcome), hasWords: last === null || saysWhy(last) || last.response.status < 500 }
  } catch (error) {
    if (!isBlocker(error)) throw error
    return { message: error.message, hasWords: true }
  }
}

/** Milliseconds before a silent server is asked again: it may only be restarting its workers. */
const pause = 1_000

/**
 * Asks a server that has just left a check unanswered whether it is still there; any answer counts.
 * @param completed the number of checks with a verdict.
 * @returns null if it answers.
 */
async function goneServer(
  { target, http, redactor }: RunEnvironment,
  completed: number,
  rules: Pick<Rules, 'errorLog'>,
): Promise<ServerGoneError | null> {
  const ask = async (): Promise<TransportError | null> => {
    try {
      await http.send({ method: 'GET', url: target.baseUrl + target.endpoints.token })
      return null
    } catch (error) {
      if (error instanceof TransportError) return error
      throw error
    }
  }
  if ((await ask()) === null) return null
  await delay(pause)
  const failure = await ask()
  if (failure === null) return null
  const line = firstLine((await rules.errorLog().catch(() => [])).join('\n'))
  const words = redactor.redact(line === '' ? failure.message : `${failure.message}; its log: ${line}`)
  return new ServerGoneError(
    `The server stopped answering after ${String(completed)} check${completed === 1 ? '' : 's'}: ${words.replace(/\.+$/u, '')}. ` +
      'The rest of the run was left out. Find out why it stopped, then run again.',
  )
}
