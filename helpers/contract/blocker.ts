import { TransportError } from '../http/client.ts'
import type { Exchange } from '../model/exchange.ts'
import type { Blocker, JudgedFinding } from '../model/result.ts'
import { firstLine, wordsOf } from '../model/server-words.ts'
import { TargetError } from '../model/target.ts'
import { BlockedError } from '../oauth/case-state.ts'
import { diagnose, diagnosisText, type Diagnosed } from '../diagnosis/diagnose.ts'
import { signsOf, type Site } from '../diagnosis/signs.ts'

/** A stopping server resets some connections and refuses the rest: one cause, so one group in the summary. */
const noConnection = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

export function blockerOf(error: unknown): Blocker | null {
  return isBlocker(error) ? blockerFor(error.code, error.message) : null
}

/** Errors after which nothing can be proven. */
export const isBlocker = (error: unknown): error is BlockedError | TransportError | TargetError =>
  error instanceof BlockedError || error instanceof TransportError || error instanceof TargetError

const blockerFor = (cause: string, message: string): Blocker => ({
  cause: noConnection.has(cause) ? 'no-connection' : cause,
  message,
})

/** Whether a request got no answer at all, rather than one that proves nothing. */
export const isUnanswered = ({ cause }: Blocker): boolean =>
  cause === 'no-connection' || /^E[A-Z]+$|^timeout$|^UND_ERR_/u.test(cause)

/** Adds lines of the server's log to a blocker whose answer gives no reason. */
export function withLog(blocker: Blocker, exchanges: readonly Exchange[], log: readonly string[]): Blocker {
  const last = exchanges.findLast(({ response }) => response.status >= 500)
  const line = firstLine(log.join('\n'))
  if (last === undefined || line === '' || saysWhy(last)) return blocker
  return { ...blocker, message: `${blocker.message}; its log: ${line}` }
}

/** What is known about a blocked check. */
export interface Seen {
  readonly exchanges: readonly Exchange[]
  readonly site: Site
  readonly log: readonly string[]
}

/** Causes that explain themselves, or are unrelated to the last answer. */
const explained = new Set(['role-missing', 'rate-limited', 'check-timeout', 'user-mismatch', 'user-is-first'])

/**
 * Adds the condition that the last answer shows, with its remedy; its ID becomes the cause, so that the summary lists it once.
 * @param headerArrives Called only if a lost Authorization header may explain the answer.
 */
export async function withDiagnosis(
  blocker: Blocker,
  { exchanges, site, log }: Seen,
  headerArrives: () => Promise<boolean | null>,
): Promise<Blocker> {
  if (explained.has(blocker.cause) || isUnanswered(blocker)) return blocker
  const found = await diagnosisOf({ exchanges, site, log }, headerArrives)
  return found === null
    ? blocker
    : { cause: found.id, message: `${blocker.message.replace(/\.+$/u, '')}. ${diagnosisText(found)}` }
}

/** Does the same for a check that failed because a correct request was refused: its first failed finding gets a note. */
export async function withDiagnosisNote(
  findings: readonly JudgedFinding[],
  seen: Seen,
  headerArrives: () => Promise<boolean | null>,
): Promise<readonly JudgedFinding[]> {
  const index = findings.findIndex(({ ok, knownIssue }) => !ok && knownIssue === undefined)
  if (index < 0 || findings[index]?.note !== undefined) return findings
  const found = await diagnosisOf(seen, headerArrives)
  return found === null
    ? findings
    : findings.map((finding, at) => (at === index ? { ...finding, note: diagnosisText(found) } : finding))
}

async function diagnosisOf(
  { exchanges, site, log }: Seen,
  headerArrives: () => Promise<boolean | null>,
): Promise<Diagnosed | null> {
  const last = exchanges.at(-1)
  if (last === undefined) return null
  const signs = signsOf(last, site, log)
  const mayBeLost = signs.sent !== null && [400, 401, 403].includes(signs.status)
  return diagnose(mayBeLost ? { ...signs, headerArrives: await headerArrives() } : signs)
}

/** Whether an answer gives a reason: Drupal's page for unexpected errors is the same for every error. */
export const saysWhy = ({ response }: Exchange): boolean =>
  response.body.trimStart().startsWith('{') && wordsOf(response) !== null

export const outOfTime = (milliseconds: number): Blocker => ({
  cause: 'check-timeout',
  message: `no verdict within ${String(milliseconds / 1000)} s: check whether the server is overloaded, or allow more time`,
})
