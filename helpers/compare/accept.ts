import type { Change } from './changes.ts'

/** A change that somebody answers for. */
export interface AcceptedChange {
  /** The id of a change. */
  readonly change: string
  /** Ids of the contracts it was seen in; all where it is left out. */
  readonly contracts?: readonly string[]
  readonly reason: string
  readonly owner: string
  /** Last day on which it counts, YYYY-MM-DD. */
  readonly until?: string
}

export interface WithAcceptance extends Change {
  readonly accepted: AcceptedChange | null
}

export interface Acceptance {
  readonly changes: readonly WithAcceptance[]
  /** Entries whose change did not occur. */
  readonly unused: readonly AcceptedChange[]
  /** Entries whose time is over. */
  readonly expired: readonly AcceptedChange[]
}

/**
 * Says of each change whether it is accepted. One that is accepted for some of its contracts becomes two.
 * @param today YYYY-MM-DD
 */
export function acceptChanges(
  changes: readonly Change[],
  entries: readonly AcceptedChange[],
  today: string,
): Acceptance {
  const inTime = entries.filter(({ until }) => until === undefined || today <= until)
  const used = new Set<AcceptedChange>()
  const judged = changes.flatMap((change): WithAcceptance[] => {
    const parts = new Map<AcceptedChange | null, Change['checks'][number][]>()
    if (change.checks.length === 0) parts.set(entryFor(change.id, null, inTime), [])
    for (const check of change.checks) {
      const entry = entryFor(change.id, check.contract, inTime)
      parts.set(entry, [...(parts.get(entry) ?? []), check])
    }
    return [...parts].map(([accepted, checks]) => {
      if (accepted) used.add(accepted)
      return { ...change, checks, accepted }
    })
  })
  return {
    changes: judged,
    unused: inTime.filter((entry) => !used.has(entry)),
    expired: entries.filter((entry) => !inTime.includes(entry)),
  }
}

function entryFor(id: string, contract: string | null, entries: readonly AcceptedChange[]): AcceptedChange | null {
  const fits = ({ change, contracts }: AcceptedChange): boolean =>
    change === id && (contract === null || contracts === undefined || contracts.includes(contract))
  return entries.find(fits) ?? null
}
