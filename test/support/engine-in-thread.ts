import { globalAgent } from 'node:http'
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import type { FakeBehaviour, FakeEngine } from './open-engine.ts'
import type { Asked, Told } from './serve-engines.ts'

/** An engine in another thread, which answers also while this one waits for a process that it started. */
export interface EngineInThread extends FakeEngine {
  /** Resolves once its lists hold all that was asked so far. */
  settled(): Promise<void>
}

/**
 * For a file of tests: a thread for its engines, one at a time. All have the same address, since Testcontainers keeps
 * the first that it finds.
 */
export function engineThread(): (behaviour?: FakeBehaviour) => Promise<EngineInThread> {
  let worker: Worker
  let last = 0
  const folder = join(tmpdir(), `contract-engine-of-${process.pid}`)
  const address = join(folder, 'docker.sock')
  beforeAll(() => {
    worker = new Worker(new URL('./engine-thread.js', import.meta.url))
    mkdirSync(folder, { recursive: true })
  })
  afterAll(async () => {
    await worker.terminate()
    rmSync(folder, { recursive: true, force: true })
  })

  return async (behaviour = {}) => {
    const id = (last += 1)
    const lists = {
      asked: [] as string[],
      builds: [] as URLSearchParams[],
      created: [] as object[],
      removed: [] as string[],
    }
    const tell = (message: Omit<Asked, 'id'>): Promise<Told> =>
      new Promise((resolve, reject) => {
        const hear = (told: Told): void => {
          if (told.id !== id) return
          worker.off('message', hear).off('error', reject)
          fill(lists.asked, told.asked)
          fill(
            lists.builds,
            told.builds.map((text) => new URLSearchParams(text)),
          )
          fill(lists.created, told.created)
          fill(lists.removed, told.removed)
          resolve(told)
        }
        worker.on('message', hear).on('error', reject)
        worker.postMessage({ id, ...message } satisfies Asked)
      })
    const { socketPath } = await tell({ open: behaviour })
    rmSync(address, { force: true })
    // It keeps connections to the former one.
    globalAgent.destroy()
    symlinkSync(socketPath, address)
    onTestFinished(async () => {
      await tell({ does: 'close' })
    })
    return {
      uri: `unix://${address}`,
      socketPath: address,
      ...lists,
      killSite: () => void tell({ does: 'killSite' }),
      stop: () => void tell({ does: 'stop' }),
      settled: async () => {
        await tell({ does: 'tell' })
      },
    } as EngineInThread
  }
}

function fill<T>(list: T[], values: readonly T[]): void {
  list.splice(0, list.length, ...values)
}
