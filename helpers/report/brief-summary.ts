import { isLoosened } from '../compare/record-drift.ts'
import { checkName } from '../model/result.ts'
import { verdicts, type Verdict } from '../model/verdict.ts'
import { describeReason } from '../model/describe-reason.ts'
import { clock } from './progress.ts'
import { colorOf, failureMessage, type MessageContext } from './failure-message.ts'
import { cut, wrap } from './fit.ts'
import { groupBy } from './group-by.ts'
import { knownNotes } from './known-lines.ts'
import { nextStep } from './next-step.ts'
import { problemGroups, type ProblemGroup } from './problem-groups.ts'
import { closingLine, count, drifts, summarize, type RunOutcome, type Summary } from './run.ts'
import { briefPolicy } from './policy-lines.ts'
import { briefSiteLines } from './site-lines.ts'
import { banner, conclusion, failure } from './summary.ts'
import { versionsText, inline } from './text.ts'
import { knownGroups } from './weaknesses.ts'

/** Lines of each list; `--verbose` has them all. */
const most = 5

/** The same of a red run, in which the first failure needs the place. */
const mostRed = 3

/**
 * The end of a run's output: what fails first, then what is known, what differs, and the conclusion. A run without failures ends in
 * 25 lines of 80 columns or fewer, a red one in a screen of them; the last line is always `N passed, N failed, N skipped`.
 */
export function briefClosing(
  outcome: RunOutcome,
  context: MessageContext,
  columns: number,
  milliseconds = outcome.milliseconds,
): string {
  const { paint } = context
  const summary = summarize(outcome)
  const red = summary.exitCode !== 0
  const blocks = [
    failure(outcome, paint),
    outcome.interrupted === null ? [] : [paint('red', `INTERRUPTED by ${inline(outcome.interrupted)}`)],
    banner(outcome, context).map((line) => wrap(line, columns)),
    problems(outcome, context, columns),
    [
      ...(red ? knownNotes(outcome.results, outcome.knownIssues, paint, columns) : known(outcome, context, columns)),
      ...drift(outcome, context, columns, red),
      ...skipped(outcome, columns),
    ],
    [...briefPolicy(outcome.results, paint, columns), ...briefSiteLines(outcome, paint, columns)],
    facts(outcome, summary, milliseconds, context, columns),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n').replace(/\n+$/u, ''))
    .join('\n\n')
}

const named = (name: string): string => name.padEnd(11)

/** The gravest in full, the rest by cause. */
function problems({ results, header }: RunOutcome, context: MessageContext, columns: number): string[] {
  const { paint } = context
  const all = problemGroups(results)
  const red = all.filter(({ verdict }) => verdict !== 'warn' || header.settings.strict)
  const [worst] = red
  const [first] = worst?.checks ?? []
  const rest = all.flatMap((group) => {
    const checks = group.checks.filter((check) => check !== first)
    return checks.length === 0 ? [] : [{ ...group, checks }]
  })
  const max = first ? mostRed : most
  const shown = rest.slice(0, max)
  const more = rest.slice(max).reduce((sum, { checks }) => sum + checks.length, 0)
  return [
    ...(first ? [wrap(failureMessage(first, { ...context, brief: true }), columns), ''] : []),
    ...shown.map((group) => groupLine(group, paint, columns)),
    ...(more > 0 ? [`       ${count(more, 'check')} of other causes: --verbose lists them`] : []),
  ]
}

function groupLine({ verdict, cause, checks }: ProblemGroup, paint: MessageContext['paint'], columns: number): string {
  const [first] = checks
  const names = first ? `${inline(checkName(first))}${checks.length > 1 ? ` and ${checks.length - 1} more` : ''}` : ''
  const label = `${verdict.toUpperCase().padEnd(7)} ${String(checks.length).padStart(3)}  `
  return paint(colorOf[verdict], label) + cut(`${names}   ${inline(cause)}`, columns - label.length)
}

function known({ results, knownIssues }: RunOutcome, { paint }: MessageContext, columns: number): string[] {
  const weaknesses = knownGroups(results, 'weakness')
  const differences = knownGroups(results, 'difference')
  const checksOf = (groups: typeof weaknesses): string =>
    count(new Set(groups.flatMap(({ names }) => names)).size, 'check')
  const more = weaknesses.length - most
  return [
    ...(weaknesses.length > 0
      ? [
          paint(
            'cyan',
            `${named('weaknesses')} ${weaknesses.length} known, in ${checksOf(weaknesses)}: the server grants what it has to reject`,
          ),
        ]
      : []),
    ...weaknesses
      .slice(0, most)
      .map(({ severity, contracts, issue }) =>
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

function drift(outcome: RunOutcome, { paint }: MessageContext, columns: number, red: boolean): string[] {
  if (outcome.drift === undefined) return []
  const { record, deviations, changes, unused, expired } = outcome.drift
  const open = drifts(outcome.drift, true)
  if (red && changes.length + unused.length + expired.length === 0) return []
  const like = deviations.length === 0 ? '' : ` (not the same release: ${deviations.join(', ')})`
  const text = changes.length === 0 ? 'none' : count(changes.length, 'difference')
  const listed = changes.filter((change) => change.accepted === null)
  const accepted = changes.length - listed.length
  const shown = listed.slice(0, most)
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

/** A line for each reason, the most frequent first. */
function skipped({ results }: RunOutcome, columns: number): string[] {
  const checks = results.filter(({ verdict }) => verdict === 'skipped')
  const groups = [...groupBy(checks, ({ reason }) => reason?.kind ?? 'unknown').values()].sort(
    (one, other) => other.length - one.length,
  )
  const texts = groups.map((group) => {
    const reasons = [...new Set(group.map(({ reason }) => (reason === null ? 'unknown' : describeReason(reason))))]
    return `${count(group.length, 'check')}: ${reasons.map(inline).join('; ')}`
  })
  return texts.map((text, index) => cut(`${named(index === 0 ? 'skipped' : '')} ${text}`, columns))
}

function facts(
  outcome: RunOutcome,
  summary: Summary,
  milliseconds: number | undefined,
  context: MessageContext,
  columns: number,
): string[] {
  const { header, results } = outcome
  const { target } = header
  const { paint } = context
  const counts = verdicts
    .filter((verdict) => summary.counts[verdict] > 0)
    .map((verdict: Verdict) => paint(colorOf[verdict], `${summary.counts[verdict]} ${verdict}`))
  const next = nextStep(outcome, summary, context)
  const time = milliseconds === undefined ? '' : ` in ${clock(milliseconds)}`
  return [
    // A failure says them.
    ...(target && results.every(({ verdict }) => verdict !== 'fail')
      ? [
          cut(`${named('target')} ${inline(`${target.label} · ${target.baseUrl}`)}`, columns),
          cut(
            `${named('server')} ${inline(versionsText(target, ['drupal', 'simple_oauth', 'league', 'php']))}`,
            columns,
          ),
        ]
      : []),
    ...(results.length > 0
      ? [`${named('checks')} ${count(results.length, 'check')}${time}: ${counts.join(' · ')}`]
      : []),
    wrap(conclusion(summary, paint), columns),
    ...(results.length > 0 ? [`${named('report')} ${inline(context.page ?? `${context.report}/report.json`)}`] : []),
    ...(next === null ? [] : [wrap(`${named('next')} ${inline(next)}`, columns)]),
    closingLine(summary),
  ]
}
