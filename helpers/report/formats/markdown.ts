import { guidanceOf } from '../../../fixtures/guidance/index.ts'
import { groupBy } from '../group-by.ts'
import { describeConclusion, describeRunReason } from '../describe-reason.ts'
import { clip, fenced, markdown as escaped, markdownProse, ownProse } from '../escape.ts'
import { count } from '../run.ts'
import type { Report } from '../report.ts'
import { versionsText } from '../text.ts'
import { verdicts } from '../../model/verdict.ts'
import { weaknessesOf } from '../weaknesses.ts'
import { remedyLine } from '../remedy-line.ts'
import { problemsOf } from './problems.ts'
import type { Render } from './table.ts'

/** Maximum number of lines, so that people read the comment or job summary to its end. */
const longest = 60

/** Characters of a cell; report.json holds the whole. */
const widest = 300
const cell = (text: string): string => escaped(clip(text, widest))

/** A page in Markdown, of at most 60 lines: for comments and job summaries. */
export const markdown: Render = (report, { folder }) => {
  const { suite, summary, target, drift, failure } = report
  const counts = verdicts
    .filter((verdict) => summary.counts[verdict] > 0)
    .map((verdict) => `${summary.counts[verdict]} ${verdict}`)
  const head = [
    `## ${suite.name}: ${describeConclusion(summary)}`,
    '',
    ...summary.reasons.map((reason) => `- ${cell(describeRunReason(reason))}`),
    ...(summary.reasons.length > 0 ? [''] : []),
    '| | |',
    '|---|---|',
    ...(target
      ? [`| target | ${cell(`${target.label} · ${target.baseUrl}`)} |`, `| server | ${cell(versionsText(target))} |`]
      : []),
    `| checks | ${count(summary.contracts, 'contract')}, ${count(report.checks.length, 'check')}: ${counts.join(', ') || 'none'} |`,
    `| run | ${cell(report.startedAt)}, ${cell(`${suite.name} ${suite.version}`)} |`,
  ]
  const cause = failure ? ['', fenced(failure.message.split('\n').slice(0, 10).join('\n'), 'text', 2_000)] : []
  const foot = ['', `Report: ${cell(folder)}`]
  const parts = [
    table(
      'What fails or warns',
      ['check, requirement', 'severity', 'finding, impact, remedy'],
      problemRows(report),
      20,
    ),
    table('Known weaknesses', ['contracts', 'severity', 'weakness, impact, remedy'], weaknessRows(report), 8),
    table(
      `Drift from the record${drift && drift.deviations.length > 0 ? ' (of another release)' : ''}`,
      ['checks', 'meaning', 'difference'],
      (drift?.changes ?? []).map(({ checks, class: meaning, id }) => [String(checks.length), meaning, cell(id)]),
      5,
    ),
  ]
  const lines = [...head, ...cause, ...parts.flat(), ...foot].flatMap((line) => line.split('\n'))
  return `${lines.slice(0, longest).join('\n')}\n`
}

/** One row for the checks of a contract that fail alike: what it requires, what was found, what that means and what to do. */
function problemRows(report: Report): string[][] {
  const given = new Map<string, string>()
  return [...groupBy(problemsOf(report), ({ rule, verdict, text }) => `${verdict} ${rule} ${text}`).values()].flatMap(
    ([first, ...others]) => {
      if (first === undefined) return []
      const { verdict, rule, name, title, severity, text, impact, remedy, basis } = first
      const more = others.length > 0 ? ` and ${others.length} more` : ''
      return [
        [
          [`**${verdict}** ${sentence(title)}`, `${cell(name)}${more}`, ...basedOn(basis)].join('<br>'),
          severity,
          [cell(text), ...(impact === '' ? [] : [ownProse(impact)]), ...remedyLine(ownProse(remedy), rule, given)].join(
            '<br>',
          ),
        ],
      ]
    },
  )
}

/** Sections and classes of a contract; the page has them all. */
const mostBasis = 4

const basedOn = (basis: readonly string[]): string[] =>
  basis.length === 0 ? [] : [basis.slice(0, mostBasis).map(cell).join(' · ')]

const sentence = (text: string): string => markdownProse(clip(text, widest))

function weaknessRows(report: Report): string[][] {
  const given = new Map<string, string>()
  return weaknessesOf(report.checks).map(({ contracts, severity, issue }) => {
    const [contract = ''] = contracts
    const guidance = guidanceOf(contract)
    const remedy =
      issue.remedy === undefined
        ? remedyLine(ownProse(guidance?.remedy ?? ''), contract, given)
        : [`**Remedy:** ${sentence(issue.remedy)}`]
    return [
      cell(contracts.join(', ')),
      severity,
      [sentence(issue.reason), ...(guidance ? [ownProse(guidance.impact)] : []), ...remedy].join('<br>'),
    ]
  })
}

/** A heading and a table; rows beyond `max` are counted. Empty without rows. */
function table(
  heading: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  max: number,
): string[] {
  if (rows.length === 0) return []
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const more = rows.length > max ? ['', `… and ${rows.length - max} more`] : []
  return [
    '',
    `### ${heading} (${rows.length})`,
    '',
    row(columns),
    row(columns.map(() => '---')),
    ...rows.slice(0, max).map(row),
    ...more,
  ]
}
