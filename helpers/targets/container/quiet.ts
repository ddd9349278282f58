/** Reports silence: calls back each time nothing was heard for a while. */
export interface QuietWatch {
  /** Something was heard. */
  readonly heard: () => void
  readonly stop: () => void
}

/**
 * @param limits milliseconds, ascending; `quiet` is called with each that passes in silence.
 */
export function watchQuiet(limits: readonly number[], quiet: (limit: number) => void): QuietWatch {
  let timers: NodeJS.Timeout[] = []
  const stop = () => {
    for (const timer of timers.splice(0)) clearTimeout(timer)
  }
  const heard = () => {
    stop()
    timers = limits.map((limit) =>
      setTimeout(() => {
        quiet(limit)
      }, limit),
    )
  }
  heard()
  return { heard, stop }
}
