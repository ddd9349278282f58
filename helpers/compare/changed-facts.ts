import type { Json } from '../model/verdict.ts'
import type { CheckFacts, Requirement } from './facts.ts'

/** A fact that is not the same in all runs. */
export interface ChangedFact {
  readonly fact: string
  /** By run; undefined where it is absent. */
  readonly values: readonly (Json | undefined)[]
  /** By run; null where no requirement is about the fact. */
  readonly requirements: readonly (Requirement | null)[]
}

/** Headers that say something of their own, whatever the answer: they are no consequence of another one. */
const independent = /^header\.(?:access-control-.*|x-frame-options|content-security-policy|set-cookie)$/u

/** Findings that say in other words what `answer` says. */
const restating =
  /^(?:token\.(?:issued|error)|authorize\.(?:issued|error|delivery|code|state)|resource\.(?:access|error|challenge)|status|page)$/u

/**
 * The facts in which one check differs over several runs, each of which judged it. What only follows from another answer is
 * left out: a refusal has other members than a token response.
 */
export function changedFacts(runs: readonly CheckFacts[]): ChangedFact[] {
  const observed = changedIn(runs, ({ observed }) => observed)
  // Where a run has no such finding, its version of the suite asked something else: nothing is known of a change.
  const found = changedIn(runs, ({ found }) => found).filter(
    ({ fact }) => !runs.some((run) => run.observed.has(fact)) && runs.every((run) => run.found.has(fact)),
  )
  const answer = observed.find(({ fact }) => fact === 'answer')
  if (answer) return [withAll(answer, runs), ...observed.filter(({ fact }) => independent.test(fact))]
  return [...observed, ...found.filter((change) => !restates(change, observed))]
}

/** Whether a finding says again what changed facts say: as the whole of which they are parts, or in other words. */
function restates(finding: ChangedFact, observed: readonly ChangedFact[]): boolean {
  if (observed.some(({ fact }) => fact.startsWith(`${finding.fact}.`))) return true
  return restating.test(finding.fact) && observed.length > 0 && !flips(finding)
}

function changedIn(runs: readonly CheckFacts[], facts: (run: CheckFacts) => ReadonlyMap<string, Json>): ChangedFact[] {
  const names = new Set(runs.flatMap((run) => [...facts(run).keys()]))
  return [...names].flatMap((fact) => {
    const change = {
      fact,
      values: runs.map((run) => facts(run).get(fact)),
      requirements: runs.map((run) => run.requirements.get(fact) ?? null),
    }
    return differs(change) || flips(change) ? [change] : []
  })
}

/** Durations that servers compute from two readings of their clock: one may fall into the next second. */
const measured = /(?:expires_in|lifetime)$/u

function differs({ fact, values }: ChangedFact): boolean {
  const numbers = values.filter((value) => typeof value === 'number')
  if (measured.test(fact) && numbers.length === values.length) return Math.max(...numbers) - Math.min(...numbers) > 1
  return new Set(values.map((value) => JSON.stringify(value))).size > 1
}

/** A requirement on the fact that is met in one run and not in another. */
const flips = ({ requirements }: ChangedFact): boolean =>
  new Set(requirements.map((one) => (one === null ? null : `${String(one.met)} ${String(one.granted)}`))).size > 1

/** Everything that a check asks is about its answer: one finding that is not met is enough. */
function withAll(answer: ChangedFact, runs: readonly CheckFacts[]): ChangedFact {
  const requirements = runs.map(({ requirements }) => {
    const all = [...requirements.values()]
    return all.length === 0 ? null : { met: all.every(({ met }) => met), granted: all.some(({ granted }) => granted) }
  })
  return { ...answer, requirements }
}
