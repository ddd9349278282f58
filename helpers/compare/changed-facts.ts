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

/** Headers whose change is not a consequence of a changed answer. */
const independent = /^header\.(?:access-control-.*|x-frame-options|content-security-policy|set-cookie)$/u

/** Findings that only restate `answer`. */
const restating =
  /^(?:token\.(?:issued|error)|authorize\.(?:issued|error|delivery|code|state)|resource\.(?:access|error|challenge)|status|page)$/u

/**
 * The facts in which one check differs between several runs that all judged it. Mere consequences of another answer are left out: a refusal
 * has other members than a token response.
 */
export function changedFacts(runs: readonly CheckFacts[]): ChangedFact[] {
  const observed = changedIn(runs, ({ observed }) => observed)
  // A run without such a finding was made by a version of the suite that asked something else, so no change is known.
  const found = changedIn(runs, ({ found }) => found).filter(
    ({ fact }) => !runs.some((run) => run.observed.has(fact)) && runs.every((run) => run.found.has(fact)),
  )
  const answer = observed.find(({ fact }) => fact === 'answer')
  if (answer) return [withAll(answer, runs), ...observed.filter(({ fact }) => independent.test(fact))]
  return [...observed, ...found.filter((change) => !restates(change, observed))]
}

/** Whether a finding only repeats changed facts: as the whole that they are part of, or in other words. */
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

/** Durations that servers compute from two readings of their clock, so that they may differ by a second. */
const measured = /(?:expires_in|lifetime)$/u

function differs({ fact, values }: ChangedFact): boolean {
  const numbers = values.filter((value) => typeof value === 'number')
  if (measured.test(fact) && numbers.length === values.length) return Math.max(...numbers) - Math.min(...numbers) > 1
  return new Set(values.map((value) => JSON.stringify(value))).size > 1
}

/** A requirement on the fact that is met in one run and not in another. */
const flips = ({ requirements }: ChangedFact): boolean =>
  new Set(requirements.map((one) => (one === null ? null : `${String(one.met)} ${String(one.granted)}`))).size > 1

/** Everything a check requires is about its answer, so one unmet finding is enough. */
function withAll(answer: ChangedFact, runs: readonly CheckFacts[]): ChangedFact {
  const requirements = runs.map(({ requirements }) => {
    const all = [...requirements.values()]
    return all.length === 0 ? null : { met: all.every(({ met }) => met), granted: all.some(({ granted }) => granted) }
  })
  return { ...answer, requirements }
}
