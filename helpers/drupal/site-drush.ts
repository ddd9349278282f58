import { join } from 'node:path'
import { spawnSync, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { inheritedEnvironment, killChild, startChild } from './child-process.ts'
import { DrushError, eachLine, LastLines, marker } from './drush.ts'
import { packageRoot } from '../model/package.ts'

/** A request to `drupal/external-site.php` on a third-party site. Contains secrets. */
export interface SiteRequest {
  readonly op:
    | 'site.check'
    | 'site.provision'
    | 'site.change'
    | 'site.describe'
    | 'site.cleanup'
    | 'site.forget'
    | 'site.login-link'
    | 'site.doctor'
  /** ID of the run, 12 hexadecimal digits. */
  readonly run: string
  readonly data?: object
}

export interface SiteDrushOptions {
  /** The user's own drush command, as a list of words; run without a shell. */
  readonly command: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
  /** Removes secrets from what an error shows. */
  readonly redact: (text: string) => string
}

interface Answer {
  readonly ok?: boolean
  readonly code?: string
  readonly message?: string
  readonly progress?: string
}

/** Milliseconds between two messages that drush is still running. */
const reportInterval = 10_000
const maxOutputBytes = 64 * 1024 * 1024

/**
 * Splits a command into words at spaces. Single and double quotes keep a word together; no other character is special,
 * because no shell is involved.
 *
 * @throws {DrushError} `drush-malformed`.
 */
export function commandWords(text: string): string[] {
  const word = /(?:[^\s'"]|'[^']*'|"[^"]*")+/g
  const words = text.match(word) ?? []
  if (words.length === 0 || text.replace(word, '').trim() !== '') {
    const message = `The drush command ${text} is not valid: ${words.length === 0 ? 'it is empty' : 'a quote is not closed'}.`
    throw new DrushError('drush-malformed', message)
  }
  return words.map((quoted) => quoted.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'))
}

/**
 * Runs one operation on a site, in a drush process of its own: not every drush command keeps its standard input open.
 *
 * @param progress receives each step, and regularly a message that drush is still running.
 * @param started receives the process, so that it can be killed from elsewhere.
 * @throws {DrushError} `drush-missing`, `drush-failed`, `drush-silent`, `drush-timeout`, or the script's own.
 */
export async function askSite<T extends object>(
  options: SiteDrushOptions,
  request: SiteRequest,
  progress: (stage: string) => void,
  started: (child: ChildProcess) => void,
): Promise<T> {
  const child = startChild(scriptCommand(options), { cwd: process.cwd(), env: {}, stdio: ['pipe', 'pipe', 'pipe'] })
  started(child)
  const output = new Output()
  let last = ''
  eachLine(child.stdout, (line) => {
    const step = output.add(line)?.progress
    if (step !== undefined && step !== last) progress((last = step))
  })
  eachLine(child.stderr, (line) => output.add(line))
  // A command that exits immediately does not read its input.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(script(request))
  const begun = Date.now()
  const said = setInterval(
    () => {
      progress(
        `drush is still running: ${Math.round((Date.now() - begun) / 1000)} s of at most ${options.timeout / 1000} s`,
      )
    },
    Math.min(reportInterval, options.timeout / 2),
  )
  let late = false
  const limit = setTimeout(() => {
    late = true
    killChild(child)
  }, options.timeout)
  try {
    const end = await new Promise<End>((resolve) => {
      child.on('error', (error) => {
        resolve({ error })
      })
      child.on('close', (code, signal) => {
        resolve(late ? 'timeout' : { code, signal })
      })
    })
    return output.conclude(options, end) as T
  } finally {
    clearInterval(said)
    clearTimeout(limit)
  }
}

/** The same while the suite is exiting. Synchronous; does not wait for a grandchild that keeps the output open. */
export function askSiteNow(options: SiteDrushOptions, request: SiteRequest): object {
  const [file = '', ...words] = scriptCommand(options)
  const { stdout, stderr, error, status, signal } = spawnSync(file, words, {
    input: script(request),
    encoding: 'utf8',
    env: inheritedEnvironment(),
    timeout: options.timeout,
    killSignal: 'SIGKILL',
    maxBuffer: maxOutputBytes,
  })
  const output = new Output()
  // Both are null if the command did not start.
  for (const text of [stdout, stderr] as (string | null)[]) for (const line of text?.split('\n') ?? []) output.add(line)
  const late = (error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT'
  return output.conclude(options, late ? 'timeout' : error ? { error } : { code: status, signal })
}

type End = 'timeout' | { readonly error: Error } | { readonly code: number | null; readonly signal: string | null }

/** The output of a command: the answer to the suite, and the last of all other lines. */
class Output {
  private readonly last = new LastLines()
  private answer: Answer | undefined

  /** Notices, banners and prompts may surround the messages of the script, each of which begins a line. */
  add(line: string): Answer | undefined {
    const message = line.startsWith(marker) ? parsed(line.slice(marker.length)) : undefined
    if (!message) this.last.add(line)
    else if (message.progress === undefined) this.answer = message
    return message
  }

  conclude(options: SiteDrushOptions, end: End): Answer {
    const shown = options.redact(scriptCommand(options).join(' '))
    const fail = (code: string, message: string) =>
      new DrushError(code, options.redact(message), this.last.lines.map(options.redact))
    if (this.answer?.ok === true) return this.answer
    if (this.answer) {
      throw fail(this.answer.code ?? 'drupal-error', this.answer.message ?? 'The script failed without a message.')
    }
    if (end === 'timeout') {
      throw fail('drush-timeout', `"${shown}" did not respond within ${options.timeout / 1000} s and was stopped.`)
    }
    if ('error' in end || end.code === 127) {
      const why = 'error' in end ? end.error.message : 'exit code 127'
      const advice = 'Check that it is installed, and that this is the folder to run it in.'
      throw fail('drush-missing', `"${shown}" could not be run (${why}): command not found. ${advice}`)
    }
    if (end.code !== 0) {
      throw fail('drush-failed', `"${shown}" ended with ${end.signal ?? `exit code ${end.code}`}.`)
    }
    const advice = 'Check that the command passes its standard input to drush ("docker compose exec" needs -T).'
    throw fail('drush-silent', `"${shown}" ended without running the script. ${advice}`)
  }
}

const scriptCommand = ({ command }: SiteDrushOptions): readonly string[] => [...command, 'php:script', '-']

/** Base64, because the code contains both kinds of quotes; two eval calls, because both files have `use` statements. */
function script(request: SiteRequest): string {
  const base64 = (text: string | Buffer) => `base64_decode('${Buffer.from(text).toString('base64')}')`
  const file = (name: string) => readFileSync(join(packageRoot, 'drupal', name))
  return [
    `$contract_request = json_decode(${base64(JSON.stringify(request))}, TRUE);`,
    `eval('?>' . ${base64(file('external-site.php'))});`,
    `eval('?>' . ${base64(file('provision.php'))});`,
    '',
  ].join('\n')
}

function parsed(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer
  } catch {
    return undefined
  }
}
