import { cacheError } from '../install/install-error.ts'
import { takeLock, type Release } from '../install/lock.ts'

/** Takes the lock of a copy of code, and reports if it has to wait. */
export async function lockCache(file: string, progress: (stage: string) => void): Promise<Release> {
  try {
    return await takeLock(file, (pid) => {
      progress(`waiting for another run (process ${pid}) to prepare the same code`)
    })
  } catch (error) {
    throw cacheError(error, file)
  }
}
