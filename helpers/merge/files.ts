import { guidanceOf } from '../../fixtures/guidance/index.ts'
import { describeConclusion, describeRunReason } from '../report/describe-reason.ts'
import { clip, escapeJson, markdown, markdownProse, ownProse } from '../report/escape.ts'
import { remedyLine } from '../report/remedy-line.ts'
import { count } from '../report/run.ts'
import { versionsText } from '../report/text.ts'
import { concludeSites, sharedProblems, sharedWeaknesses, type SiteResult, type SitesOutcome } from './outcome.ts'
import { countsText, namesText } from './text.ts'

/** Incremented by every change that breaks readers of the previous version. */
const schemaVersion = 1

/** `sites.json`; its form is fixtures/schemas/sites.schema.json. */
export function sitesJson(outcome: SitesOutcome): string {
  const { suite, sites, missing } = outcome
  const { conclusion, exitCode, counts, checks, passed, failed, skipped } = concludeSites(outcome)
  const content = {
    ...{ schemaVersion, suite, conclusion, exitCode },
    counts: Object.fromEntries(counts),
    ...{ checks, passed, failed, skipped, missing },
    sites: sites.map(({ summary, problems, weaknesses, ...site }) => ({
      ...site,
      target: site.target && { label: site.target.label, baseUrl: site.target.baseUrl, versions: site.target.versions },
      ...{ conclusion: summary.conclusion, exitCode: summary.exitCode, counts: summary.counts },
      reasons: summary.reasons,
      problems: problems.map(({ rule, severity, verdict, checks: number }) => ({
        rule,
        severity,
        verdict,
        checks: number,
      })),
      weaknesses: weaknesses.map(({ contracts, severity, reason }) => ({ contracts, severity, reason })),
      report: `${site.folder}/report.json`,
    })),
  }
  return `${escapeJson(JSON.stringify(content, null, 2))}\n`
}

/** Rows of each table. */
const most = 20

/** Characters of a cell. */
const widest = 200
const cell = (text: string): string => markdown(clip(text, widest))

/** A page in Markdown, of at most 60 lines: for comments and job summaries. */
export function sitesMarkdown(outcome: SitesOutcome): string {
  const { suite, sites, missing } = outcome
  const summary = concludeSites(outcome)
  const open = sites.filter((site) => site.summary.exitCode !== 0)
  const lines = [
    `## ${suite.name}: ${summary.conclusion}`,
    '',
    `${countsText(outcome, summary)}, ${count(summary.checks, 'check')}.`,
    ...table(
      'Sites to look at',
      ['site', 'result', 'server'],
      [
        ...missing.map((name) => [cell(name), 'no report', '–']),
        ...open.map((site) => [
          cell(site.name),
          cell(resultOf(site)),
          cell(versionsText(site.target, ['drupal', 'simple_oauth'])),
        ]),
      ],
    ),
    ...table('What fails or warns', ['contract, impact, remedy', 'severity', 'sites'], problemRows(outcome)),
    ...table('Known weaknesses', ['weakness, remedy', 'severity', 'sites'], weaknessRows(outcome), 5),
  ]
  return `${lines.join('\n')}\n`
}

const prose = (text: string): string => markdownProse(clip(text, 2 * widest))
const sitesCell = (own: readonly SiteResult[]): string => cell(`${String(own.length)}: ${namesText(own, 5)}`)

function problemRows(outcome: SitesOutcome): string[][] {
  const given = new Map<string, string>()
  return sharedProblems(outcome).map(({ verdict, rule, title, severity, impact, remedy, sites }) => [
    [
      `**${verdict}** ${prose(title)}`,
      cell(rule),
      ...(impact === '' ? [] : [ownProse(impact)]),
      ...remedyLine(ownProse(remedy), rule, given),
    ].join('<br>'),
    severity,
    sitesCell(sites),
  ])
}

function weaknessRows(outcome: SitesOutcome): string[][] {
  const given = new Map<string, string>()
  return sharedWeaknesses(outcome).map(({ severity, reason, remedy, contracts, sites }) => [
    [prose(reason), ...remedyLine(remedyOf(contracts, remedy), contracts[0] ?? '', given)].join('<br>'),
    severity,
    sitesCell(sites),
  ])
}

/** That of the known issue, else that of the contract; in Markdown. */
const remedyOf = ([contract = '']: readonly string[], remedy: string | null): string =>
  remedy === null ? ownProse(guidanceOf(contract)?.remedy ?? '') : prose(remedy)

const resultOf = ({ summary }: SiteResult): string =>
  [describeConclusion(summary), ...summary.reasons.map(describeRunReason)].join('; ')

/** A heading and a table; rows beyond `max` are counted. Empty without rows. */
function table(
  heading: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  max = most,
): string[] {
  if (rows.length === 0) return []
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    ...['', `### ${heading} (${String(rows.length)})`, ''],
    row(columns),
    row(columns.map(() => '---')),
    ...rows.slice(0, max).map(row),
    ...(rows.length > max ? ['', `… and ${String(rows.length - max)} more`] : []),
  ]
}
