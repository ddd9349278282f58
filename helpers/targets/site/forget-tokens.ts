import { randomBytes } from 'node:crypto'
import { DrushError } from '../../drupal/drush.ts'
import { askSiteNow } from '../../drupal/site-drush.ts'
import { TargetError } from '../../model/target.ts'
import { formatLogTail } from '../install/install-error.ts'

/** Milliseconds; enough to delete some rows. */
const timeout = 60_000

/**
 * Removes exactly the given tokens and codes from a site; may be repeated. Synchronous.
 * @param drush The site's drush command, as a list of words.
 * @param tokens Access tokens, refresh tokens and codes as clients have them.
 * @returns How many were still there.
 * @throws {TargetError} `cleanup-failed`.
 */
export function forgetTokens(drush: readonly string[], tokens: readonly string[]): number {
  const redact = (text: string): string => tokens.reduce((shown, token) => shown.replaceAll(token, '‹token›'), text)
  try {
    const request = { op: 'site.forget', run: randomBytes(6).toString('hex'), data: { tokens } } as const
    const answer = askSiteNow({ command: drush, timeout, redact }, request) as { removed: { oauth2_token: number } }
    return answer.removed.oauth2_token
  } catch (error) {
    if (!(error instanceof DrushError)) throw error
    const message = `Tokens that "upgrade begin" kept are still on the site. ${error.message} See whether the drush command works, and try again${formatLogTail(error.lines)}`
    throw new TargetError('cleanup-failed', message, { cause: error })
  }
}
