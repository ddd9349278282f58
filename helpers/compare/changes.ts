import type { ChangeClass } from '../../fixtures/change-classes.ts'
import type { Json, Severity, Verdict } from '../model/verdict.ts'
import { changedFacts } from './changed-facts.ts'
import { classify, type FactChange } from './classify.ts'
import { changeId, type FactName } from './describe.ts'
import type { CheckFacts } from './facts.ts'

/** A check in which a change was seen. */
interface ChangedCheck {
  readonly name: string
  readonly contract: string
  readonly title: string
  readonly severity: Severity
  readonly verdicts: readonly [Verdict, Verdict]
}

/** Equal changes of many checks, as one. */
export interface Change extends FactName {
  /** Identifies an accepted change; stable between runs. */
  readonly id: string
  readonly before: Json | undefined
  readonly after: Json | undefined
  readonly class: ChangeClass
  /** What the class means here. */
  readonly sentence: string
  /** Empty for a change of the whole server. */
  readonly checks: readonly ChangedCheck[]
}

type Pair = readonly [CheckFacts, CheckFacts]

/** Equal facts of several checks before they have a class. */
interface Group {
  readonly change: FactChange
  readonly checks: ChangedCheck[]
}

/** The changes between two runs, equal ones together, in the order they were found. */
export function changesBetween(
  pairs: readonly Pair[],
  server: readonly [ReadonlyMap<string, Json>, ReadonlyMap<string, Json>],
): Change[] {
  const groups = new Map<string, Group>()
  const add = (change: FactChange, check: ChangedCheck | null): void => {
    const key = `${keyOf(change)}\n${changeId(change, change.before, change.after)}`
    const group = groups.get(key) ?? { change, checks: [] }
    if (check) group.checks.push(check)
    groups.set(key, { ...group, change: together(group.change, change) })
  }
  for (const change of serverChanges(server)) add(change, null)
  for (const pair of pairs) for (const change of checkChanges(pair)) add(change, changedCheck(pair))
  return [...groups.values()].map(({ change, checks }) => {
    const { fact, endpoint, before, after } = change
    return { id: changeId(change, before, after), fact, endpoint, before, after, ...classify(change), checks }
  })
}

/** The same answer may be right for one request and wrong for another; a new claim is one change everywhere. */
const keyOf = (change: FactChange): string =>
  change.fact === 'answer' || change.required.some((one) => one?.granted) ? classify(change).sentence : ''

/** A requirement of any of the checks counts for all of them. */
function together(one: FactChange, other: FactChange): FactChange {
  const rank = ({ required: [before, after] }: FactChange): number =>
    before?.met === after?.met ? 0 : after?.met === true ? 1 : 2
  return rank(other) > rank(one) ? other : one
}

function serverChanges([before, after]: readonly [ReadonlyMap<string, Json>, ReadonlyMap<string, Json>]): FactChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((fact) => {
    if (JSON.stringify(before.get(fact)) === JSON.stringify(after.get(fact))) return []
    // The members of a document that is new or gone need not be listed.
    const [kind, path = ''] = fact.split(' ')
    if (kind === 'metadata' && before.has(`document ${path}`) !== after.has(`document ${path}`)) return []
    // If one run did not look, no change is known.
    if (!looked(before, fact) || !looked(after, fact)) return []
    return [{ fact, endpoint: null, before: before.get(fact), after: after.get(fact), required: [null, null] as const }]
  })
}

/** Reports omit modules if nobody could ask the site, and keys if they are not the site's own. */
function looked(facts: ReadonlyMap<string, Json>, fact: string): boolean {
  if (fact.includes(' ')) return true
  const named = (name: string | undefined): boolean => [...facts.keys()].some((one) => one.split('.')[0] === name)
  return named(fact.split('.')[0])
}

function checkChanges([before, after]: Pair): FactChange[] {
  const endpoint = after.endpoint ?? before.endpoint
  if (before.untested !== null || after.untested !== null) return testedChange(before, after)
  const changes = changedFacts([before, after]).map(({ fact, values, requirements }): FactChange => {
    const [one = null, other = null] = requirements
    return { fact, endpoint, before: values[0], after: values[1], required: [one, other] }
  })
  if (changes.length > 0 || before.verdict === after.verdict) return changes
  return [{ fact: 'verdict', endpoint: null, before: before.verdict, after: after.verdict, required: [null, null] }]
}

/** If one of the runs could not judge the check, there are no facts to compare. */
function testedChange(before: CheckFacts, after: CheckFacts): FactChange[] {
  if (before.untested === after.untested) return []
  const required = [before, after].map((run) => ({
    met: run.untested === null,
    granted: run.untested === null && grants(run),
  }))
  const [one = null, other = null] = required
  return [
    {
      fact: 'tested',
      endpoint: null,
      before: before.untested ?? 'judged',
      after: after.untested ?? 'judged',
      required: [one, other],
    },
  ]
}

const grants = ({ requirements }: CheckFacts): boolean => [...requirements.values()].some(({ granted }) => granted)

const changedCheck = ([before, { name, contract, title, severity, verdict }]: Pair): ChangedCheck => ({
  name,
  contract,
  title,
  severity,
  verdicts: [before.verdict, verdict],
})
