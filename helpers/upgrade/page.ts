import { guidanceOf } from '../../fixtures/guidance/index.ts'
import { html } from 'hono/html'
import { describeReason } from '../model/describe-reason.ts'
import { suite } from '../model/package.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import type { Verdict } from '../model/verdict.ts'
import {
  announcedText,
  changeText,
  contractsOf,
  explanationText,
  verdictLine,
  versionsLine,
} from '../report/comparison-text.ts'
import { answerPage, seen } from '../report/html/answer-page.ts'
import { Prose } from '../report/html/prose.tsx'
import { answerStyle, sharedStyle } from '../report/html/shared-style.ts'
import { evidenceName } from '../report/evidence-name.ts'
import { concludeUpgrade, type UpgradeOutcome } from './outcome.ts'
import { partNames } from './part.ts'
import { announcementOf, graveFirst, whyLost } from './causes.ts'
import { partText, resultText } from './text.ts'

const style = `${sharedStyle}${answerStyle}.wide { overflow-x: auto; position: relative }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
th:first-child, td:first-child { white-space: nowrap; overflow-wrap: normal; width: 1% } th:nth-child(2) { width: 40% }
@media (max-width: 40rem) { thead { display: none } tr, td, td:first-child { display: block; white-space: normal } tr { border-bottom: 1px solid var(--line); padding: .5rem 0 } td { border: 0; padding: .1rem 0 } td:first-child { font-weight: 600 } }
@media print { table { font-size: 9pt } th, td { padding: .2rem .5rem } .wide { overflow: visible } }
td.fail, td.error, td.stale { color: var(--fail) } td.blocked { color: var(--blocked) } td.pass { color: var(--pass) } td.skipped { color: var(--skipped) } td.known { color: var(--known) } td.warn { color: var(--warn) }
`
/** One page without scripts or requests, with links to the reports of the parts. */
export function upgradeHtml(outcome: UpgradeOutcome): string {
  const summary = concludeUpgrade(outcome)
  const { from, to, startedAt, comparison, broken, survival } = outcome
  const main = html`
    <h1>Does anything break for OAuth clients when this site is upgraded?</h1>
    <p class="verdict exit${String(summary.exitCode)}">${seen(resultText(outcome, summary))}</p>
    ${summary.demonstration ? html`<p>A demonstration: no Drupal was upgraded, only the reference server.</p>` : ''}
    <dl>
      <dt>Run</dt>
      <dd>${startedAt.slice(0, 16).replace('T', ' ')} UTC · ${suite.name} ${suite.version}</dd>
      <dt>From</dt>
      <dd><code>${seen(from)}</code></dd>
      <dt>To</dt>
      <dd><code>${seen(to)}</code></dd>
      ${
        comparison
          ? html`<dt>Versions</dt>
              <dd>${seen(versionsLine(comparison))}</dd>`
          : ''
      }
      ${partNames.map((name) => {
        const part = outcome[name]
        return part === null || part.results.length === 0
          ? ''
          : html`<dt>${titles[name]}</dt>
              <dd>
                ${partText(part)} (<a href="${name}/report.html">report</a>,
                <a href="${name}/report.json">report.json</a>, <a href="${name}/evidence/">evidence</a>)
              </dd>`
      })}
    </dl>
    ${
      broken
        ? html`<h2>The upgrade itself</h2>
            <p>${seen(broken.message)}</p>
            <pre>${broken.lines.map((line) => `${seen(line)}\n`).join('')}</pre>`
        : ''
    }
    ${survival ? survivalTable('What did not survive, or was not proven', survival.results.filter(isOpen), outcome) : ''}
    ${
      comparison
        ? html`<h2>What changed</h2>
            <p>${seen(verdictLine(comparison))} <a href="comparison.html">All changes</a></p>
            <ul>
              ${summary.open.map(
                (change) =>
                  html`<li>
                    <b>${change.class}</b>: ${Prose({ text: changeText(change) })}. ${change.sentence}
                    ${seen(explanationText(change) ?? '')}${contractsOf(change)
                      .slice(0, 3)
                      .map(({ title }) => html`<br /><small>${Prose({ text: title })}</small>`)}
                  </li>`,
              )}
            </ul>`
        : ''
    }
    ${
      survival
        ? survivalTable(
            'What survived',
            survival.results.filter((result) => !isOpen(result)),
            outcome,
          )
        : ''
    }
  `
  return answerPage(`Upgrade: ${comparison ? versionsLine(comparison) : to}`, style, main)
}

/** Whether it is not certain that it survived. */
const isOpen = ({ verdict }: CheckResult): boolean => verdict !== 'pass' && verdict !== 'known'

/** A heading and a row for each; nothing without rows. */
function survivalTable(
  heading: string,
  results: readonly CheckResult[],
  outcome: UpgradeOutcome,
): ReturnType<typeof html> | string {
  if (results.length === 0) return ''
  const isExplained = results.some(({ verdict }) => verdict !== 'pass')
  return html`<h2>${heading}</h2>
    <div class="wide" role="group" aria-label="${heading}" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Survived?</th>
            <th scope="col">What</th>
            ${isExplained ? html`<th scope="col">Why</th>` : ''}
          </tr>
        </thead>
        <tbody>
          ${[...results].sort(worstFirst).map((result) => row(result, isExplained ? explanation(result, outcome) : ''))}
        </tbody>
      </table>
    </div>`
}

const titles = { before: 'Before', survival: 'Survival', after: 'After' } as const

const ranks = ['error', 'fail', 'stale', 'blocked', 'warn', 'known', 'skipped', 'pass'] as const

const worstFirst = (one: CheckResult, other: CheckResult): number =>
  ranks.indexOf(one.verdict) - ranks.indexOf(other.verdict) || graveFirst(one, other)

/** The cell that says why. */
function explanation(result: CheckResult, { announced = [] }: UpgradeOutcome): ReturnType<typeof html> {
  const { verdict, contract, reason } = result
  const why = verdict === 'pass' ? '' : verdict === 'skipped' && reason ? describeReason(reason) : whyLost(result)
  const cause = verdict === 'fail' || verdict === 'blocked' ? announcementOf(result, announced) : undefined
  const guidance = verdict === 'fail' ? guidanceOf(contract) : undefined
  return html`<td>
    ${seen(why)}${guidance ? html`<br /><b>Impact:</b> ${Prose({ text: guidance.impact })}<br /><b>Remedy:</b> ${Prose({ text: cause?.remedy ?? guidance.remedy })}` : ''}${cause ? html`<br /><b>Announced:</b> ${announcedText(cause)}. ${Prose({ text: cause.what })} <a href="${cause.source}">Source</a>${guidance || cause.remedy === undefined ? '' : html`<br /><b>Remedy:</b> ${Prose({ text: cause.remedy })}`}` : ''}
  </td>`
}

function row(result: CheckResult, why: ReturnType<typeof html> | string): ReturnType<typeof html> {
  const { verdict, title, contract, severity } = result
  return html`<tr>
    <td class="${verdict}">${words[verdict]}</td>
    <td>
      ${Prose({ text: title })}<br /><small
        ><a href="survival/evidence/${evidenceName(contract)}">${seen(checkName(result))}</a> · ${severity}</small
      >
    </td>
    ${why}
  </tr>`
}

/** Verdicts as answers to "did it survive?". */
const words: Readonly<Record<Verdict, string>> = {
  pass: 'yes',
  known: 'yes, as known',
  warn: 'in part',
  fail: 'no',
  stale: 'no',
  skipped: 'not asked',
  blocked: 'not proven',
  error: 'not proven',
}
