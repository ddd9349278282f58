import stringWidth from 'string-width'
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

/** The same for a failed run, in which the first failure needs the space. */
const mostRed = 3

/**
 * The end of a run's output: failures first, then known issues, drift and the conclusion. At most 25 lines of 80 columns without failures,
 * and the 24 of a screen with some; the last line is always `N passed, N failed, N skipped`.
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
  const before = (room: Room): string[][] => [
    failure(outcome, paint),
    outcome.interrupted === null ? [] : [paint('red', `INTERRUPTED by ${inline(outcome.interrupted)}`)],
    banner(outcome, context).map((line) => wrap(line, columns)),
    problems(outcome, { ...context, ...room }, columns, room.groups),
  ]
  const differs = [...briefDrift(outcome, context, columns, red), ...briefSkipped(outcome, columns)]
  const ofSite = [...briefPolicy(outcome.results, paint, columns), ...briefSiteLines(outcome, paint, columns)]
  if (red) {
    const notes = knownNotes(outcome.results, outcome.knownIssues, paint, columns)
    const texts = rooms.map((room) =>
      joined([...before(room), ...(room.asides ? [[...notes, ...differs], ofSite] : []), end]),
    )
    return texts.find((text) => shownRows(text, columns) <= screen) ?? texts.at(-1) ?? ''
  }
  const known = (room: number): string[] => briefKnown(outcome, context, columns, room)
  const taken = rowsOf([...before(rooms[0]), known(0), differs, ofSite, end])
  return joined([...before(rooms[0]), [...known(Math.max(1, longest - taken)), ...differs], ofSite, end])
}

const joined = (blocks: readonly (readonly string[])[]): string =>
  blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n').replace(/\n+$/u, ''))
    .join('\n\n')

/** What fits at the end of a failed run. */
interface Room {
  /** Other causes that are listed. */
  readonly groups: number
  /** Drift, what was skipped, what was left on a site: the report has it. */
  readonly asides: boolean
  readonly plain: boolean
  readonly findings: number
  readonly widest?: number
}

/** The first that fits is used: the first failure is shown in full as long as anything else can be left out. */
const rooms: readonly [Room, ...Room[]] = [
  { groups: mostRed, asides: true, plain: false, findings: Infinity },
  { groups: mostRed, asides: true, plain: true, findings: Infinity },
  { groups: mostRed, asides: false, plain: true, findings: Infinity },
  { groups: 1, asides: false, plain: true, findings: Infinity },
  { groups: 0, asides: false, plain: true, findings: 2 },
  { groups: 0, asides: false, plain: true, findings: 1, widest: 40 },
]

/** Maximum number of terminal rows at the end of a failed run. */
const screen = 24

const shownRows = (text: string, columns: number): number =>
  text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0)

/** Maximum number of lines, including two of the beginning and the one that counts omitted weaknesses. */
const longest = 22

/** Lines of some blocks, with those between them. */
const rowsOf = (blocks: readonly (readonly string[])[]): number =>
  blocks.filter((lines) => lines.length > 0).reduce((sum, lines) => sum + lines.join('\n').split('\n').length + 1, 0)

/** The gravest in full, the rest by cause. */
function problems({ results, header }: RunOutcome, context: MessageContext, columns: number, groups: number): string[] {
  const { paint } = context
  const all = problemGroups(results)
  const red = all.filter(({ verdict }) => verdict !== 'warn' || header.settings.strict)
  const [worst] = red
  const [first] = worst?.checks ?? []
  const rest = all.flatMap((group) => {
    const checks = group.checks.filter((check) => check !== first)
    return checks.length === 0 ? [] : [{ ...group, checks }]
  })
  const max = first ? groups : most
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
    // Failures already show them.
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
