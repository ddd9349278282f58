import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ChildProcess } from 'node:child_process'
import { request } from 'undici'
import { killChild, startChild } from '../drupal/child.ts'
import { tail } from './php-error.ts'
import { TargetError } from './target.ts'

export interface ServerOptions {
  readonly php: string
  /** The folder served; Drupal must run with it as working directory. */
  readonly docroot: string
  readonly router: string
  readonly env: Readonly<Record<string, string>>
  /** Receives PHP's errors. */
  readonly logFile: string
  readonly workers: number
  /** Milliseconds until the server answers. */
  readonly startTimeout: number
}

export interface PhpServer {
  readonly baseUrl: string
  /** Lines written to the error log since the last call. */
  errorLog(): string[]
  /** Ends the server and its workers. Synchronous. */
  stop(): void
}

const triesForPort = 3

/**
 * Starts `php -S` on a free port of 127.0.0.1 and waits until Drupal answers.
 *
 * @param started is given the process, so that it can be ended from elsewhere.
 * @throws {TargetError} `port-taken`, `server-ended`, `not-ready`.
 */
export async function startPhpServer(
  options: ServerOptions,
  started: (child: ChildProcess) => void,
): Promise<PhpServer> {
  for (let tries = 1; ; tries++) {
    const address = `127.0.0.1:${await freePort()}`
    const server = launch(options, address, started)
    try {
      await waitUntilReady(server, options.startTimeout)
      return server
    } catch (error) {
      server.stop()
      const log = server.errorLog()
      if (log.some((line) => line.includes('Address already in use'))) {
        if (tries < triesForPort) continue
        throw new TargetError('port-taken', `${tries} ports in turn were taken while php -S started; try again.`)
      }
      if (!(error instanceof TargetError)) throw error
      throw new TargetError(error.code, error.message + tail(log.slice(-20)), { cause: error.cause })
    }
  }
}

/** A server that was started and does not answer yet. */
export interface Starting {
  /** As messages call it. */
  readonly name: string
  readonly baseUrl: string
  /** Why it ended, once it has. */
  ended(): string | undefined
}

type Launched = PhpServer & Starting

function launch(options: ServerOptions, address: string, started: (child: ChildProcess) => void): Launched {
  const { php, docroot, router, env, logFile, workers } = options
  const log = openSync(logFile, 'a', 0o600)
  const ini = { display_errors: '0', log_errors: '1', error_log: logFile, sendmail_path: 'true' }
  const flags = Object.entries(ini).flatMap(([name, value]) => ['-d', `${name}=${value}`])
  // -q: requests are not logged, since their URLs hold codes.
  const child = startChild([php, '-q', ...flags, '-S', address, router], {
    cwd: docroot,
    env: { ...env, ...(workers > 1 ? { PHP_CLI_SERVER_WORKERS: String(workers) } : {}) },
    stdio: ['ignore', 'ignore', log],
  })
  closeSync(log)
  started(child)
  let ended: string | undefined
  child.on('error', (error) => (ended ??= error.message))
  child.on('exit', (code, signal) => {
    ended ??= signal ?? `exit code ${code}`
    // Workers may outlive their master.
    killChild(child)
  })
  return {
    name: 'php -S',
    baseUrl: `http://${address}`,
    errorLog: logReader(logFile),
    stop: () => {
      killChild(child)
    },
    ended: () => ended,
  }
}

/** Says that the server listens, or what was asked, if -q is not known: neither is an error. */
export const noise = /Development Server \(http.*\) started$|\d+\.\d+\.\d+\.\d+:\d+ (Accepted|Closing|\[\d{3}\]:)/

function logReader(file: string): () => string[] {
  let read = 0
  return () => {
    const text = readFileSync(file).subarray(read)
    // A line that is still being written is left for the next call.
    const end = text.lastIndexOf('\n') + 1
    read += end
    return text
      .subarray(0, end)
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !noise.test(line))
  }
}

/**
 * Waits until the login page comes and, unless `prove` is false, until Simple OAuth refuses an unknown client.
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
    if (gone !== undefined) throw new TargetError('server-ended', `${server.name} ended before it answered (${gone}).`)
    if (Date.now() > deadline) break
    const answer = await ask(`${server.baseUrl}/user/login`, 'GET', deadline).catch(() => undefined)
    if (!answer) continue
    if (answer.status < 400 && !answer.location.includes('/install.php')) {
      return prove ? proveModule(server, deadline) : undefined
    }
    answers += 1
    last = `/user/login answered ${answer.status} ${answer.location}`.trimEnd()
  }
  throw new TargetError('not-ready', `The site did not get ready (waited up to ${timeout / 1000} s): ${last}.`)
}

/** An unknown client must be refused (RFC 6749 §5.2): only then is the module live. */
async function proveModule(server: Starting, deadline: number): Promise<void> {
  const { status } = await ask(`${server.baseUrl}/oauth/token`, 'POST', deadline)
  if (status === 401) return
  throw new TargetError(
    'not-ready',
    `/oauth/token answered ${status} to an unknown client, not 401: Simple OAuth does not work.`,
  )
}

async function ask(
  url: string,
  method: 'GET' | 'POST',
  deadline: number,
): Promise<{ status: number; location: string }> {
  const form = { grant_type: 'client_credentials', client_id: 'contract_nobody', client_secret: 'contract_nobody' }
  const response = await request(url, {
    method,
    signal: AbortSignal.timeout(Math.max(1, deadline - Date.now())),
    ...(method === 'POST'
      ? { body: new URLSearchParams(form).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
      : {}),
  })
  await response.body.dump()
  return { status: response.statusCode, location: String(response.headers['location'] ?? '') }
}

/** Chosen by the operating system. Another process may take it before php does; then the next one is tried. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => {
        resolve(port)
      })
    })
  })
}

export const routerOf = (docroot: string) => join(docroot, '.ht.router.php')
