import { describeReason } from '../model/describe-reason.ts'
import { checkName } from '../model/result.ts'
import { verdicts } from '../model/verdict.ts'
import { named } from '../report/brief-lists.ts'
import { changeLines, noteLines, type ComparisonConsole } from '../report/comparison-console.ts'
import { countsLine, versionsLine } from '../report/comparison-text.ts'
import { wrap } from '../report/fit.ts'
import { clock } from '../report/progress.ts'
import { groupBy } from '../report/group-by.ts'
import { count, summarize, type RunOutcome } from '../report/run.ts'
import { indented, inline, type Paint } from '../report/text.ts'
import { lossLines } from './loss-lines.ts'
import { concludeUpgrade, type UpgradeOutcome, type UpgradeSummary } from './outcome.ts'

/** Maximum numbers on one screen: lines of a failed update, and reasons for skipped checks. */
const most = { lines: 12, skipped: 2 }

/** The output with `--quiet`: why there is no verdict or no upgraded site, the result, and the counts. */
export function upgradeConclusion(outcome: UpgradeOutcome, { paint }: Pick<ComparisonConsole, 'paint'>): string {
  const summary = concludeUpgrade(outcome)
  return [
    ...failureLines(outcome, paint),
    `${named('result')} ${paint('bold', resultText(outcome, summary))}`,
    closingText(summary),
  ].join('\n')
}

/** The verdict on one screen; the last line contains the counts. @param report The folder as the user wrote it. */
export function upgradeText(outcome: UpgradeOutcome, options: ComparisonConsole & { report: string }): string {
  const { paint, report, width } = options
  const summary = concludeUpgrade(outcome)
  const { comparison, broken, interrupted } = outcome
  const written = outcome.before !== null || outcome.survival !== null || broken !== null
  const next = nextStep(outcome, summary)
  const above = [
    ...failureLines(outcome, paint),
    ...(interrupted
      ? [paint('red', `INTERRUPTED by ${inline(interrupted.signal)} while ${inline(interrupted.during)}`), '']
      : []),
    ...(broken ? brokenLines(outcome, broken, options) : []),
    ...(summary.demonstration
      ? [
          wrap(paint('bold', 'DEMONSTRATION: no Drupal was upgraded, only the reference server of this suite.'), width),
          '',
        ]
      : []),
  ]
  const below = [
    wrap(
      `${named('upgrade')} ${inline(comparison ? versionsLine(comparison) : `${outcome.from} → ${outcome.to}`)}`,
      width,
    ),
    ...(comparison ? noteLines(comparison, { ...options, brief: true }) : []),
    ...partLine('before', outcome.before, width),
    ...survivalLine(outcome, summary, width),
    ...partLine('after', outcome.after, width),
    ...(comparison && comparison.changes.length > 0
      ? [wrap(`${named('changes')} ${countsLine(comparison)}`, width)]
      : []),
    wrap(`${named('result')} ${paint('bold', resultText(outcome, summary))}`, width),
    ...(written ? [`${named('report')} ${inline(report)}/upgrade.html`] : []),
    ...(next === null ? [] : [wrap(`${named('next')} ${next}`, width)]),
    closingText(summary),
  ]
  return [...above, ...middle(outcome, summary, screen - heightOf([...above, ...below]), options), ...below].join('\n')
}

/** Lines of a terminal, less that of the next prompt. */
const screen = 23

const heightOf = (lines: readonly string[]): number => lines.join('\n').split('\n').length

/** What was lost and what changed, in at most this many lines; losses take precedence. */
function middle(
  { comparison, announced = [] }: UpgradeOutcome,
  summary: UpgradeSummary,
  room: number,
  options: ComparisonConsole,
): string[] {
  const losses = (remedies: number): string[] => lossLines(summary, announced, remedies, options)
  const changes = comparison ? blockOf(changeLines(comparison, { ...options, brief: true })) : []
  const least = losses(0)
  const shown = least.length > 0 && heightOf([...least, ...changes]) > room ? [] : changes
  return [...losses(room - heightOf([...least, ...shown])), ...shown]
}

/** "37 passed, 1 failed, 0 skipped" */
export const closingText = ({ passed, failed, skipped }: UpgradeSummary): string =>
  `${String(passed)} passed, ${String(failed)} failed, ${String(skipped.length)} skipped`

const failureLines = ({ failure }: UpgradeOutcome, paint: Paint): string[] =>
  failure === null
    ? []
    : [paint('red', `UPGRADE NOT JUDGED ${inline(failure.code)}`), ...indented(failure.message, '  '), '']

