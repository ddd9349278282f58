import { DrushError } from '../../drupal/drush.ts'
import { TargetError } from '../../model/target.ts'

/** Lines a program wrote last, as the tail of a message. */
export const formatLogTail = (lines: readonly string[]) =>
  lines.length === 0 ? '' : `\n${lines.map((line) => `  ${line}`).join('\n')}`

const elsewhere = 'name another cache folder with --cache DIR (CONTRACT_CACHE)'

/** The suite's own folders could not be written: a full disk and missing rights are told apart. */
export function cacheError(error: unknown, folder: string): Error {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TargetError('disk-full', `No space is left for ${folder}: free some, or ${elsewhere}.`, { cause: error })
  }
  if (code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code)) {
    const message = `The folder ${folder} cannot be written (${code}): change its rights, or ${elsewhere}.`
    return new TargetError('cache-unwritable', message, { cause: error })
  }
  return error as Error
}

/** A drush command that was needed to make the site failed; its last lines are shown. */
export function installError(error: unknown, doing: string): Error {
  if (!(error instanceof DrushError)) return error as Error
  const options = { cause: error }
  if (error.lines.some((line) => /no space left on device|database or disk is full/i.test(line))) {
    const message = `No space is left for ${doing}: free some, or ${elsewhere}.${formatLogTail(error.lines)}`
    return new TargetError('disk-full', message, options)
  }
  if (error.code === 'module-unsupported') return new TargetError('module-unsupported', error.message, options)
  return new TargetError('install-failed', `${doing} failed: ${error.message}${formatLogTail(error.lines)}`, options)
}
