import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { killChild, startChild } from '../../drupal/child-process.ts'
import { TargetError } from '../../model/target.ts'
import { formatLogTail } from '../install/install-error.ts'
import { noise, type Starting, waitUntilReady } from '../install/ready.ts'

export interface ServerOptions {
  readonly php: string
  /** The folder served; Drupal must run with it as working directory. */
  readonly docroot: string
  readonly router: string
  readonly env: Readonly<Record<string, string>>
  /** Receives PHP's errors. */
  readonly logFile: string
  readonly workers: number
  /** The port to listen on; any free one without. */
  readonly port?: number
  /** Milliseconds until the server has to respond. */
  readonly startTimeout: number
}

export interface PhpServer {
  readonly baseUrl: string
  /** Lines added to the error log since the last call. */
  errorLog(): string[]
  /** Stops the server and its workers. Synchronous. */
  stop(): void
}

const maxAttempts = 3
/** A server that was just killed may hold its port for a moment. */
const maxAttemptsOnOnePort = 50

/**
 * Starts `php -S` on a free port of 127.0.0.1 and waits until Drupal responds.
 *
 * @param started receives the process, so that it can be killed from elsewhere.
 * @throws {TargetError} `port-taken`, `server-ended`, `not-ready`.
 */
export async function startPhpServer(
  options: ServerOptions,
  started: (child: ChildProcess) => void,
): Promise<PhpServer> {
  for (let attempt = 1; ; attempt++) {
    const address = `127.0.0.1:${options.port ?? (await freePort())}`
    const server = launch(options, address, started)
    try {
      await waitUntilReady(server, options.startTimeout)
      return server
    } catch (error) {
      server.stop()
      const log = server.errorLog()
      if (log.some((line) => line.includes('Address already in use'))) {
        if (attempt < (options.port === undefined ? maxAttempts : maxAttemptsOnOnePort)) {
          if (options.port !== undefined) await delay(100)
          continue
        }
        const taken = options.port === undefined ? `${attempt} ports in a row were` : `The port ${options.port} was`
        throw new TargetError('port-taken', `${taken} taken while php -S started. Try again.`)
      }
      if (!(error instanceof TargetError)) throw error
      throw new TargetError(error.code, error.message + formatLogTail(log.slice(-20)), { cause: error.cause })
    }
  }
}

type Launched = PhpServer & Starting

function launch(options: ServerOptions, address: string, started: (child: ChildProcess) => void): Launched {
  const { php, docroot, router, env, logFile, workers } = options
  const log = openSync(logFile, 'a', 0o600)
  const ini = { display_errors: '0', log_errors: '1', error_log: logFile, sendmail_path: 'true' }
  const flags = Object.entries(ini).flatMap(([name, value]) => ['-d', `${name}=${value}`])
  // -q: requests are not logged, because their URLs contain codes.
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

function logReader(file: string): () => string[] {
  let read = 0
  return () => {
    const text = readFileSync(file).subarray(read)
    // A line that is not complete yet is left for the next call.
    const end = text.lastIndexOf('\n') + 1
    read += end
    return text
      .subarray(0, end)
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !noise.test(line))
  }
}

/** A port that the operating system chooses. If another process takes it before PHP does, the next one is tried. */
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
