import { checkName } from '../model/result.ts'
import { isComplete, type NamedRun, type ReportedRun } from './reported-run.ts'

/** Why two runs can be compared only in part, and what a reader should know about them; whole sentences. */
export interface CommonPart {
  readonly partial: readonly string[]
  readonly notes: readonly string[]
}

const count = (n: number, noun: string): string => `${String(n)} ${noun}${n === 1 ? '' : 's'}`

/** @param compared checks that both runs have. */
export function commonPart(before: NamedRun, after: NamedRun, compared: number): CommonPart {
  const runs = [before, after]
  const only = (one: NamedRun, other: NamedRun): string[] => {
    const names = new Set(other.run.checks.map(checkName))
    const missing = one.run.checks.filter((check) => !names.has(checkName(check))).length
    return missing === 0 ? [] : [`${count(missing, 'check')} ran only in ${one.name}.`]
  }
  const partial = [
    ...runs.flatMap(incomplete),
    ...(compared === 0 ? ['The two runs have no check in common.'] : [...only(before, after), ...only(after, before)]),
    ...differing(before, after, 'profile', ({ settings }) => settings.profile),
    ...differing(before, after, 'kind of server', ({ target }) =>
      target?.demonstration ? 'the reference server' : 'a Drupal site',
    ),
  ]
  const notes = [
    ...(before.run.startedAt === after.run.startedAt && before.run.target?.baseUrl === after.run.target?.baseUrl
      ? ['Both reports are of the same run.']
      : isOlder(after, before)
        ? [`${before.name} is the newer run: before and after may be mixed up.`]
        : []),
    ...differing(before, after, 'version of this suite', ({ suite }) => suite.version),
    ...(runs.some(({ run }) => run.target?.demonstration)
      ? ['The reference server was tested, which is not a Drupal.']
      : []),
  ]
  return { partial, notes }
}

/** After an upgrade the versions show which run is older; otherwise only the time does. */
const isOlder = (one: NamedRun, other: NamedRun): boolean =>
  Date.parse(one.run.startedAt) < Date.parse(other.run.startedAt) &&
  JSON.stringify(one.run.target?.versions) === JSON.stringify(other.run.target?.versions)

function incomplete({ name, run }: NamedRun): string[] {
  if (isComplete(run)) return []
  const { interrupted, failure, planned, checks } = run
  const why =
    interrupted !== null
      ? `was interrupted by ${interrupted}`
      : failure !== null
        ? `failed (${failure.code})`
        : 'did not finish'
  return [`The run ${name} ${why} after ${String(checks.length)} of ${count(planned, 'check')}.`]
}

function differing(before: NamedRun, after: NamedRun, what: string, of: (run: ReportedRun) => string): string[] {
  const [one, other] = [of(before.run), of(after.run)]
  return one === other ? [] : [`The ${what} differs: ${one} before, ${other} after.`]
}
