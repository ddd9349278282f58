import { expectsRefusal, isCaseItself, withoutRequest } from '../contract/derive-control.ts'
import type { CaseDefinition } from '../contract/case.ts'
import type { Expectation } from '../judge/expectation.ts'
import type { Step } from '../oauth/steps.ts'

/** Why a valid case would pass on any server; null if it would not. */
export function provesNothing({ when, then, observe, control, severity, slow }: CaseDefinition): string | null {
  const steps = listed<Step>(when)
  const last = steps.at(-1)
  const expectations = listed(then)
  if (observe !== undefined && severity !== 'info')
    return `an observation judges nothing, so its severity is "info", not "${severity}"`
  if (last?.expect !== undefined)
    return 'the last step carries its own "expect", so that nothing is left to judge: leave it out, and say it in "then"'
  // Cron is judged by the tokens left, which the site counts.
  const isCron = last?.do === 'changeSite' && last.change.op === 'cron'
  if (last !== undefined && withoutRequest.has(last.do) && !isCron)
    return `the last step, ${last.do}, gets no response that could be judged: end with a request`
  if (expectations.length > 0 && slow === undefined && expectations.every(isAbsence))
    return 'everything in "then" is absent from an error page, too: add what has to be there, e.g. granted(), opened() or a status'
  const refusal = expectsRefusal([...expectations, ...listed(slow?.then)])
  const stated = listed<Step>(control)
  if (refusal && stated.length > 0 && isCaseItself(stated, [...steps, ...listed<Step>(slow?.when)]))
    return 'the control is the case itself, so that nothing is changed in it: state a flow that must succeed'
  return null
}

const listed = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T]

/**
 * Whether an expectation is met by any answer that lacks something. Claims are judged only if a token was issued, so they need nothing
 * more.
 */
const isAbsence = (expectation: Expectation): boolean =>
  expectation.expect === 'holds' &&
  Object.entries(expectation.facts).every(
    ([path, { is }]) => is === 'absent' && !/^(access|refresh|id)_token\./u.test(path),
  )
