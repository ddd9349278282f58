import { isLoosened } from '../compare/record-drift.ts'
import { describeReason } from '../model/describe-reason.ts'
import type { CheckResult } from '../model/result.ts'
import { colorOf, type MessageContext } from './failure-message.ts'
import { cut } from './fit.ts'
import { groupBy } from './group-by.ts'
import { knownNotes } from './known-lines.ts'
import { count, drifts, type RunOutcome } from './run.ts'
import { inline } from './text.ts'
import { knownGroups } from './weaknesses.ts'

/** Differences from the record that are shown; `--verbose` has them all. */
const mostDrift = 3

/** The label of a line of the summary. */
export const named = (name: string): string => name.padEnd(11)

/**
 * A line for each known weakness, one for all known differences, and notes on the lists.
 * @param room Maximum number of lines for weaknesses.
 */
export function briefKnown(
  { results, knownIssues }: RunOutcome,
  { paint }: MessageContext,
  columns: number,
  room: number,
): string[] {
  const weaknesses = knownGroups(results, 'weakness')
  const differences = knownGroups(results, 'difference')
  const checksOf = (groups: typeof weaknesses): string =>
    count(new Set(groups.flatMap(({ names }) => names)).size, 'check')
  const shown = weaknesses.slice(0, room)
  const more = weaknesses.length - shown.length
  return [
    ...(weaknesses.length > 0
      ? [
          paint(
            'cyan',
            `${named('weaknesses')} ${weaknesses.length} known, in ${checksOf(weaknesses)}: the server grants what it has to reject`,
          ),
        ]
      : []),
    ...shown.map(({ severity, contracts, issue }) =>
      cut(`  ${severity.padEnd(8)}  ${inline(contracts.join(', '))}: ${inline(issue.reason)}`, columns),
    ),
    ...(more > 0 ? [`            ${more} more: the report and --verbose list them`] : []),
    ...(differences.length > 0
      ? [
          paint(
            'cyan',
            `${named('differences')} ${differences.length} known, in ${checksOf(differences)}: nothing is granted`,
          ),
        ]
      : []),
    ...knownNotes(results, knownIssues, paint, columns),
  ]
}

/** @param red Only what makes the run fail. */
export function briefDrift(outcome: RunOutcome, { paint }: MessageContext, columns: number, red: boolean): string[] {
  if (outcome.drift === undefined) return []
  const { record, deviations, changes, unused, expired } = outcome.drift
  const open = drifts(outcome.drift, true)
  if (red && changes.length + unused.length + expired.length === 0) return []
  const like = deviations.length === 0 ? '' : ` (not the same release: ${deviations.join(', ')})`
  const text = changes.length === 0 ? 'none' : count(changes.length, 'difference')
  const listed = changes.filter((change) => change.accepted === null)
  const accepted = changes.length - listed.length
  const shown = red
    ? listed.filter((change) => isLoosened(change) && open.includes(change))
    : listed.slice(0, mostDrift)
  return [
    cut(
      `${named('drift')} ${text} from the record ${inline(record)}${inline(like)}${accepted > 0 ? `, ${accepted} accepted` : ''}`,
      columns,
    ),
    ...shown.map((change) => {
      const isGranted = isLoosened(change) && open.includes(change)
      const line = cut(
        `  ${isGranted ? 'GRANTED ' : change.class.padEnd(8)}  ${inline(change.id)}: ${inline(change.checks.join(', '))}`,
        columns,
      )
      return isGranted ? paint(colorOf.fail, line) : line
    }),
    ...(listed.length > shown.length ? [`            ${listed.length - shown.length} more: --verbose lists them`] : []),
    ...unused.map(({ change }) =>
      paint(colorOf.stale, cut(`  STALE     ${inline(change)}: accepted, and no longer occurs`, columns)),
    ),
    ...expired.map(({ change, until = '' }) => cut(`  expired   on ${inline(until)}: ${inline(change)}`, columns)),
  ]
}

/** The reasons, the most frequent first. */
export function briefSkipped({ results }: RunOutcome, columns: number): string[] {
  const checks = results.filter(({ verdict }) => verdict === 'skipped')
  const groups = [...groupBy(checks, ({ reason }) => reason?.kind ?? 'unknown').values()].sort(
    (one, other) => other.length - one.length,
  )
  const textOf = (reason: CheckResult['reason']): string =>
    // Another line lists them.
    reason?.kind === 'unmapped'
      ? 'needs roles that the site file does not map'
      : reason
        ? describeReason(reason)
        : 'unknown'
  const texts = groups.map((group) => {
    const reasons = [...new Set(group.map(({ reason }) => textOf(reason)))]
    return `${groups.length > 1 ? `${group.length} ` : ''}${reasons.map(inline).join(', ')}`
  })
  return texts.length === 0
    ? []
    : [cut(`${named('skipped')} ${count(checks.length, 'check')}: ${texts.join('; ')}`, columns)]
}
