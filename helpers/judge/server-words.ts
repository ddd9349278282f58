import { firstLine, wordsOf } from '../model/server-words.ts'
import { json, member, statusOf, type Outcome } from './outcome.ts'

/**
 * The server's own words about an error: `error_description`, the message of an API, or the first line of an error page; else null. At most
 * one line.
 */
export function serverWords(outcome: Outcome): string | null {
  const said = outcome.callback?.params['error_description'] ?? (outcome.last ? wordsOf(outcome.last.response) : null)
  return said === null || said.trim() === '' ? null : firstLine(said)
}

/** "401, error "invalid_client": Client authentication failed", "200, page: login", "a redirect with error, state (error "access_denied")" */
export function describeAnswer(outcome: Outcome): string {
  const { callback, page } = outcome
  const error = callback?.params['error'] ?? member(json(outcome), 'error')
  const words = serverWords(outcome)
  const said = words === null ? '' : `: ${words}`
  const code = typeof error === 'string' ? `error ${JSON.stringify(error)}` : ''
  if (callback) {
    const params = Object.keys(callback.params).sort().join(', ') || 'no parameters'
    return `a redirect with ${params}${code === '' ? '' : ` (${code}${said})`}`
  }
  const status = statusOf(outcome)
  const parts = [status === 0 ? 'no response' : String(status), code, page === null ? '' : `page: ${page}`]
  return parts.filter((part) => part !== '').join(', ') + said
}
