import type { Mechanism } from '../../../fixtures/mechanisms.ts'
import type { Mechanisms } from '../core/mechanisms.ts'
import { mechanismOf } from './mechanism-of.ts'

/** A named weakness: one mechanism of a profile, replaced by a worse one. */
export interface Fault {
  readonly id: string
  /** What an attacker gains. */
  readonly gain: string
  /** Where the weakness is described. */
  readonly source?: string
  /** `ideal` if Simple OAuth 6.0 has the weakness itself. */
  readonly only?: 'ideal'
  /** The mechanism that it breaks: it proves only contracts about that. */
  readonly mechanism: Mechanism
  readonly alter: (mechanisms: Mechanisms) => Mechanisms
}

/** The mechanism is stated only if it is not that of the replaced decision. */
export type FaultDetails = Pick<Fault, 'gain' | 'source' | 'only'> & Partial<Pick<Fault, 'mechanism'>>

/** A fault that replaces the mechanism `name`; `make` receives the profile's own. */
export function replacing<K extends keyof Mechanisms>(
  id: string,
  name: K,
  details: FaultDetails,
  make: (own: Mechanisms[K]) => Mechanisms[K],
): Fault {
  return {
    id,
    mechanism: mechanismOf[name],
    ...details,
    alter: (mechanisms) => ({ ...mechanisms, [name]: make(mechanisms[name]) }),
  }
}

/** Recognises repeated requests by their whole content, as a filter against double submission does. */
export function recognising(): (request: unknown) => boolean {
  const seen = new Set<string>()
  return (request) => {
    const text = JSON.stringify(request)
    const isRepeated = seen.has(text)
    seen.add(text)
    return isRepeated
  }
}

/** Waits long enough for a second request to arrive. */
export const opening = (milliseconds = 50): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
