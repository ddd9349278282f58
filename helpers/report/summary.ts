import { capabilities } from '../../fixtures/capabilities.ts'
import { checkName, type CheckResult, type JudgedFinding } from '../model/result.ts'
import { verdicts, type Verdict } from '../model/verdict.ts'
import { colorOf, type MessageContext } from './failure-message.ts'
import { closingLine, count, summarize, type RunOutcome, type Summary } from './run.ts'
import { siteLines } from './site-lines.ts'
import { indented, valueText, versionsText, inline, type Paint } from './text.ts'

/** Milliseconds → "12.3 s". */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

/** What stands at the end of a run; its last line is always `N passed, N failed, N skipped`. */
export function closing(outcome: RunOutcome, milliseconds: number, context: MessageContext): string {
  const { paint } = context
  const summary = summarize(outcome)
  return [
    ...failure(outcome, paint),
    ...(outcome.interrupted === null ? [] : [paint('red', `INTERRUPTED by ${inline(outcome.interrupted)}`), '']),
    ...banner(outcome, context),
    ...known(outcome.results, paint),
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
      ({ reason }) => reason ?? 'unknown',
      ({ reason }) => meaning(reason),
    ),
    ...policy(outcome.results, paint),
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

function conclusion({ conclusion, reasons }: Summary, paint: Paint): string {
  return `result    ${paint('bold', conclusion)}${reasons.length === 0 ? '' : `: ${inline(reasons.join('; '))}`}`
}

function failure({ failure }: RunOutcome, paint: Paint): string[] {
  return failure === null
    ? []
    : [paint('red', `RUN FAILED ${inline(failure.code)}`), ...indented(failure.message, '  '), '']
}

function banner({ header, results }: RunOutcome, { rerunCommand, paint }: MessageContext): string[] {
  if (header.target?.demonstration !== true || results.length === 0) return []
  return [
    paint('bold', 'DEMONSTRATION: no Drupal was tested.'),
    '  The server was the reference server of this suite. Its verdicts say nothing about any Drupal site.',
    `  To test one, name the folder of its code (it is copied, never written to): ${rerunCommand} --target php --codebase DIR`,
    '',
  ]
}

/** What the known issues cover, equal findings together; first what was given out although a refusal was due. */
function known(results: readonly CheckResult[], paint: Paint): string[] {
  const groups = new Map<string, { granted: boolean; why: string; names: string[] }>()
  for (const result of results) {
    for (const { path, actual, granted = false, knownIssue } of result.findings) {
      if (knownIssue === undefined) continue
      const what = `${path} = ${valueText(actual)}`
      const why = `${inline(`${knownIssue.reason} (${knownIssue.source})`)}${term(knownIssue)}`
      const key = `${granted ? `${paint('red', 'GRANTED')} ` : ''}${inline(what)}\n${why}`
      const group = groups.get(key) ?? { granted, why, names: [] }
      groups.set(key, { ...group, names: [...group.names, inline(checkName(result))] })
    }
  }
  if (groups.size === 0) return []
  const all = [...groups]
  const sorted = [...all.filter(([, { granted }]) => granted), ...all.filter(([, { granted }]) => !granted)]
  const total = all.reduce((sum, [, { names }]) => sum + names.length, 0)
  return [
    paint(colorOf.known, `known     ${count(total, 'finding')} covered by known issues`),
    ...sorted.flatMap(([key, { why, names }]) => [
      `  ${String(names.length).padStart(3)}  ${key.split('\n')[0] ?? ''}`,
      `       ${why}`,
      `       ${names.join(', ')}`,
    ]),
    '',
  ]
}

function term({ owner, until }: NonNullable<JudgedFinding['knownIssue']>): string {
  return `${owner === undefined ? '' : ` · owner ${inline(owner)}`}${until === undefined ? '' : ` · until ${inline(until)}`}`
}

/** Checks of one verdict by what they have in common, the largest group first. */
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
    paint(colorOf[verdict], `${verdict.padEnd(9)} ${count(total, 'check')}`),
    ...[...groups]
      .sort(([, one], [, other]) => other.length - one.length)
      .flatMap(([key, members]) => [
        `  ${String(members.length).padStart(3)}  ${inline(key)}`,
        ...explanations(members, explain),
        `       ${names(members)}`,
      ]),
    '',
  ]
}

/** What a promise came to. */
function promiseWord({ verdict, reason }: CheckResult): string {
  if (verdict === 'pass') return 'proven'
  if (verdict === 'fail') return 'refuted'
  return verdict === 'skipped' && reason?.startsWith('not refuted') ? 'not refuted' : verdict
}

const byConsumer = (one: CheckResult, other: CheckResult): number => {
  const [left, right] = [one, other].map(({ variant, guarantee }) => `${variant ?? ''} ${guarantee ?? ''}`)
  return (left ?? '') < (right ?? '') ? -1 : 1
}

/** Every promise with its consumer and what the server answered, the refuted ones first. */
function policy(results: readonly CheckResult[], paint: Paint): string[] {
  const promises = results.filter(({ guarantee }) => guarantee !== undefined).sort(byConsumer)
  if (promises.length === 0) return []
  const words = ['refuted', ...new Set(promises.map(promiseWord))].filter(
    (one, index, all) => all.indexOf(one) === index,
  )
  const of = (one: string): CheckResult[] => promises.filter((result) => promiseWord(result) === one)
  const counts = words.filter((one) => of(one).length > 0).map((one) => `${of(one).length} ${one}`)
  const lines = words.flatMap((one) =>
    of(one).map((result) => {
      const finding = result.findings.find(({ ok }) => !ok) ?? result.findings.at(-1)
      const answer = finding
        ? `${finding.path}: ${valueText(finding.actual)}`
        : (result.blocker?.message ?? result.reason ?? '')
      return `  ${paint(colorOf[result.verdict], one.padEnd(11))}  ${inline(result.variant ?? '')}   ${inline(result.guarantee ?? '')}   ${inline(answer)}`
    }),
  )
  return [`policy    ${count(promises.length, 'promise')}: ${counts.join(', ')}`, ...lines, '']
}

const shownExplanations = 3

/** Equal causes may come with different messages. */
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

const meaning = (capability: string | null): string =>
  capability !== null && Object.hasOwn(capabilities, capability)
    ? capabilities[capability as keyof typeof capabilities]
    : ''

/** Their messages may stand far above. */
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
      ? [`target    ${inline(`${target.label} · ${target.baseUrl}`)}`, `server    ${inline(versionsText(target))}`]
      : []),
    ...(results.length > 0 ? [`checks    ${ran}: ${counts.join(' · ')}`] : []),
    conclusion(summary, context.paint),
    ...(results.length > 0 ? [`report    ${inline(context.report)}/report.json`] : []),
  ]
}
