import type { CheckResult } from '../model/result.ts'
import { closing, conclusionAlone, seconds } from './summary.ts'
import { briefLine, failureMessage, type MessageContext } from './failure-message.ts'
import { closingLine, count, summarize, type RunHeader, type RunOutcome } from './run.ts'
import { painter, versionsText, inline } from './text.ts'

export interface ConsoleOptions {
  readonly stream: { write(text: string): unknown; readonly columns?: number }
  /** The stream can rewrite a line. */
  readonly tty: boolean
  readonly color: boolean
  /** How the command was called: `npm run contract --` or the bin's name. */
  readonly rerunCommand: string
  /** The flags it was called with, but for the selection, each quoted for a shell. */
  readonly flags?: readonly string[]
  /** The report folder as the user wrote it. */
  readonly report: string
  /** The page for people; undefined where none is made. */
  readonly page?: string | undefined
  /** How much to print. `quiet`: the conclusion alone. `verbose`: each known or skipped check, and every group of known differences, too. */
  readonly detail?: 'quiet' | 'default' | 'verbose'
  /** Milliseconds of a steady clock. */
  readonly now?: () => number
}

export interface Console {
  /** A longer stage before the first check: "installing Drupal". */
  stage(text: string): void
  /** What the user must know before the first request, however little is printed. */
  warn(text: string): void
  start(header: RunHeader, planned: number): void
  result(result: CheckResult): void
  /** Prints the closing summary; works without `start` and never throws for what a result holds. */
  finish(outcome: RunOutcome): void
}

/** Minimum number of checks for progress lines in a log. */
const fewest = 20

/**
 * Reports a run while it goes on. On a terminal one status line is rewritten in place; elsewhere a line is printed with every quarter
 * of the checks. Failures are printed in full at once, but of the blocked checks only the first of each cause.
 */
export function createConsole(options: ConsoleOptions): Console {
  const { stream, tty, detail = 'default', now = () => performance.now() } = options
  const paint = painter(options.color)
  /** The checks take this long; building and starting a server before them does not count. */
  let begun = now()
  const results: CheckResult[] = []
  const causes = new Set<string>()
  let header: RunHeader | null = null
  let planned = 0
  let status = ''
  let spaced = true
  const context = (): MessageContext => ({
    header,
    report: options.report,
    page: options.page,
    rerunCommand: options.rerunCommand,
    flags: options.flags ?? [],
    paint,
  })

  const print = (text: string): void => {
    stream.write(`${status === '' ? '' : '\r\x1b[2K'}${text}\n`)
    status = ''
    spaced = text.endsWith('\n')
  }
  const progress = (): string => {
    if (header === null) return ''
    const sofar = summarize({ header, results, planned: results.length, interrupted: null, failure: null })
    return `${results.length}/${planned}   ${closingLine(sofar)}   ${seconds(now() - begun)}`
  }
  const showStatus = (): void => {
    status = progress().slice(0, Math.max(20, (stream.columns ?? 80) - 1))
    stream.write(`\r\x1b[2K${status}`)
  }
  /** The last quarter needs no line: the summary follows. */
  const isQuarter = (): boolean => {
    const [before, done] = [results.length - 1, results.length].map((n) => Math.floor((n * 4) / planned))
    return planned >= fewest && before !== done && results.length < planned
  }

  /** In full, in one line, or null where the counts say enough. */
  const textOf = (result: CheckResult): string | null => {
    const { verdict, blocker } = result
    if (verdict === 'pass') return null
    // The closing summary groups them.
    if (verdict === 'known' || verdict === 'skipped') return detail === 'verbose' ? briefLine(result, paint) : null
    if (verdict === 'blocked' && blocker) {
      if (causes.has(blocker.cause)) return briefLine(result, paint)
      causes.add(blocker.cause)
    }
    return failureMessage(result, context())
  }

  if (detail === 'quiet') {
    const silent = (): void => undefined
    const warn = (text: string): void => void stream.write(`${paint('yellow', `· ${inline(text)}`)}\n`)
    const finish = (outcome: RunOutcome): void => void stream.write(`${conclusionAlone(outcome, paint)}\n`)
    return { stage: silent, warn, start: silent, result: silent, finish }
  }
  return {
    stage(text) {
      print(paint('gray', `· ${inline(text)}`))
    },
    warn(text) {
      print(paint('yellow', `· ${inline(text)}`))
    },
    start(of, checks) {
      header = of
      planned = checks
      begun = now()
      const { suite, target } = of
      print(`${paint('bold', `${suite.name} ${suite.version}`)}   ${count(checks, 'check')}`)
      if (target) print(`${inline(`${target.label} · ${target.baseUrl}`)}\n${inline(versionsText(target))}\n`)
      for (const note of target?.notes ?? []) print(`${paint('yellow', 'note')} ${inline(note)}\n`)
    },
    result(result) {
      results.push(result)
      const text = textOf(result)
      // A message of several lines stands apart.
      if (text !== null) print(text.includes('\n') ? `${text}\n` : text)
      if (tty) showStatus()
      else if (isQuarter()) print(paint('gray', progress()))
    },
    finish(outcome) {
      header = outcome.header
      print(`${spaced ? '' : '\n'}${closing(outcome, now() - begun, context(), detail === 'verbose')}`)
    },
  }
}
