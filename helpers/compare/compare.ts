import { changeClasses, type ChangeClass } from '../../fixtures/change-classes.ts'
import type { Versions } from '../model/target.ts'
import { acceptChanges, type AcceptedChange, type WithAcceptance } from './accept.ts'
import { changesBetween } from './changes.ts'
import { commonPart } from './common-part.ts'
import { factsOf, runFacts, type CheckFacts } from './facts.ts'
import {
  announcedBetween,
  explanationsOf,
  unreadBetween,
  type Announced,
  type Releases,
  type UnreadReleases,
} from './releases.ts'
import type { NamedRun } from './reported-run.ts'

/** A change with everything known about it. */
export interface JudgedChange extends WithAcceptance {
  /** Announcements that explain it; empty where it was not announced. */
  readonly announced: readonly Announced[]
}

export interface VersionChange {
  readonly name: keyof Versions
  readonly before: string | null
  readonly after: string | null
}

/** What two runs say about one question: did anything change that OAuth clients can see? */
export interface Comparison {
  readonly before: NamedRun
  readonly after: NamedRun
  readonly versions: readonly VersionChange[]
  /** Checks that both runs have. */
  readonly compared: number
  /** Why only a part could be compared; each a sentence. */
  readonly partial: readonly string[]
  /** What else a reader should know; each a sentence. */
  readonly notes: readonly string[]
  /** Worst first. */
  readonly changes: readonly JudgedChange[]
  readonly unusedAccepted: readonly AcceptedChange[]
  readonly expiredAccepted: readonly AcceptedChange[]
  /** Announced between the versions, but seen in no check. */
  readonly notSeen: readonly Announced[]
  readonly unread: readonly UnreadReleases[]
  /** 0: no breaking or loosening change is left unaccepted. 1: at least one is. 2: only a part could be compared. */
  readonly exitCode: 0 | 1 | 2
}

export interface CompareOptions {
  readonly releases: Releases
  readonly accepted: readonly AcceptedChange[]
  /** Accept a comparison of a part as a verdict. */
  readonly allowPartial: boolean
  /** YYYY-MM-DD */
  readonly today: string
}

const classes = Object.keys(changeClasses) as ChangeClass[]

/** Classes that keep the exit code from being 0. */
const stopping: readonly ChangeClass[] = ['loosened', 'breaking']

export const mustBeAccepted = (change: WithAcceptance): boolean =>
  stopping.includes(change.class) && change.accepted === null

export function compareRuns(before: NamedRun, after: NamedRun, options: CompareOptions): Comparison {
  const { releases, accepted, allowPartial, today } = options
  const [one, other] = [factsOf(before.run), factsOf(after.run)]
  const pairs = [...one.values()].flatMap((facts): [CheckFacts, CheckFacts][] => {
    const same = other.get(facts.name)
    return same ? [[facts, same]] : []
  })
  const announced = announcedBetween(releases, before.run, after.run)
  const found = changesBetween(pairs, [runFacts(before.run), runFacts(after.run)])
  const { changes, unused, expired } = acceptChanges(found, accepted, today)
  const judged = changes.map((change) => ({ ...change, announced: explanationsOf(change, announced) })).sort(worstFirst)
  const { partial, notes } = commonPart(before, after, pairs.length)
  const seen = new Set(judged.flatMap((change) => change.announced))
  return {
    ...{ before, after, partial, notes },
    versions: versionChanges(before, after),
    compared: pairs.length,
    changes: judged,
    unusedAccepted: unused,
    expiredAccepted: expired,
    notSeen: announced.filter((one) => !seen.has(one)),
    unread: unreadBetween(releases, before.run, after.run),
    exitCode: pairs.length === 0 || (partial.length > 0 && !allowPartial) ? 2 : judged.some(mustBeAccepted) ? 1 : 0,
  }
}

function worstFirst(one: JudgedChange, other: JudgedChange): number {
  const byClass = classes.indexOf(one.class) - classes.indexOf(other.class)
  return (
    byClass ||
    Number(one.accepted !== null) - Number(other.accepted !== null) ||
    other.checks.length - one.checks.length
  )
}

const versionNames: readonly (keyof Versions)[] = [
  'simple_oauth',
  'league',
  'consumers',
  'drupal',
  'php',
  'webServer',
  'database',
]

function versionChanges(before: NamedRun, after: NamedRun): VersionChange[] {
  return versionNames.flatMap((name) => {
    const [one, other] = [before, after].map(({ run }) => run.target?.versions[name] ?? null)
    return one === other ? [] : [{ name, before: one ?? null, after: other ?? null }]
  })
}
