import { sourceStack } from '../model/source-map.ts'
import type { Target } from '../model/target.ts'

/** Why no verdict can be reached; the exit code is then 2. */
export interface Failure {
  readonly code: string
  readonly message: string
}

/** Our own errors have a stable code and say what to do next; anything else is a bug in the suite and shown with its stack. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: 'suite-error', message: String(error) }
  // Node's own codes are in capitals.
  if ('code' in error && typeof error.code === 'string' && /^[a-z][a-z\d-]*$/u.test(error.code)) {
    return { code: error.code, message: error.message }
  }
  return { code: 'suite-error', message: sourceStack(error) }
}

/** Two failures of one run: the code of the first, the messages of both. */
export function combineFailures(first: Failure | null, second: Failure): Failure {
  return first === null ? second : { code: first.code, message: `${first.message}\n${second.message}` }
}

/** Stops a target on the way out of the process: an error here must not keep the rest from being reported. */
export function stop(target: Pick<Target, 'stop'> | undefined, failure: Failure | null): Failure | null {
  try {
    target?.stop()
    return failure
  } catch (error) {
    return combineFailures(failure, failureOf(error))
  }
}
