import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { changeClasses } from '../../fixtures/change-classes.ts'
import type { Comparison, JudgedChange } from '../compare/compare.ts'
import {
  announcedText,
  changeText,
  checksText,
  classesOf,
  contractsOf,
  isVerdictOnly,
  countsLine,
  remarks,
  runLine,
  verdictLine,
  versionsLine,
} from './comparison-text.ts'
import { terminal } from './escape.ts'

/** Of all pages of comparisons. */
export const pageStyle = `
:root { color-scheme: light dark; --line: #8886; --stop: #b3261e; --look: #7a5c00; --good: #1b6b2f }
@media (prefers-color-scheme: dark) { :root { --stop: #ff8a80; --look: #ffd54f; --good: #81c995 } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem; border-bottom: 1px solid var(--line) }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
article { border-left: .3rem solid var(--line); padding: .1rem 1rem; margin: 1rem 0 }
.loosened, .breaking { border-color: var(--stop) } .risky { border-color: var(--look) } .fixed { border-color: var(--good) }
.verdict { font-weight: bold; padding: .5rem 1rem; border: 2px solid var(--good) }
.verdict.exit1 { border-color: var(--stop) } .verdict.exit2 { border-color: var(--look) }
dt { font-weight: bold } dd { margin: 0 0 .5rem }
@media print { details { display: block } }
`
/** A page may use this style alone, and request nothing. */
export const pagePolicy = (style: string): string =>
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`

/** What a server said, with what cannot be seen made visible; hono escapes it for HTML. */
export const seen = (text: string): string => terminal(text, { max: 2_000 })

/** One page without scripts or requests, which says everything that comparison.json says. */
export function comparisonHtml(comparison: Comparison): string {
  const { before, after, compared, changes, exitCode, notSeen } = comparison
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${pagePolicy(pageStyle)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${seen(`Comparison: ${versionsLine(comparison)}`)}</title>
        ${raw(`<style>${pageStyle}</style>`)}
      </head>
      <body>
        <main>
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
            <dd>${String(compared)} checks${changes.length > 0 ? `: ${countsLine(comparison)}` : ''}</dd>
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
                    ${notSeen.map((one) => html`<li>${announcedText(one)}: ${seen(one.what)} <a href="${one.source}">source</a></li>`)}
                  </ul>
                </section>`
          }
        </main>
      </body>
    </html> `
  // Nothing in it is awaited.
  return (page as HtmlEscapedString).toString()
}

function article(change: JudgedChange): ReturnType<typeof html> {
  const { accepted, announced, checks } = change
  return html`<article class="${change.class}">
    <h3>${seen(changeText(change))} ${checksText(change)}</h3>
    <p>${change.sentence}</p>
    ${accepted === null ? '' : html`<p>Accepted by ${seen(accepted.owner)}: ${seen(accepted.reason)}${accepted.until === undefined ? '' : ` (until ${accepted.until})`}</p>`}
    ${announced.length === 0 ? (isVerdictOnly(change.fact) ? '' : html`<p><strong>Not announced.</strong></p>`) : announced.map((one) => html`<p>Announced: ${announcedText(one)}. ${seen(one.what)} <a href="${one.source}">Source</a></p>`)}
    ${
      checks.length === 0
        ? ''
        : html`<details>
            <summary>
              ${contractsOf(change).length === 1 ? 'The contract' : `${String(contractsOf(change).length)} contracts`}
              behind it
            </summary>
            <ul>
              ${contractsOf(change).map(({ id, title }) => html`<li><code>${seen(id)}</code> ${seen(title)}<br />${checks.filter(({ contract }) => contract === id).map(({ name, verdicts: [one, other] }) => html`<small>${seen(name)}: ${one === other ? one : `${one} → ${other}`}</small><br />`)}</li>`)}
            </ul>
          </details>`
    }
  </article>`
}
