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
  /** What it breaks: it proves only contracts about that. */
  readonly mechanism: Mechanism
  readonly alter: (mechanisms: Mechanisms) => Mechanisms
}

/** The mechanism is stated only where it is not that of the decision replaced. */
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

/** What is stored, as if it were used where the very same request came before: requests are told apart by all that they say. */
export function recognising<Stored extends { used: boolean }>(): (
  stored: Stored | undefined,
  request: unknown,
) => Stored | undefined {
  const seen = new Set<string>()
  return (stored, request) => {
    const text = JSON.stringify(request)
    if (stored === undefined || stored.used || !seen.has(text)) {
      seen.add(text)
      return stored
    }
    return { ...stored, used: true }
  }
}

/** Several replacements that are one weakness together; the first names it. */
export const together = (first: Fault, ...others: readonly Fault[]): Fault => ({
  ...first,
  alter: (mechanisms) => [first, ...others].reduce((altered, fault) => fault.alter(altered), mechanisms),
})

/** Waits long enough for a second request to arrive. */
export const opening = (milliseconds = 50): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
