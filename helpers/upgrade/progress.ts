import type { CheckResult } from '../model/result.ts'
import { inline, painter } from '../report/text.ts'

interface ProgressOptions {
  readonly stream: { write(text: string): unknown; readonly columns?: number }
  /** The stream can rewrite a line. */
  readonly tty: boolean
  readonly color: boolean
  readonly quiet: boolean
}

/** What a user sees while an upgrade goes on: each stage, and how far its checks are. */
export interface Progress {
  stage(text: string): void
  results(results: readonly CheckResult[], planned: number): void
  /** Prints the end of it. */
  finish(text: string): void
}

export function createProgress({ stream, tty, color, quiet }: ProgressOptions): Progress {
  const paint = painter(color)
  let status = false
  const print = (text: string): void => {
    stream.write(`${status ? '\r\x1b[2K' : ''}${text}\n`)
    status = false
  }
  return {
    stage(text) {
      if (!quiet) print(paint('gray', `· ${inline(text)}`))
    },
    results(results, planned) {
      if (quiet) return
      const line = `  ${String(results.length)}/${String(planned)} checks`
      if (tty) {
        status = true
        stream.write(`\r\x1b[2K${line}`)
      } else if (isQuarter(results.length, planned)) print(paint('gray', line))
    },
    finish: print,
  }
}

/** In a log: at every quarter of many checks but the last. */
function isQuarter(done: number, planned: number): boolean {
  const [before, now] = [done - 1, done].map((n) => Math.floor((n * 4) / planned))
  return planned >= 20 && before !== now && done < planned
}