function brokenLines(
  { tried }: UpgradeOutcome,
  { message, lines }: NonNullable<UpgradeOutcome['broken']>,
  { paint, width }: ComparisonConsole,
): string[] {
  const shown = lines.slice(-most.lines)
  const untouched = 'The copy that was upgraded is gone; your code and your database were not touched.'
  return [
    wrap(paint('red', `UPGRADE FAILED: ${inline(message)}`), width),
    ...shown.map((line) => wrap(`  ${inline(line)}`, width)),
    ...(tried ? [wrap(`  ${untouched}`, width)] : []),
    '',
  ]
}

const blockOf = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : [...lines, ''])

/** "535 checks: 411 pass · 124 known" */
export function partText(part: RunOutcome): string {
  const { counts } = summarize(part)
  const all = verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${String(counts[verdict])} ${verdict}`)
  const time = part.milliseconds === undefined ? '' : ` in ${clock(part.milliseconds)}`
  return `${count(part.results.length, 'check')}${time}: ${all.join(' · ')}`
}

const partLine = (name: string, part: RunOutcome | null, width: number): string[] =>
  part === null || part.results.length === 0 ? [] : [wrap(`${named(name)} ${partText(part)}`, width)]

function survivalLine(
  { survival, updated }: UpgradeOutcome,
  { asked, lost, unproven, skipped }: UpgradeSummary,
  width: number,
): string[] {
  if (survival === null || survival.results.length === 0) return []
  const reasons = [...groupBy(skipped, ({ reason }) => (reason ? describeReason(reason) : 'skipped'))]
  const after = updated === null ? '' : ` after an update of ${clock(updated)}`
  const kept = asked - lost.length - unproven.length
  const all = `${count(asked, 'check')}${after}${kept < asked ? '' : ': tokens, codes, keys, settings of consumers, users, sessions, approval'}`
  const skippedText =
    reasons.length > most.skipped
      ? [`${count(skipped.length, 'check')}, about what the site did not have before`]
      : reasons.map(([reason, own]) => `${own.map((one) => inline(checkName(one))).join(', ')} (${inline(reason)})`)
  return [
    wrap(`${named('survived')} ${String(kept)} of ${all}`, width),
    ...skippedText.map((text) => wrap(`${named('not asked')} ${text}`, width)),
  ]
}

/** What to do next, in one line; null if the message said it. */
function nextStep(
  { tried, next = null }: UpgradeOutcome,
  { conclusion, demonstration, lost, open }: UpgradeSummary,
): string | null {
  if (next !== null || demonstration) return next
  switch (conclusion) {
    case 'clients keep working':
      return tried ? 'upgrade the site in the same way, and keep the report' : 'keep the report'
    case 'clients will notice':
      return lost.length > 0
        ? 'fix what was lost, or tell the owners of clients before users notice'
        : `tell the owners of clients${open.length > 0 ? ', or accept what is meant: --accept FILE' : ''}`
    case 'the upgrade fails':
      return 'find the cause in the last lines above, fix it, and try again on a copy'
    case 'incomplete':
      return tried
        ? 'read why a question has no answer, and try again'
        : 'read why a question has no answer: only another upgrade, from "upgrade begin" on, can answer it'
    case 'no verdict':
      return null
  }
}

/** The verdict in one sentence. */
export function resultText(
  outcome: UpgradeOutcome,
  { conclusion, asked, lost, unproven, open }: UpgradeSummary,
): string {
  const { comparison, broken, failure, interrupted } = outcome
  switch (conclusion) {
    case 'clients keep working':
      return `${conclusion}: ${[
        ...(asked > 0 ? ['everything survived'] : []),
        ...(comparison ? ['nothing changed that breaks a client or loosens a check'] : []),
      ].join(', and ')}${asked > 0 ? '' : '; what survived was not asked'}`
    case 'clients will notice':
      return `${conclusion}: ${[
        ...(lost.length > 0 ? [`${count(lost.length, 'thing')} did not survive`] : []),
        ...(open.length > 0 ? [`${count(open.length, 'change')} may break clients or open more than before`] : []),
      ].join(', ')}`
    case 'the upgrade fails':
      return `${conclusion}: ${inline(broken?.message ?? '')}`
    case 'incomplete':
      return `${conclusion}: ${count(unproven.length, 'question')} without an answer, all others survived`
    case 'no verdict':
      return `${conclusion}: ${inline(whyNone(outcome, failure, interrupted))}`
  }
}

function whyNone(
  { before, survival, after, comparison }: UpgradeOutcome,
  failure: UpgradeOutcome['failure'],
  interrupted: UpgradeOutcome['interrupted'],
): string {
  if (failure) return failure.code
  if (interrupted) return `interrupted by ${interrupted.signal}`
  const unproven = Object.entries({ before, survival, after }).find(
    ([, part]) => part && summarize(part).exitCode === 2,
  )
  if (unproven) return `nothing was proven in the part "${unproven[0]}"`
  return comparison ? 'the two runs cannot be compared' : 'nothing was selected'
}
