import type { Mechanisms } from '../core/mechanisms.ts'

/** A named weakness: one mechanism of a profile replaced by a worse one. */
export interface Fault {
  readonly id: string
  /** What an attacker gains. */
  readonly gain: string
  /** Where the weakness is described. */
  readonly source?: string
  /** `ideal` where the weakness is one that Simple OAuth 6.0 has itself. */
  readonly only?: 'ideal'
  readonly alter: (mechanisms: Mechanisms) => Mechanisms
}

export type FaultDetails = Pick<Fault, 'gain' | 'source' | 'only'>

/** A fault that replaces the one mechanism `name`; `make` gets the profile's own one. */
export function replacing<K extends keyof Mechanisms>(
  id: string,
  name: K,
  details: FaultDetails,
  make: (own: Mechanisms[K]) => Mechanisms[K],
): Fault {
  return { id, ...details, alter: (mechanisms) => ({ ...mechanisms, [name]: make(mechanisms[name]) }) }
}

/** Long enough for a second request to arrive in between. */
export const opening = (milliseconds = 50): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
