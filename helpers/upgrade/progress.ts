import { checkName, type CheckResult } from '../model/result.ts'
import { colorOf } from '../report/failure-message.ts'
import { cut } from '../report/fit.ts'
import { ProgressCount, progressText } from '../report/progress.ts'
import { inline, painter } from '../report/text.ts'
import { whyLost } from './causes.ts'

interface ProgressOptions {
  readonly stream: { write(text: string): unknown; readonly columns?: number }
  /** The stream can rewrite a line. */
  readonly tty: boolean
  readonly color: boolean
  readonly quiet: boolean
  /** Milliseconds of a steady clock. */
  readonly now?: () => number
}

/** What a user sees during an upgrade: each stage, and the progress of its checks. */
export interface Progress {
  readonly stage: (text: string) => void
  /** Prints a warning before the first request, even with `--quiet`. */
  readonly warn: (text: string) => void
  /** Checks follow. @param shows Whether a failure is reported at once. */
  readonly start: (planned: number, shows: boolean) => void
  /** A check begins. */
  readonly begin: (name: string) => void
  readonly result: (result: CheckResult) => void
  /** Call it about every second: progress continues while no check ends. */
  readonly tick: () => void
  /** Prints the end of the upgrade. */
  readonly finish: (text: string) => void
}

/** Milliseconds between two lines of progress in a log. */
const interval = 15_000

/** Columns used for a log. */
const logColumns = 80

/** The columns available for text. */
export const columnsOf = ({ columns }: ProgressOptions['stream']): number => Math.max(40, columns ?? logColumns)

/** Like the progress of a run: on a terminal one line is rewritten in place; elsewhere a line is printed every 15 seconds. */
export function createProgress(options: ProgressOptions): Progress {
  const { stream, tty, color, quiet, now = () => performance.now() } = options
  const paint = painter(color)
  let status = false
  let planned = 0
  let red = false
  let begun = now()
  let shownAt = begun
  let counted = new ProgressCount()
  const print = (text: string): void => {
    stream.write(`${status ? '\r\x1b[2K' : ''}${text}\n`)
    status = false
  }
  const show = (): void => {
    const done = counted.results.length
    if (quiet || planned === 0 || done === planned) return
    const width = columnsOf(stream) - 3
    const progress = { done, planned, counts: counted.counts, inFlight: counted.inFlight, elapsed: now() - begun }
    if (tty) {
      status = true
      stream.write(`\r\x1b[2K  ${progressText(progress, width)}`)
    } else if (now() - shownAt >= interval) {
      shownAt = now()
      print(paint('gray', `  ${progressText(progress, width)}`))
    }
  }
  return {
    stage(text) {
      if (!quiet) print(paint('gray', `· ${inline(text)}`))
    },
    warn(text) {
      print(paint('yellow', `· ${inline(text)}`))
    },
    start(checks, shows) {
      planned = checks
      red = shows
      begun = shownAt = now()
      counted = new ProgressCount()
    },
    begin: (name) => {
      counted.begin(name)
    },
    result(result) {
      counted.end(result)
      const { verdict } = result
      if (!quiet && red && !['pass', 'known', 'skipped', 'warn'].includes(verdict)) {
        const label = verdict.toUpperCase()
        const text = cut(
          `${inline(checkName(result))}   ${inline(whyLost(result))}`,
          columnsOf(stream) - label.length - 1,
        )
        print(`${paint(colorOf[verdict], label)} ${text}`)
      }
      show()
    },
    tick: show,
    finish: print,
  }
}
