import { html } from 'hono/html'
import { changeClasses } from '../../fixtures/change-classes.ts'
import type { Comparison, JudgedChange } from '../compare/compare.ts'
import {
  announcedText,
  changeText,
  checksText,
  classesOf,
  contractsOf,
  guidanceOfChange,
  needsNoAnnouncement,
  countsLine,
  remarks,
  runLine,
  verdictLine,
  versionsLine,
} from './comparison-text.ts'
import { count } from './run.ts'
import { answerPage, seen } from './html/answer-page.ts'
import { Prose } from './html/prose.tsx'
import { GuidanceTerms } from './html/guidance-terms.tsx'
import { answerStyle, sharedStyle } from './html/shared-style.ts'

const style = `${sharedStyle}${answerStyle}h2 { text-transform: capitalize }
article { border: 1px solid var(--line); border-left: 6px solid var(--strong); border-radius: 4px; padding: .6rem 1.1rem; margin: .75rem 0; break-inside: avoid }
article h3 { margin: 0 0 .25rem; overflow-wrap: anywhere }
.loosened, .breaking { border-left-color: var(--stop) } .risky { border-left-color: var(--look) } .fixed { border-left-color: var(--good) }
summary { cursor: pointer; padding: .2rem 0 }
`
/** One page without scripts or requests, with everything that comparison.json contains. */
export function comparisonHtml(comparison: Comparison): string {
  const { before, after, compared, changes, exitCode, notSeen } = comparison
  const main = html`
    <h1>Did anything change that OAuth clients can see?</h1>
    <p class="verdict exit${String(exitCode)}">${verdictLine(comparison)}</p>
    <dl>
      <dt>Versions</dt>
      <dd>${seen(versionsLine(comparison))}</dd>
      <dt>Before</dt>
      <dd>${seen(runLine(before))}<br /><code>${seen(before.name)}</code></dd>
      <dt>After</dt>
      <dd>${seen(runLine(after))}<br /><code>${seen(after.name)}</code></dd>
      <dt>Compared</dt>
      <dd>${count(compared, 'check')}${changes.length > 0 ? `: ${countsLine(comparison)}` : ''}</dd>
    </dl>
    ${remarks(comparison).map((text) => html`<p>${seen(text)}</p>`)}
    ${classesOf(comparison).map(
      ([name, own]) =>
        html`<section aria-labelledby="${name}">
          <h2 id="${name}">${name}</h2>
          <p>${changeClasses[name]}</p>
          ${own.map(article)}
        </section>`,
    )}
    ${
      notSeen.length === 0
        ? ''
        : html`<section aria-labelledby="notseen">
            <h2 id="notseen">announced, and not seen</h2>
            <p>Between these versions, and shown by no contract of this comparison.</p>
            <ul>
              ${notSeen.map((one) => html`<li>${announcedText(one)}: ${Prose({ text: one.what })} <a href="${one.source}">source</a></li>`)}
            </ul>
          </section>`
    }
  `
  return answerPage(`Comparison: ${versionsLine(comparison)}`, style, main)
}

/** Contracts that are named without a click. */
const mostContracts = 3

/** Which requirements a change is about, and what it means and what to do where one of them is no longer met. */
function meaning(change: JudgedChange): ReturnType<typeof html> | string {
  const contracts = contractsOf(change)
  if (contracts.length === 0) return ''
  const guidance = guidanceOfChange(change)
  const rest = contracts.length - mostContracts
  return html`<dl>
    <dt>About</dt>
    <dd>
      ${contracts.slice(0, mostContracts).map(({ title }) => html`${Prose({ text: title })}<br />`)}${rest > 0 ? `and ${count(rest, 'more contract')}` : ''}
    </dd>
    ${guidance ? GuidanceTerms({ guidance }) : ''}
  </dl>`
}

function article(change: JudgedChange): ReturnType<typeof html> {
  const { accepted, announced, checks } = change
  return html`<article class="${change.class}">
    <h3>${Prose({ text: changeText(change) })} ${checksText(change)}</h3>
    <p>${change.sentence}</p>
    ${meaning(change)}
    ${accepted === null ? '' : html`<p>Accepted by ${seen(accepted.owner)}: ${seen(accepted.reason)}${accepted.until === undefined ? '' : ` (until ${accepted.until})`}</p>`}
    ${announced.length === 0 ? (needsNoAnnouncement(change.fact) ? '' : html`<p><strong>Not announced.</strong></p>`) : announced.map((one) => html`<p>Announced: ${announcedText(one)}. ${Prose({ text: one.what })} <a href="${one.source}">Source</a>${one.remedy === undefined ? '' : html`<br /><strong>Remedy:</strong> ${Prose({ text: one.remedy })}`}</p>`)}
    ${
      checks.length === 0
        ? ''
        : html`<details>
            <summary>
              ${contractsOf(change).length === 1 ? 'The contract' : `${String(contractsOf(change).length)} contracts`}
              behind it
            </summary>
            <ul>
              ${contractsOf(change).map(({ id, title }) => html`<li><code>${seen(id)}</code> ${Prose({ text: title })}<br />${checks.filter(({ contract }) => contract === id).map(({ name, verdicts: [one, other] }) => html`<small>${seen(name)}: ${one === other ? one : `${one} → ${other}`}</small><br />`)}</li>`)}
            </ul>
          </details>`
    }
  </article>`
}
