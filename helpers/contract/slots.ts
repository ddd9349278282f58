/** Lets at most `size` pieces of work run at the same time, in the order they asked; who comes back goes first. */
export class Slots {
  private free: number
  private readonly waiting: (() => void)[] = []

  constructor(size: number) {
    this.free = size
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.take()
    try {
      return await work()
    } finally {
      this.give()
    }
  }

  /** Gives the caller's slot to others while `work` runs, and takes one again. */
  async lend<T>(work: () => Promise<T>): Promise<T> {
    this.give()
    try {
      return await work()
    } finally {
      // What was waited for may not last: a refresh token that outlives the access token does so for seconds.
      await this.take('first')
    }
  }

  private async take(place: 'first' | 'last' = 'last'): Promise<void> {
    if (this.free > 0) this.free--
    else
      await new Promise<void>((resolve) =>
        place === 'first' ? this.waiting.unshift(resolve) : this.waiting.push(resolve),
      )
  }

  private give(): void {
    const next = this.waiting.shift()
    if (next) next()
    else this.free++
  }
}

/** One call at a time, in order, also after one that failed: drush and an installation bear no company. */
export function serialize<T>(call: (argument: T) => Promise<void>): (argument: T) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return (argument) => {
    const turn = last.then(() => call(argument))
    last = turn.catch(() => undefined)
    return turn
  }
}
