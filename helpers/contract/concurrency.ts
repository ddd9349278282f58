import PQueue from 'p-queue'

/**
 * Gives the calling task's slot of a queue to others while `work` runs, and takes one again before any task that has not begun: what was
 * waited for may not last. A refresh token that outlives the access token does so for seconds.
 */
export async function lend<T>(queue: PQueue, work: () => Promise<T>): Promise<T> {
  queue.concurrency++
  try {
    return await work()
  } finally {
    await queue.add(
      () => {
        queue.concurrency--
      },
      { priority: 1 },
    )
  }
}

/** One call at a time, in order, also after one that failed: drush and an installation bear no company. */
export function serialize<T, R>(call: (argument: T) => Promise<R>): (argument: T) => Promise<R> {
  const queue = new PQueue({ concurrency: 1 })
  return (argument) => queue.add(() => call(argument))
}
