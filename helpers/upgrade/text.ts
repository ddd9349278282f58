import { expectedGot } from '../model/describe-value.ts'
import { describeReason } from '../model/describe-reason.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import { verdicts } from '../model/verdict.ts'
import { changeLines, type ComparisonConsole } from '../report/comparison-console.ts'
import { versionsLine, remarks } from '../report/comparison-text.ts'
import { count, summarize, type RunOutcome } from '../report/run.ts'
import { seconds } from '../report/summary.ts'
import { indented, inline, type Paint } from '../report/text.ts'
import { concludeUpgrade, type UpgradeOutcome, type UpgradeSummary } from './outcome.ts'

/** Lines of a failed update, and things lost or skipped, that are shown on one screen. */
const most = { lines: 12, lost: 6, skipped: 3 }

/** What `--quiet` prints: why there is no verdict or no upgraded site, the result, and the counts. */
export function upgradeConclusion(outcome: UpgradeOutcome, { paint }: Pick<ComparisonConsole, 'paint'>): string {
  const summary = concludeUpgrade(outcome)
  return [
    ...failureLines(outcome, paint),
    paint('bold', `result    ${resultText(outcome, summary)}`),
    closingLine(summary),
  ].join('\n')
}

/** The verdict on one screen; the last line counts. @param report The folder as the user wrote it. */
export function upgradeText(outcome: UpgradeOutcome, options: ComparisonConsole & { report: string }): string {
  const { paint, report } = options
  const summary = concludeUpgrade(outcome)
  const { comparison, broken, interrupted } = outcome
  const written = outcome.before !== null || outcome.survival !== null || broken !== null
  return [
    ...failureLines(outcome, paint),
    ...(interrupted
      ? [paint('red', `INTERRUPTED by ${inline(interrupted.signal)} while ${inline(interrupted.during)}`), '']
      : []),
    ...(broken ? brokenLines(broken, options) : []),
    ...(summary.demonstration
      ? [paint('bold', 'DEMONSTRATION: no Drupal was upgraded, only the reference server of this suite.'), '']
      : []),
    ...resultLines('LOST', 'what worked before the upgrade, and does not after it', summary.lost, options),
    ...resultLines('NOT PROVEN', 'questions without an answer', summary.unproven, options),
    ...(comparison && comparison.changes.length > 0 ? [...changeLines(comparison, options), ''] : []),
    `upgrade   ${inline(comparison ? versionsLine(comparison) : `${outcome.from} → ${outcome.to}`)}`,
    ...(comparison ? remarks(comparison).map((text) => `${paint('yellow', 'note')}      ${inline(text)}`) : []),
    ...partLine('before', outcome.before),
    ...(outcome.updated === null ? [] : [`upgraded  in ${seconds(outcome.updated)}`]),
    ...survivalLine(outcome, summary),
    ...partLine('after', outcome.after),
    paint('bold', `result    ${resultText(outcome, summary)}`),
    ...(written ? [`report    ${inline(report)}/upgrade.html`] : []),
    closingLine(summary),
  ].join('\n')
}

const closingLine = ({ passed, failed, skipped }: UpgradeSummary): string =>
  `${String(passed)} passed, ${String(failed)} failed, ${String(skipped.length)} skipped`

const failureLines = ({ failure }: UpgradeOutcome, paint: Paint): string[] =>
  failure === null
    ? []
    : [paint('red', `UPGRADE NOT JUDGED ${inline(failure.code)}`), ...indented(failure.message, '  '), '']

function brokenLines(
  { message, lines }: NonNullable<UpgradeOutcome['broken']>,
  { paint }: ComparisonConsole,
): string[] {
  const shown = lines.slice(-most.lines)
  return [
    paint('red', `UPGRADE FAILED: ${inline(message)}`),
    ...shown.map((line) => `  ${inline(line)}`),
    '  The copy that was upgraded is gone; your code and your database were not touched.',
    '',
  ]
}

function resultLines(
  title: string,
  meaning: string,
  results: readonly CheckResult[],
  { paint }: ComparisonConsole,
): string[] {
  if (results.length === 0) return []
  const more = results.length - most.lost
  return [
    `${paint('red', title)}  ${paint('gray', meaning)}`,
    ...results
      .slice(0, most.lost)
      .flatMap((result) => [
        `  ${inline(result.title)}`,
        paint('gray', `    ${inline(checkName(result))} · ${result.severity} · ${inline(whyLost(result))}`),
      ]),
    ...(more > 0 ? [paint('gray', `  … and ${String(more)} more in the report`)] : []),
    '',
  ]
}

/** What was expected, and what came. */
export function whyLost({ findings, blocker, reason }: CheckResult): string {
  const wrong = findings.find(({ ok }) => !ok)
  if (wrong) return expectedGot(wrong)
  if (blocker) return blocker.message
  return reason ? describeReason(reason) : 'no verdict'
}

/** "535 checks: 411 pass · 124 known" */
export function partText(part: RunOutcome): string {
  const { counts } = summarize(part)
  const all = verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${String(counts[verdict])} ${verdict}`)
  return `${count(part.results.length, 'check')}: ${all.join(' · ')}`
}

const partLine = (name: string, part: RunOutcome | null): string[] =>
  part === null || part.results.length === 0 ? [] : [`${name.padEnd(9)} ${partText(part)}`]

function survivalLine({ survival }: UpgradeOutcome, { asked, lost, unproven, skipped }: UpgradeSummary): string[] {
  if (survival === null) return []
  const reasons = [...new Set(skipped.map(({ reason }) => (reason ? describeReason(reason) : 'skipped')))]
  return [
    `survived  ${String(asked - lost.length - unproven.length)} of ${count(asked, 'check')}: tokens, codes, keys, settings of consumers, users, sessions, approval`,
    ...reasons.slice(0, most.skipped).map((reason) => {
      const own = skipped.filter((one) => one.reason && describeReason(one.reason) === reason)
      return `          not asked: ${own.map((one) => inline(checkName(one))).join(', ')} (${inline(reason)})`
    }),
  ]
}

/** The verdict in one sentence. */
export function resultText(outcome: UpgradeOutcome, { conclusion, lost, unproven, open }: UpgradeSummary): string {
  const { comparison, broken, failure, interrupted } = outcome
  switch (conclusion) {
    case 'clients keep working':
      return `${conclusion}: everything survived${comparison ? ', and nothing changed that breaks a client or loosens a check' : ''}`
    case 'clients will notice':
      return `${conclusion}: ${[
        ...(lost.length > 0 ? [`${count(lost.length, 'thing')} did not survive`] : []),
        ...(open.length > 0 ? [`${count(open.length, 'change')} may break clients or open more than before`] : []),
      ].join(', ')}`
    case 'the upgrade fails':
      return `${conclusion}: ${inline(broken?.message ?? '')}`
    case 'incomplete':
      return `${conclusion}: ${count(unproven.length, 'question')} without an answer, all others are well`
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
