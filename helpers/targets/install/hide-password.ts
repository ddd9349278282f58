import { Redactor } from '../../http/redact.ts'
import { TargetError, UpgradeError } from '../../model/target.ts'

/**
 * Takes a password out of what errors say.
 * @param password empty for none.
 * @throws {RedactionError} for one that is too short.
 */
export function passwordHider(password: string): (error: unknown) => unknown {
  const redactor = new Redactor()
  if (password !== '') redactor.register('password', password)
  return (error) => {
    if (error instanceof TargetError)
      return new TargetError(error.code, redactor.redact(error.message), { cause: error.cause })
    if (error instanceof UpgradeError) {
      const lines = error.lines.map((line) => redactor.redact(line))
      return new UpgradeError(error.code, redactor.redact(error.message), lines, { cause: error.cause })
    }
    return error
  }
}
