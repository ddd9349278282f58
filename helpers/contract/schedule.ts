import { severities } from '../model/verdict.ts'
import type { Step } from '../oauth/steps.ts'
import { changesEntity } from './derive-afterwards.ts'
import type { Check } from './case.ts'

export interface Schedule {
  /** Runs before all others, alone; undefined where no check is meant. */
  readonly first: Check | undefined
  readonly concurrent: readonly Check[]
  /** One after the other, in this order. */
  readonly serial: readonly Check[]
}

/**
 * First comes a check in which a token of the editor opens the resource: a server may keep the permissions that it calculates for the
 * first token and apply them to later ones, so that without this the verdicts would depend on which of several requests at once was
 * served first. What a release does about that is tested by the checks of isolation, with scopes of their own.
 * Checks that wait for an expiry begin next, each alongside another one, so that the first verdicts come while they wait; the others
 * by their severity. Races run
 * alone: requests of other checks would keep theirs from meeting. So do those of the life cycle, which change the same few entities.
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

/** Whether a check begins with a flow of the editor that differs in nothing, and then opens the resource with its token. */
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
/** At all answers of the run, so that it has to be the last. */
const looksBack = (check: Check): boolean => check.when.some((step) => step.do === 'everyAnswer')
const isIsolation = ({ group }: Check): boolean => group === 'isolation'
// Cron removes what has expired, which no check has a use for: a check that waited for that need not run alone.
const changesSite = (check: Check): boolean =>
  check.when.some((step) => step.do === 'changeSite' && !(step.change.op === 'cron' && waits(check)))
const changesEntities = (check: Check): boolean =>
  check.group === 'life-cycle' && !changesSite(check) && check.when.some(changesEntity)
