import { onTestFinished } from 'vitest'
import { openEngine, type FakeBehaviour, type FakeEngine } from './open-engine.ts'

export type { FakeBehaviour, FakeEngine } from './open-engine.ts'

/** An engine in the test's own thread, which ends with the test. */
export async function fakeEngine(behaviour: FakeBehaviour = {}): Promise<FakeEngine> {
  const engine = await openEngine(behaviour)
  onTestFinished(() => {
    engine.close()
  })
  return engine
}
