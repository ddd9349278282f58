import { isLoosened, type DriftChange } from '../compare/record-drift.ts'
import { colorOf } from './failure-message.ts'
import { count, type RunOutcome } from './run.ts'
import { inline, type Paint } from './text.ts'

/** How the server differs from the record of its release: what the release rejects and this server grants comes first. */
export function driftLines({ drift }: RunOutcome, paint: Paint): string[] {
  if (drift === undefined) return []
  const { record, deviations, changes, unused, expired, compared } = drift
  if (changes.length + unused.length + expired.length === 0) return []
  const which = deviations.length === 0 ? '' : `; not the same release (${deviations.join(', ')}), so only shown`
  return [
    `${'drift'.padEnd(11)} ${count(changes.length, 'difference')} from the record ${inline(record)} in ${count(compared, 'check')}${inline(which)}`,
    ...changes.flatMap((change) => changeLines(change, deviations.length === 0, paint)),
    ...unused.map(({ change }) => paint(colorOf.stale, `  STALE  ${inline(change)}: accepted, and no longer occurs`)),
    ...expired.map(({ change, until = '' }) => `  expired on ${inline(until)}: ${inline(change)}`),
    '',
  ]
}

function changeLines(change: DriftChange, exact: boolean, paint: Paint): string[] {
  const { id, sentence, accepted, checks } = change
  const word = accepted ? 'accepted' : isLoosened(change) && exact ? paint(colorOf.fail, 'GRANTED') : change.class
  const why = accepted ? `${accepted.reason} · owner ${accepted.owner} · until ${accepted.until ?? ''}` : sentence
  return [
    `  ${String(checks.length).padStart(3)}  ${word}  ${inline(id)}`,
    `       ${inline(why)}`,
    `       ${inline(checks.join(', '))}`,
  ]
}
