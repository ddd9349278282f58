import { checkName, type CheckResult } from '../model/result.ts'
import type { Verdict } from '../model/verdict.ts'
import { cut } from './fit.ts'
import { inline } from './text.ts'

/** The state of a run in progress. */
export interface Progress {
  readonly done: number
  readonly planned: number
  readonly counts: ReadonlyMap<Verdict, number>
  /** Checks that have begun and not ended, by name, in the order of their beginning. */
  readonly inFlight: readonly string[]
  /** Milliseconds since the first check began. */
  readonly elapsed: number
}

/** Verdicts shown in a line of progress, with their wording. */
const badWords = { fail: 'failed', error: 'in error', blocked: 'blocked', stale: 'stale' } as const

/** Share of the checks needed to estimate the remaining time. */
const tooEarly = 0.05

/** "123/535  2 failed  0:42, about 2:10 left  code.replay, pkce.plain [requested]" */
export function progressText({ done, planned, counts, inFlight, elapsed }: Progress, columns: number): string {
  const bad = Object.entries(badWords).flatMap(([verdict, word]) => {
    const number = counts.get(verdict as Verdict) ?? 0
    return number === 0 ? [] : [`${number} ${word}`]
  })
  const left =
    done > planned * tooEarly && done < planned ? `, about ${clock((elapsed / done) * (planned - done))} left` : ''
  const parts = [`${done}/${planned}`, ...bad, `${clock(elapsed)}${left}`, inFlight.map(inline).join(', ')]
  return cut(parts.filter((part) => part !== '').join('  '), columns)
}

/** Milliseconds → "2:05". */
export function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Counts the checks of a run. */
export class ProgressCount {
  readonly results: CheckResult[] = []
  readonly counts = new Map<Verdict, number>()
  private readonly begun = new Set<string>()

  begin(name: string): void {
    this.begun.add(name)
  }

  end(result: CheckResult): void {
    this.begun.delete(checkName(result))
    this.results.push(result)
    this.counts.set(result.verdict, (this.counts.get(result.verdict) ?? 0) + 1)
  }

  get inFlight(): string[] {
    return [...this.begun]
  }
}
