import { describeConclusion, describeRunReason } from '../report/describe-reason.ts'
import { cut, wrap } from '../report/fit.ts'
import { closingLine, count } from '../report/run.ts'
import { inline, versionsText, type Paint } from '../report/text.ts'
import {
  concludeSites,
  sharedProblems,
  sharedWeaknesses,
  type SiteResult,
  type SitesOutcome,
  type SitesSummary,
} from './outcome.ts'

/** Lines of each list; the page has them all. */
const most = 8

const named = (name: string): string => name.padEnd(11)

/** Only the conclusion. */
export function sitesConclusion(outcome: SitesOutcome): string {
  const summary = concludeSites(outcome)
  return [`${named('result')} ${resultText(summary)}`, closing(summary)].join('\n')
}

/** The result of several sites on about one screen: what fails, where, and where to read on. */
export function sitesText(outcome: SitesOutcome, page: string, columns: number, paint: Paint): string {
  const summary = concludeSites(outcome)
  const blocks = [
    problemLines(outcome, columns, paint),
    weaknessLines(outcome, columns, paint),
    siteLines(outcome, columns, paint),
    [
      wrap(`${named('sites')} ${countsText(outcome, summary)}, ${count(summary.checks, 'check')}`, columns),
      paint(summary.exitCode === 0 ? 'green' : 'red', `${named('result')} ${resultText(summary)}`),
      `${named('report')} ${inline(page)}`,
      closing(summary),
    ],
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

const closing = ({ passed, failed, skipped }: SitesSummary): string =>
  closingLine({ passed, failed, skipped } as Parameters<typeof closingLine>[0])

const resultText = ({ conclusion, exitCode }: SitesSummary): string =>
  conclusion === 'demonstration' && exitCode !== 0 ? 'demonstration, with failures' : conclusion

/** "40 sites: 1 non-conformant, 39 conformant" */
export const countsText = ({ sites, missing }: SitesOutcome, { counts }: SitesSummary): string =>
  `${count(sites.length + missing.length, 'site')}: ${counts.map(([name, number]) => `${String(number)} ${name}`).join(', ')}`

function problemLines(outcome: SitesOutcome, columns: number, paint: Paint): string[] {
  const problems = sharedProblems(outcome)
  const shown = problems.slice(0, most).map(({ verdict, rule, sites, text }) => {
    const label = `${verdict.toUpperCase().padEnd(7)} ${count(sites.length, 'site').padStart(8)}  `
    const color = verdict === 'warn' || verdict === 'blocked' ? 'yellow' : 'red'
    return paint(color, label) + cut(`${inline(rule)}   ${namesText(sites)}   ${inline(text)}`, columns - label.length)
  })
  return [
    ...shown,
    ...(problems.length > most ? [`        ${count(problems.length - most, 'more contract')}: see the page`] : []),
  ]
}

function weaknessLines(outcome: SitesOutcome, columns: number, paint: Paint): string[] {
  const weaknesses = sharedWeaknesses(outcome)
  if (weaknesses.length === 0) return []
  return [
    paint('cyan', `${named('weaknesses')} ${String(weaknesses.length)} known: the server grants what it has to reject`),
    ...weaknesses
      .slice(0, most)
      .map(({ severity, sites, reason }) =>
        cut(`  ${severity.padEnd(8)}  ${namesText(sites)}: ${inline(reason)}`, columns),
      ),
    ...(weaknesses.length > most ? [`            ${String(weaknesses.length - most)} more: see the page`] : []),
  ]
}

/** Sites that are not conformant, and those without a report. */
function siteLines({ sites, missing }: SitesOutcome, columns: number, paint: Paint): string[] {
  const open = sites.filter(({ summary }) => summary.exitCode !== 0)
  const lines = [
    ...missing.map((name) => `${inline(name)}: no report. See the job that ran it.`),
    ...open.map((site) => `${inline(site.name)}: ${whyOf(site)}`),
  ]
  return [
    ...lines.slice(0, most).map((line) => paint('red', cut(line, columns))),
    ...(lines.length > most ? [`… ${count(lines.length - most, 'more site')}: see the page`] : []),
  ]
}

/** "non-conformant: 3 checks failed (simple_oauth 6.0.9)" */
function whyOf({ summary, target }: SiteResult): string {
  const reasons = summary.reasons.map(describeRunReason).join('; ')
  return inline(
    `${describeConclusion(summary)}${reasons === '' ? '' : `: ${reasons}`} (${versionsText(target, ['drupal', 'simple_oauth'])})`,
  )
}

/** "shop, blog and 3 more" */
export function namesText(sites: readonly Pick<SiteResult, 'name'>[], max = 3): string {
  const names = sites.slice(0, max).map(({ name }) => inline(name))
  return `${names.join(', ')}${sites.length > max ? ` and ${String(sites.length - max)} more` : ''}`
}
