import PQueue from 'p-queue'

/**
 * Frees the calling task's slot in a queue while `work` runs, then takes a slot before any task that has not begun, because what was waited
 * for may not last: a refresh token may outlive its access token only by seconds.
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

/** Runs one call at a time, in order, even after a failure: drush and an installation cannot run concurrently. */
export function serialize<T, R>(call: (argument: T) => Promise<R>): (argument: T) => Promise<R> {
  const queue = new PQueue({ concurrency: 1 })
  return (argument) => queue.add(() => call(argument))
}
