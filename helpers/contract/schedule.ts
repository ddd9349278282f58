import { severities } from '../model/verdict.ts'
import type { Step } from '../oauth/steps.ts'
import { changesEntity } from './derive-afterwards.ts'
import type { Check } from './case.ts'

export interface Schedule {
  /** Runs alone before all others; undefined if there is no such check. */
  readonly first: Check | undefined
  readonly concurrent: readonly Check[]
  /** One after the other, in this order. */
  readonly serial: readonly Check[]
}

/**
 * First comes a check in which a token of the editor opens the resource. A server may cache the permissions that it calculates for the
 * first token and apply them to later ones; without this order, verdicts would depend on which concurrent request was served first. (The
 * checks of isolation test such caching with scopes of their own.) Checks that wait for an expiry begin next, alongside others, so that the
 * first verdicts arrive while they wait, and the others by severity. Races run alone, because other requests would keep theirs from overlapping; so do checks of the
 * life cycle, which change the same few entities.
 */
export function schedule(checks: readonly Check[]): Schedule {
  const others = checks.filter(
    (check) =>
      !races(check) && !changesEntities(check) && !changesSite(check) && !isIsolation(check) && !looksBack(check),
  )
  const first = others.find(opensAsEditor)
  const waiting = others.filter(waits)
  const rest = others.filter((check) => check !== first && !waits(check)).sort(bySeverity)
  const begin = waiting.flatMap((check, index) => [check, ...rest.slice(index, index + 1)])
  return {
    first,
    concurrent: [...begin, ...rest.slice(waiting.length)],
    serial: [
      ...checks.filter(races),
      ...checks.filter(changesEntities),
      ...checks.filter(changesSite),
      ...checks.filter(isIsolation),
      ...checks.filter(looksBack),
    ],
  }
}

/** The gravest first: what matters most is known soonest. */
const bySeverity = (one: Check, other: Check): number =>
  severities.indexOf(other.severity) - severities.indexOf(one.severity)

/** Whether a check begins with an unchanged flow of the editor and then opens the resource with its token. */
function opensAsEditor(check: Check): boolean {
  const [flow, next] = [...check.control, ...check.when]
  const { client, user = 'editor' } = check.given
  const isPlain = flow?.do === 'codeGrant' && Object.keys(flow).every((option) => option === 'do' || option === 'as')
  return isPlain && client === 'publicPkce' && user === 'editor' && next?.do === 'resource' && isPlainResource(next)
}

const isPlainResource = (step: Step): boolean =>
  step.do === 'resource' &&
  step.at === undefined &&
  typeof step.token === 'object' &&
  step.token?.$ === 'ref' &&
  step.token.of.endsWith('.access_token')

const waits = (check: Check): boolean => [...check.when, ...(check.slow?.when ?? [])].some((step) => step.do === 'wait')
const races = (check: Check): boolean =>
  check.when.some((step) => step.do === 'race') && !changesSite(check) && !isIsolation(check)
/** Whether a check examines all answers of the run, and so has to be last. */
const looksBack = (check: Check): boolean => check.when.some((step) => step.do === 'everyAnswer')
// One that waits begins early, like all others: what it opens after its wait has an address of its own, so no cache passes it on.
const isIsolation = (check: Check): boolean => check.group === 'isolation' && !waits(check)
// Cron only removes what has expired, which no other check uses: such a check need not run alone.
const changesSite = (check: Check): boolean =>
  check.when.some((step) => step.do === 'changeSite' && !(step.change.op === 'cron' && waits(check)))
const changesEntities = (check: Check): boolean =>
  check.group === 'life-cycle' && !changesSite(check) && check.when.some(changesEntity)
