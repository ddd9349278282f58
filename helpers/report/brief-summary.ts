import { checkName } from '../model/result.ts'
import { verdicts, type Verdict } from '../model/verdict.ts'
import { briefDrift, briefKnown, briefSkipped, named } from './brief-lists.ts'
import { clock } from './progress.ts'
import { colorOf, failureMessage, type MessageContext } from './failure-message.ts'
import { cut, wrap } from './fit.ts'
import { knownNotes } from './known-lines.ts'
import { nextStep } from './next-step.ts'
import { problemGroups, type ProblemGroup } from './problem-groups.ts'
import { closingLine, count, summarize, type RunOutcome, type Summary } from './run.ts'
import { briefPolicy } from './policy-lines.ts'
import { briefSiteLines } from './site-lines.ts'
import { banner, conclusion, failure } from './summary.ts'
import { mcpLines } from './mcp-lines.ts'
import { offersLines } from './offers-lines.ts'
import { versionsText, inline } from './text.ts'

/** Causes that are shown; `--verbose` lists every check. */
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
  const end = facts(outcome, summary, milliseconds, context, columns)
  const before = [
    failure(outcome, paint),
    outcome.interrupted === null ? [] : [paint('red', `INTERRUPTED by ${inline(outcome.interrupted)}`)],
    banner(outcome, context).map((line) => wrap(line, columns)),
    problems(outcome, context, columns),
  ]
  const differs = [...briefDrift(outcome, context, columns, red), ...briefSkipped(outcome, columns)]
  const ofSite = [...briefPolicy(outcome.results, paint, columns), ...briefSiteLines(outcome, paint, columns)]
  const known = (room: number): string[] =>
    red ? knownNotes(outcome.results, outcome.knownIssues, paint, columns) : briefKnown(outcome, context, columns, room)
  const taken = rowsOf([...before, known(0), differs, ofSite, end])
  const blocks = [...before, [...known(Math.max(1, longest - taken)), ...differs], ofSite, end]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n').replace(/\n+$/u, ''))
    .join('\n\n')
}

/** Lines of the whole, with two of the beginning and the line that says how many weaknesses are left out. */
const longest = 22

/** Lines of some blocks, with those between them. */
const rowsOf = (blocks: readonly (readonly string[])[]): number =>
  blocks.filter((lines) => lines.length > 0).reduce((sum, lines) => sum + lines.join('\n').split('\n').length + 1, 0)

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
          cut(`${named('server')} ${inline(versionsText(target, ['drupal', 'simple_oauth', 'league']))}`, columns),
        ]
      : []),
    ...[...offersLines(target), ...mcpLines(outcome)].map((line) => wrap(line, columns)),
    ...(results.length > 0
      ? [wrap(`${named('checks')} ${count(results.length, 'check')}${time}: ${counts.join(' · ')}`, columns)]
      : []),
    wrap(conclusion(summary, paint), columns),
    ...(results.length > 0 ? [`${named('report')} ${inline(context.page ?? `${context.report}/report.json`)}`] : []),
    ...(next === null ? [] : [wrap(`${named('next')} ${inline(next)}`, columns)]),
    closingLine(summary),
  ]
}
