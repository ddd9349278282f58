import { html } from 'hono/html'
import { factText, valueText } from '../compare/describe.ts'
import type { Matrix, MatrixRow } from '../compare/matrix.ts'
import { markdown } from './escape.ts'
import { answerPage, seen } from './html/answer-page.ts'
import { Prose } from './html/prose.tsx'
import { sharedStyle } from './html/shared-style.ts'
import { count } from './run.ts'
import { versionsText } from './text.ts'

const letter = (index: number): string => String.fromCharCode(65 + index)

const summaryText = ({ compared, rows }: Matrix): string =>
  `${count(compared, 'check')} compared: ${rows.length === 0 ? 'no difference' : count(rows.length, 'difference')}`

const valuesOf = ({ fact, values }: MatrixRow): string[] => values.map((value) => valueText(fact, value))

/** Several runs side by side: one row for each fact that differs, one column per run. */
export function matrixMarkdown(matrix: Matrix): string {
  const { runs, rows } = matrix
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const letters = runs.map((_, index) => letter(index))
  const table = [
    line(['fact', 'checks', ...letters]),
    line(['---', '---', ...letters.map(() => '---')]),
    ...rows.map((row) => line([markdown(factText(row)), String(row.checks.length), ...valuesOf(row).map(markdown)])),
  ]
  return [
    `### ${summaryText(matrix)}`,
    '',
    ...runs.map(
      ({ name, run }, index) => `- ${letter(index)}: ${markdown(name)}, ${markdown(versionsText(run.target))}`,
    ),
    ...(rows.length === 0 ? [] : ['', ...table]),
    '',
  ].join('\n')
}

const style = `${sharedStyle}
main { max-width: none }
table { border-collapse: collapse }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; min-width: 10rem }
tbody th { font-weight: 400; min-width: 14rem }
.wide { overflow-x: auto }
@media print { table { font-size: 8.5pt } th, td, tbody th { min-width: 0 } .wide { overflow: visible } }
`

/** The same as one page without scripts or requests; a fact expands to show its checks. */
export function matrixHtml(matrix: Matrix): string {
  const { runs, rows } = matrix
  const main = html`
    <h1>What is not the same in all runs</h1>
    <p>${summaryText(matrix)}</p>
    <dl>
      ${runs.map(
        ({ name, run }, index) =>
          html`<dt>${letter(index)}</dt>
            <dd>${seen(versionsText(run.target))}<br /><code>${seen(name)}</code></dd>`,
      )}
    </dl>
    <div class="wide" role="group" aria-label="Facts by run" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">fact</th>
            ${runs.map((_, index) => html`<th scope="col">${letter(index)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${Prose({ text: factText(row) })} ${checksOf(row)}</th>
                ${valuesOf(row).map((value) => html`<td>${seen(value)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `
  return answerPage(summaryText(matrix), style, main)
}

const checksOf = ({ checks }: MatrixRow): ReturnType<typeof html> | string =>
  checks.length === 0
    ? ''
    : html`<details>
        <summary>${count(checks.length, 'check')}</summary>
        <ul>
          ${checks.map((name) => html`<li><code>${seen(name)}</code></li>`)}
        </ul>
      </details>`
