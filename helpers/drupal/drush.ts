import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { killChild, startChild } from './child-process.ts'
import { packageRoot } from '../model/package.ts'

/** How to run drush on one site. */
export interface DrushOptions {
  /** The command up to drush itself: `['php', '/srv/site/vendor/drush/drush/drush.php']`. */
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** A folder in which drush looks for programs first: it starts itself again by way of `php`. */
  readonly programs?: string
}

/** A running drush process, on this machine or in a container. */
export interface DrushChild {
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'close', listener: (code: number | null, signal: string | null) => void): unknown
}

/** Starts drush somewhere other than on this machine; `kill` is synchronous. */
export type StartDrush = (args: readonly string[]) => { process: DrushChild; kill: () => void }

/** A drush command failed. `lines` are the last lines of its output; `code` is stable, or the provisioning script's own. */
export class DrushError extends Error {
  override readonly name = 'DrushError'
  readonly code: string
  readonly lines: readonly string[]
  constructor(code: string, message: string, lines: readonly string[] = []) {
    super(message)
    this.code = code
    this.lines = lines
  }
}

/** Prefix of each output line that the provisioning script addresses to the suite. */
export const marker = '@simple-oauth-contract '
const script = join(packageRoot, 'drupal/provision.php')
const keptLines = 30
/** Milliseconds; enough for drush to boot Drupal on a slow machine. */
const startTimeout = 120_000

/** The last lines that a drush command wrote, without colour codes. */
export class LastLines {
  readonly lines: string[] = []
  add(line: string): void {
    const text = line.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').trimEnd()
    if (text !== '') this.lines.push(text)
    if (this.lines.length > keptLines) this.lines.shift()
  }
}

export function eachLine(stream: Readable | null, take: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', take)
}

/**
 * Runs one drush command and waits until it ends.
 *
 * @param started receives the process, so that it can be killed from elsewhere.
 * @param timeout milliseconds.
 * @throws {DrushError} `drush-failed`, `drush-not-started` or `drush-timeout`.
 */
export function runDrush(
  options: DrushOptions,
  args: readonly string[],
  timeout: number,
  started: (child: ChildProcess) => void,
): Promise<void> {
  const child = startChild([...options.command, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  started(child)
  const last = new LastLines()
  eachLine(child.stdout, (line) => {
    last.add(line)
  })
  eachLine(child.stderr, (line) => {
    last.add(line)
  })
  return new Promise((resolve, reject) => {
    const fail = (code: string, what: string) => {
      reject(new DrushError(code, `drush ${args[0]} ${what}`, last.lines))
    }
    const timer = setTimeout(() => {
      killChild(child)
      fail('drush-timeout', `did not end within ${timeout / 1000} s`)
    }, timeout)
    child.on('error', (error) => {
      fail('drush-not-started', `could not be started: ${error.message}`)
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (code === 0) resolve()
      else fail('drush-failed', `ended with ${signal ?? `exit code ${code}`}`)
    })
  })
}

function startHere(
  options: DrushOptions,
  args: readonly string[],
  started: (child: ChildProcess) => void,
): ReturnType<StartDrush> {
  const child = startChild([...options.command, ...args], { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  started(child)
  return { process: child, kill: () => killChild(child) }
}

interface Answer {
  readonly id: number | null
  readonly ok: boolean
  readonly code?: string
  readonly message?: string
}

/** A drush process that stays alive and handles many requests to `drupal/provision.php`, much faster than one process each. */
export class DrushProcess {
  private readonly child: DrushChild
  private readonly kill: () => void
  private readonly last = new LastLines()
  private readonly waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>()
  private readonly ended: Promise<void>
  private failure: DrushError | undefined
  private queue: Promise<unknown>
  private lastId = 0

  /** @param started receives a process on this machine, so that it can be killed from elsewhere. */
  constructor(options: DrushOptions | StartDrush, started: (child: ChildProcess) => void = () => undefined) {
    const args = ['php:eval', 'eval("?>" . base64_decode(fgets(STDIN)));']
    const { process, kill } = typeof options === 'function' ? options(args) : startHere(options, args, started)
    this.child = process
    this.kill = kill
    eachLine(this.child.stdout, (line) => {
      this.read(line)
    })
    eachLine(this.child.stderr, (line) => {
      this.last.add(line)
    })
    this.child.stdin?.on('error', () => undefined)
    this.ended = new Promise((resolve) => {
      const end = (what: string) => {
        this.fail(new DrushError('drush-ended', `drush ${what}`, this.last.lines))
        resolve()
      }
      this.child.on('error', (error) => {
        end(`could not be started: ${error.message}`)
      })
      this.child.on('close', (code, signal) => {
        end(`ended with ${signal ?? `exit code ${code}`}`)
      })
    })
    this.queue = this.exchange(0, 'starting drush', readFileSync(script).toString('base64'), startTimeout)
    this.queue.catch(() => undefined)
  }

  /**
   * Requests one operation; requests are processed in order, one at a time.
   *
   * @param timeout milliseconds.
   * @throws {DrushError} with the script's own code, `drush-ended` or `drush-timeout`.
   */
  request<T extends object>(op: string, data: object = {}, timeout = 120_000): Promise<T> {
    const answer = this.queue.then(() => this.send(op, data, timeout))
    this.queue = answer.catch(() => undefined)
    return answer as Promise<T & Answer>
  }

  /** Lets the process end by itself, so that it closes its database cleanly. */
  async end(): Promise<void> {
    this.child.stdin?.end()
    await this.ended
  }

  /** Kills the process. Synchronous. */
  close(): void {
    this.kill()
  }

  private async send(op: string, data: object, timeout: number): Promise<Answer> {
    const id = ++this.lastId
    const answer = await this.exchange(id, op, JSON.stringify({ ...data, id, op }), timeout)
    if (!answer.ok) {
      throw new DrushError(answer.code ?? 'drupal-error', answer.message ?? `${op} failed`, this.last.lines)
    }
    return answer
  }

  /** Writes one line and waits for the answer with its id. */
  private async exchange(id: number, what: string, line: string, timeout: number): Promise<Answer> {
    if (this.failure) throw this.failure
    const timer = setTimeout(() => {
      this.fail(new DrushError('drush-timeout', `${what}: no answer within ${timeout / 1000} s`, this.last.lines))
      this.close()
    }, timeout)
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.waiting.set(id, { resolve, reject })
        this.child.stdin?.write(`${line}\n`)
      })
    } finally {
      clearTimeout(timer)
    }
  }

  private read(line: string): void {
    const answer = line.startsWith(marker) ? parseAnswer(line.slice(marker.length)) : undefined
    if (!answer) {
      this.last.add(line)
      return
    }
    this.waiting.get(answer.id ?? -1)?.resolve(answer)
    this.waiting.delete(answer.id ?? -1)
  }

  private fail(error: DrushError): void {
    this.failure ??= error
    for (const { reject } of this.waiting.values()) reject(this.failure)
    this.waiting.clear()
  }
}

function parseAnswer(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer
  } catch {
    return undefined
  }
}
