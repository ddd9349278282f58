import { DrushError } from '../../drupal/drush.ts'
import { TargetError } from '../../model/target.ts'

/** The last lines of a program's output, as the tail of a message. */
export const formatLogTail = (lines: readonly string[]) =>
  lines.length === 0 ? '' : `\n${lines.map((line) => `  ${line}`).join('\n')}`

/** Explains why a folder of the suite could not be written: the disk is full, or permissions are missing. */
export function cacheError(error: unknown, folder: string): Error {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TargetError(
      'disk-full',
      `No space left for ${folder}. Free some, or choose another folder with --cache.`,
      {
        cause: error,
      },
    )
  }
  if (code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code)) {
    const message = `The folder ${folder} is not writable (${code}). Change its permissions, or choose another folder with --cache.`
    return new TargetError('cache-unwritable', message, { cause: error })
  }
  return error as Error
}

/** An error, and what could not be removed after it: the code of the first, the messages of both. */
export function bothErrors(first: unknown, second: unknown): unknown {
  if (!(first instanceof TargetError) || !(second instanceof TargetError)) return first
  return new TargetError(first.code, `${first.message}\n${second.message}`, { cause: first.cause })
}

/** Explains why a drush command of the installation failed, with the last lines of its output. */
export function installError(error: unknown, action: string): Error {
  if (!(error instanceof DrushError)) return error as Error
  const options = { cause: error }
  if (error.lines.some((line) => /no space left on device|database or disk is full/i.test(line))) {
    const message = `${action} failed: no space left. Free some, or choose another folder with --cache.${formatLogTail(error.lines)}`
    return new TargetError('disk-full', message, options)
  }
  if (error.code === 'module-unsupported') return new TargetError('module-unsupported', error.message, options)
  return new TargetError('install-failed', `${action} failed: ${error.message}${formatLogTail(error.lines)}`, options)
}
