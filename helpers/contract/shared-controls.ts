import { canonical } from '../judge/canonical.ts'
import type { Json } from '../model/verdict.ts'
import type { Check } from './case.ts'
import type { Rules } from './run-check.ts'

/** Equal controls are shared within a run; a critical contract runs its own, right before the refusal. */
export function sharedControls(): Rules['control'] {
  const controls = new Map<string, Promise<void>>()
  return (check: Check, run: () => Promise<void>): Promise<void> => {
    if (check.severity === 'critical') return run()
    const name = canonical({ given: check.given, control: check.control } as unknown as Json)
    const shared = controls.get(name) ?? run()
    controls.set(name, shared)
    return shared
  }
}
