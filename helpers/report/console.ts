import { checkName, type CheckResult } from '../model/result.ts'
import { briefClosing } from './brief-summary.ts'
import { briefLine, colorOf, failureMessage, type MessageContext } from './failure-message.ts'
import { cut } from './fit.ts'
import { textOf } from './formats/problems.ts'
import { ProgressCount, progressText } from './progress.ts'
import { count, type RunHeader, type RunOutcome } from './run.ts'
import { closing, conclusionAlone } from './summary.ts'
import { painter, versionsText, inline } from './text.ts'

export interface ConsoleOptions {
  readonly stream: { write(text: string): unknown; readonly columns?: number }
  /** The stream can rewrite a line. */
  readonly tty: boolean
  readonly color: boolean
  /** How the command was called: `npm run contract --` or the bin's name. */
  readonly rerunCommand: string
  /** The flags it was called with, except the selection, each quoted for a shell. */
  readonly flags?: readonly string[]
  /** The report folder as the user wrote it. */
  readonly report: string
  /** The HTML page; undefined if none is made. */
  readonly page?: string | undefined
  /** How much to print. `quiet`: only the conclusion. `verbose`: each check that does not pass in full, and every list. */
  readonly detail?: 'quiet' | 'default' | 'verbose'
  /** Milliseconds of a steady clock. */
  readonly now?: () => number
}

export interface Console {
  /** A longer stage before the first check: "installing Drupal". */
  stage(text: string): void
  /** Prints lines unchanged, for programs that read the log. */
  lines(text: string): void
  /** A warning for the user before the first request, printed even with `quiet`. */
  warn(text: string): void
  start(header: RunHeader, planned: number): void
  /** A check begins. */
  begin(name: string): void
  result(result: CheckResult): void
  /** Call it about every second: progress continues while no check ends. */
  tick(): void
  /** Prints the closing summary; works without `start` and never throws because of a result. */
  finish(outcome: RunOutcome): void
}

/** Milliseconds between two lines of progress in a log. */
const interval = 15_000

/** Columns used for a log. */
const logColumns = 80

/** Maximum number of lines on single checks during a run; the summary groups them by cause. */
const most = 10

/**
 * Reports a run as it proceeds. On a terminal one line of progress is rewritten in place; elsewhere a line is printed every 15 seconds. A
 * failure is shown at once in one line; the summary shows the gravest in full.
 */
export function createConsole(options: ConsoleOptions): Console {
  const { stream, tty, detail = 'default', now = () => performance.now() } = options
  const paint = painter(options.color)
  const verbose = detail === 'verbose'
  /** Start of the checks; building and starting a server does not count. */
  let begun = now()
  let shownAt = begun
  let header: RunHeader | null = null
  let planned = 0
  let status = ''
  let spaced = true
  let failures = 0
  const progress = new ProgressCount()
  const causes = new Set<string>()
  const columns = (): number => Math.max(40, stream.columns ?? logColumns)
  const context = (): MessageContext => ({
    header,
    report: options.report,
    page: options.page,
    rerunCommand: options.rerunCommand,
    flags: options.flags ?? [],
    paint,
    ...(options.page === undefined ? {} : { page: options.page }),
  })

  const print = (text: string): void => {
    stream.write(`${status === '' ? '' : '\r\x1b[2K'}${text}\n`)
    status = ''
    spaced = text.endsWith('\n')
  }
  /** One column less than the terminal has: after a full line, some terminals wrap. */
  const showStatus = (text: string): void => {
    status = cut(text, columns() - 1)
    stream.write(`\r\x1b[2K${status}`)
  }
  const progressLine = (width: number): string =>
    progressText(
      {
        ...{ done: progress.results.length, planned, counts: progress.counts },
        ...{ inFlight: progress.inFlight, elapsed: now() - begun },
      },
      width,
    )
  const showProgress = (): void => {
    if (header === null || planned === 0) return
    if (tty) showStatus(progressLine(columns() - 1))
    else if (now() - shownAt >= interval && progress.results.length < planned) {
      shownAt = now()
      print(paint('gray', progressLine(columns())))
    }
  }

  /** Each check that does not pass, but only the first blocked check of each cause. */
  const fullText = (result: CheckResult): string => {
    const { verdict, blocker } = result
    if (verdict === 'known' || verdict === 'skipped') return briefLine(result, paint)
    if (verdict === 'blocked' && blocker) {
      if (causes.has(blocker.cause)) return briefLine(result, paint)
      causes.add(blocker.cause)
    }
    return `${failureMessage(result, context())}\n`
  }
  /** One line for a check that fails the run; null for the rest. */
  const lineOf = (result: CheckResult): string | null => {
    const { verdict, blocker } = result
    const strict = header?.settings.strict === true
    if (['pass', 'known', 'skipped'].includes(verdict) || (verdict === 'warn' && !strict)) return null
    if (blocker) {
      if (causes.has(blocker.cause)) return null
      causes.add(blocker.cause)
    }
    failures++
    if (failures > most) return failures === most + 1 ? paint('gray', '… more fail: the summary groups them') : null
    const label = verdict.toUpperCase()
    return `${paint(colorOf[verdict], label)} ${cut(`${inline(checkName(result))}   ${inline(textOf(result))}`, columns() - label.length - 1)}`
  }

  const finish = (outcome: RunOutcome): void => {
    header = outcome.header
    const elapsed = outcome.milliseconds ?? now() - begun
    const text = verbose ? closing(outcome, elapsed, context()) : briefClosing(outcome, context(), columns(), elapsed)
    print(`${spaced ? '' : '\n'}${text}`)
  }
  const lines = (text: string): void => {
    if (text !== '') print(text.replace(/\n$/u, ''))
  }
  if (detail === 'quiet') {
    const silent = (): void => undefined
    const warn = (text: string): void => void stream.write(`${paint('yellow', `· ${inline(text)}`)}\n`)
    const conclude = (outcome: RunOutcome): void => void stream.write(`${conclusionAlone(outcome, paint)}\n`)
    return { stage: silent, lines, warn, start: silent, begin: silent, result: silent, tick: silent, finish: conclude }
  }
  return {
    stage(text) {
      const line = `· ${inline(text)}`
      if (tty && !verbose && header === null) showStatus(line)
      else print(paint('gray', line))
    },
    lines,
    warn(text) {
      print(paint('yellow', `· ${inline(text)}`))
    },
    start(of, checks) {
      header = of
      planned = checks
      begun = shownAt = now()
      const { suite, target } = of
      print(`${paint('bold', `${suite.name} ${suite.version}`)}   ${count(checks, 'check')}`)
      // Without --verbose, the summary shows it.
      if (!verbose) return
      if (target) print(`${inline(`${target.label} · ${target.baseUrl}`)}\n${inline(versionsText(target))}\n`)
      for (const note of target?.notes ?? []) print(`${paint('yellow', 'note')} ${inline(note)}\n`)
    },
    begin(name) {
      progress.begin(name)
    },
    result(result) {
      progress.end(result)
      const text = verbose ? (result.verdict === 'pass' ? null : fullText(result)) : lineOf(result)
      if (text !== null) print(text)
      showProgress()
    },
    tick: showProgress,
    finish,
  }
}
