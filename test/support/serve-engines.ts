import { parentPort } from 'node:worker_threads'
import { openEngine, type FakeBehaviour, type OpenEngine } from './open-engine.ts'

/** What the other thread asks of an engine, by the number it gave it. */
export interface Asked {
  readonly id: number
  readonly open?: FakeBehaviour
  readonly does?: 'killSite' | 'stop' | 'close' | 'tell'
}

/** What it is told, once that is done. */
export interface Told {
  readonly id: number
  readonly socketPath: string
  readonly asked: readonly string[]
  readonly builds: readonly string[]
  readonly created: FakeEngineState['created']
  readonly removed: readonly string[]
}

type FakeEngineState = Pick<OpenEngine, 'created'>

const engines = new Map<number, OpenEngine>()

parentPort?.on('message', ({ id, open, does }: Asked) => {
  void (async () => {
    if (open) engines.set(id, await openEngine(open))
    const engine = engines.get(id)
    if (!engine) return
    if (does === 'killSite' || does === 'stop' || does === 'close') engine[does]()
    const { socketPath, asked, builds, created, removed } = engine
    const told: Told = { id, socketPath, asked, builds: builds.map(String), created, removed }
    parentPort?.postMessage(told)
  })()
})
