import { isLoosened, type DriftChange } from '../compare/record-drift.ts'
import { colorOf } from './failure-message.ts'
import { count, type RunOutcome } from './run.ts'
import { inline, type Paint } from './text.ts'

/** Differences shown without --verbose. */
const shown = 10

/** How the server differs from the record of its release: what the release rejects and this server grants comes first. */
export function driftLines({ drift }: RunOutcome, paint: Paint, verbose: boolean): string[] {
  if (drift === undefined) return []
  const { record, deviations, changes, unused, expired, compared } = drift
  if (changes.length + unused.length + expired.length === 0) return []
  const which = deviations.length === 0 ? '' : `; not the same release (${deviations.join(', ')}), so only shown`
  const listed = verbose ? changes : changes.slice(0, Math.max(shown, changes.filter(isLoosened).length))
  const rest = changes.length - listed.length
  return [
    `${'drift'.padEnd(12)} ${count(changes.length, 'difference')} from the record ${inline(record)} in ${count(compared, 'check')}${inline(which)}`,
    ...listed.flatMap((change) => changeLines(change, deviations.length === 0, paint)),
    ...(rest > 0 ? [`       ${rest} more: --verbose lists them`] : []),
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
