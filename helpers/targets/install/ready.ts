import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { TargetError } from '../../model/target.ts'
/** A server that has been started but may not respond yet. */
export interface Starting {
  /** Name of the server in messages. */
  readonly name: string
  readonly baseUrl: string
  /** Why the server ended; undefined while it is running. */
  ended(): string | undefined
}

/** Lines that report the start of the server or, in a PHP that does not know -q, a request: neither is an error. */
export const noise = /Development Server \(http.*\) started$|\d+\.\d+\.\d+\.\d+:\d+ (Accepted|Closing|\[\d{3}\]:)/

/**
 * Waits until the site serves the login page and, unless `prove` is false, until Simple OAuth rejects an unknown client.
 *
 * @param timeout milliseconds.
 * @throws {TargetError} `server-ended`, `not-ready`.
 */
export async function waitUntilReady(server: Starting, timeout: number, prove = true): Promise<void> {
  const deadline = Date.now() + timeout
  let last = 'it did not accept connections'
  for (let answers = 0; answers < 3;) {
    await delay(25)
    const gone = server.ended()
    if (gone !== undefined) throw new TargetError('server-ended', `${server.name} ended before it responded (${gone}).`)
    if (Date.now() > deadline) break
    const answer = await ask(`${server.baseUrl}/user/login`, 'GET', deadline).catch(() => undefined)
    if (!answer) continue
    if (answer.status < 400 && !answer.location.includes('/install.php')) {
      return prove ? proveModule(server, deadline) : undefined
    }
    answers += 1
    last = `/user/login responded with ${answer.status} ${answer.location}`.trimEnd()
  }
  throw new TargetError('not-ready', `The site was not ready after ${timeout / 1000} s: ${last}.`)
}

/**
 * Only a working Simple OAuth answers an unknown client with an OAuth error (RFC 6749 §5.2). Any error will do: a site may use its default
 * consumer instead, and reject what that one lacks.
 */
async function proveModule(server: Starting, deadline: number): Promise<void> {
  const { status, body } = await ask(`${server.baseUrl}/oauth/token`, 'POST', deadline)
  if (status === 401 || (status >= 400 && status < 500 && errorOf(body) !== null)) return
  throw new TargetError(
    'not-ready',
    `Expected an OAuth error from /oauth/token for an unknown client, got ${status}: Simple OAuth does not work.`,
  )
}

function errorOf(body: string): string | null {
  try {
    const { error } = (JSON.parse(body) ?? {}) as { error?: unknown }
    return typeof error === 'string' ? error : null
  } catch {
    return null
  }
}

async function ask(
  url: string,
  method: 'GET' | 'POST',
  deadline: number,
): Promise<{ status: number; location: string; body: string }> {
  const form = { grant_type: 'client_credentials', client_id: 'contract_nobody', client_secret: 'contract_nobody' }
  const response = await request(url, {
    method,
    signal: AbortSignal.timeout(Math.max(1, deadline - Date.now())),
    ...(method === 'POST'
      ? { body: new URLSearchParams(form).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
      : {}),
  })
  const location = String(response.headers['location'] ?? '')
  if (method === 'POST') return { status: response.statusCode, location, body: await response.body.text() }
  await response.body.dump()
  return { status: response.statusCode, location, body: '' }
}

export const routerOf = (docroot: string) => join(docroot, '.ht.router.php')
