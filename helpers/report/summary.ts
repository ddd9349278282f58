import { checkName, type CheckResult } from '../model/result.ts'
import { verdicts, type Verdict } from '../model/verdict.ts'
import { capabilityOf, describeReason } from '../model/describe-reason.ts'
import { describeConclusion, describeRunReason } from './describe-reason.ts'
import { colorOf, type MessageContext } from './failure-message.ts'
import { closingLine, count, summarize, type RunOutcome, type Summary } from './run.ts'
import { mcpLines } from './mcp-lines.ts'
import { offersLines } from './offers-lines.ts'
import { driftLines } from './drift-lines.ts'
import { knownLines } from './known-lines.ts'
import { policyLines } from './policy-lines.ts'
import { siteLines } from './site-lines.ts'
import { indented, versionsText, inline, type Paint } from './text.ts'

/** Milliseconds → "12.3 s". */
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

/** The whole end of a run's output, as `--verbose` prints it; its last line is always `N passed, N failed, N skipped`. */
export function closing(outcome: RunOutcome, milliseconds: number, context: MessageContext): string {
  const { paint } = context
  const summary = summarize(outcome)
  return [
    ...failure(outcome, paint),
    ...(outcome.interrupted === null ? [] : [paint('red', `INTERRUPTED by ${inline(outcome.interrupted)}`), '']),
    ...banner(outcome, context),
    ...knownLines(outcome, paint),
    ...driftLines(outcome, paint),
    ...grouped(
      outcome.results,
      'blocked',
      paint,
      ({ blocker }) => blocker?.cause ?? 'unknown',
      ({ blocker }) => blocker?.message ?? '',
    ),
    ...grouped(
      outcome.results,
      'skipped',
      paint,
      ({ reason }) => (reason === null ? 'unknown' : describeReason(reason)),
      ({ reason }) => (reason && capabilityOf(reason)) ?? '',
    ),
    ...policyLines(outcome.results, paint),
    ...siteLines(outcome, paint),
    ...red(outcome.results, paint),
    ...facts(outcome, summary, milliseconds, context),
    closingLine(summary),
  ].join('\n')
}

/** What `--quiet` prints: why a run failed, its conclusion, and the last line. */
export function conclusionAlone(outcome: RunOutcome, paint: Paint): string {
  const summary = summarize(outcome)
  return [...failure(outcome, paint), conclusion(summary, paint), closingLine(summary)].join('\n')
}

export function conclusion(summary: Summary, paint: Paint): string {
  const why = summary.reasons.length === 0 ? '' : `: ${inline(summary.reasons.map(describeRunReason).join('; '))}`
  return `result      ${paint('bold', describeConclusion(summary))}${why}`
}

export function failure({ failure }: RunOutcome, paint: Paint): string[] {
  return failure === null
    ? []
    : [paint('red', `RUN FAILED ${inline(failure.code)}`), ...indented(failure.message, '  '), '']
}

export function banner({ header, results }: RunOutcome, { rerunCommand, paint }: MessageContext): string[] {
  if (header.target?.demonstration !== true || results.length === 0) return []
  return [
    paint('bold', 'DEMONSTRATION: no Drupal was tested.'),
    '  The embedded reference server was tested, and no site. To test one, name the',
    '  folder of its code; it is copied, and never written to:',
    `    ${rerunCommand} --codebase DIR`,
    '',
  ]
}

/** Groups checks of one verdict by cause, the largest group first. */
function grouped(
  results: readonly CheckResult[],
  verdict: Verdict,
  paint: Paint,
  keyOf: (result: CheckResult) => string,
  explain: (result: CheckResult) => string,
): string[] {
  const groups = new Map<string, CheckResult[]>()
  for (const result of results) {
    if (result.verdict !== verdict) continue
    groups.set(keyOf(result), [...(groups.get(keyOf(result)) ?? []), result])
  }
  if (groups.size === 0) return []
  const total = results.filter((result) => result.verdict === verdict).length
  return [
    paint(colorOf[verdict], `${verdict.padEnd(11)} ${count(total, 'check')}`),
    ...[...groups]
      .sort(([, a], [, b]) => b.length - a.length)
      .flatMap(([key, members]) => [
        `  ${String(members.length).padStart(3)}  ${inline(key)}`,
        ...explanations(members, explain),
        `       ${names(members)}`,
      ]),
    '',
  ]
}

const shownExplanations = 3

/** Equal causes may have different messages. */
function explanations(members: readonly CheckResult[], explain: (result: CheckResult) => string): string[] {
  const all = [...new Set(members.map(explain))].filter((text) => text !== '')
  const more =
    all.length > shownExplanations ? [`       … (${count(all.length - shownExplanations, 'more message')})`] : []
  return [...all.slice(0, shownExplanations).map((text) => `       ${inline(text)}`), ...more]
}

const shownNames = 8

function names(results: readonly CheckResult[]): string {
  const shown = results.slice(0, shownNames).map((result) => inline(checkName(result)))
  return [...shown, ...(results.length > shownNames ? [`and ${results.length - shownNames} more`] : [])].join(', ')
}

/** Lists them again, because their messages may be far above. */
function red(results: readonly CheckResult[], paint: Paint): string[] {
  const lines = (['warn', 'stale', 'error', 'fail'] as const).flatMap((verdict) =>
    results
      .filter((result) => result.verdict === verdict)
      .map(
        (result) =>
          `  ${paint(colorOf[verdict], verdict.padEnd(5))}  ${inline(checkName(result))}   ${inline(result.location)}`,
      ),
  )
  return lines.length === 0 ? [] : [...lines, '']
}

function facts(
  { header, results }: RunOutcome,
  summary: Summary,
  milliseconds: number,
  context: MessageContext,
): string[] {
  const { target } = header
  const counts = verdicts
    .filter((verdict) => summary.counts[verdict] > 0)
    .map((verdict) => context.paint(colorOf[verdict], `${summary.counts[verdict]} ${verdict}`))
  const ran = `${count(summary.contracts, 'contract')}, ${count(results.length, 'check')} in ${seconds(milliseconds)}`
  return [
    ...(target
      ? [`target      ${inline(`${target.label} · ${target.baseUrl}`)}`, `server      ${inline(versionsText(target))}`]
      : []),
    ...offersLines(target),
    ...mcpLines({ header, results }),
    ...(results.length > 0 ? [`checks      ${ran}: ${counts.join(' · ')}`] : []),
    conclusion(summary, context.paint),
    ...(results.length > 0 ? [`report      ${inline(context.report)}/report.json`] : []),
    ...(results.length > 0 && context.page !== undefined ? [`page        ${inline(context.page)}`] : []),
  ]
}
