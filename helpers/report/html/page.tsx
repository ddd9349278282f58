import { raw } from 'hono/html'
import type { Render } from '../formats/table.ts'
import { Asvs } from './asvs-section.tsx'
import { VerdictChart } from './chart.tsx'
import { contentPolicy } from './content-policy.ts'
import { ContractList } from './contract-list.tsx'
import { Drift } from './drift-section.tsx'
import { Filters } from './filters.tsx'
import { Failures, Skipped } from './findings-sections.tsx'
import { Header } from './header.tsx'
import { Differences, Weaknesses } from './known-sections.tsx'
import { contractViews } from './page-report.ts'
import type { Report } from '../report.ts'
import { Policy } from './policy-section.tsx'
import { markup } from './markup.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import { sharedStyle } from './shared-style.ts'
import { seen } from './text.ts'
import { VerdictLegend } from './verdict-legend.tsx'

const style = sharedStyle + pageStyle

/**
 * A report as one HTML file that requests nothing: conclusion, chart, what fails, weaknesses and drift first, then every contract with
 * its evidence. About 3 MB at most for a full run: what fails is shown in full, of what passed only what decides.
 */
export const renderPage: Render = (report) => {
  const { conclusion } = report.summary
  const contracts = contractViews(report.checks)
  const title = `OAuth contract report: ${conclusion}, ${report.target?.label ?? 'no target'}`
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={contentPolicy(style, pageScript)} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>{seen(title, 200)}</title>
        <style>{raw(style)}</style>
      </head>
      <body>
        <a class="skip" href="#contracts">
          Skip to the contracts
        </a>
        <main>
          <Header report={report} />
          <Contents report={report} />
          <section aria-labelledby="chart">
            <h2 id="chart">Verdicts by area and severity</h2>
            <VerdictChart checks={report.checks} />
            <VerdictLegend checks={report.checks} />
          </section>
          <Failures report={report} contracts={contracts} />
          <Policy checks={report.checks} />
          <Weaknesses contracts={contracts} />
          <Drift drift={report.drift} />
          <Differences contracts={contracts} />
          <Skipped checks={report.checks} />
          <section aria-labelledby="contracts">
            <h2 id="contracts">Contracts</h2>
            <Filters report={report} contracts={contracts} />
            <ContractList contracts={contracts} target={report.target} />
          </section>
          <Asvs contracts={contracts} />
        </main>
        <footer>
          <p>
            Secrets are replaced by labels such as <code>‹access_token:1›</code>; the same value always has the same
            label. In the lines for a shell they are variables, to be set first.
          </p>
        </footer>
        <script>{raw(pageScript)}</script>
      </body>
    </html>
  )
  return `<!doctype html>\n${markup(page)}\n`
}

function Contents({ report: { summary, checks } }: { report: Report }) {
  const weaknesses = checks.filter(({ findings }) => findings.some(({ knownIssue }) => knownIssue?.kind === 'weakness'))
  const guarantees = checks.filter(({ guarantee }) => guarantee !== undefined).length
  const { fail, error, blocked, stale, skipped } = summary.counts
  const links = [
    ['fails', 'What fails', fail + error + blocked + stale],
    ['policy', 'Guarantees', guarantees],
    ['weaknesses', 'Weaknesses', weaknesses.length],
    ['drift', 'Drift', null],
    ['differences', 'Known differences', null],
    ['skipped', 'Not tested', skipped],
    ['contracts', 'Contracts', summary.contracts],
    ['asvs', 'ASVS', null],
  ] as const
  const present = links.filter(
    ([id, , number]) =>
      (id !== 'differences' || summary.known > 0) && (!['skipped', 'policy'].includes(id) || number !== 0),
  )
  return (
    <nav aria-label="Contents">
      <ul>
        {present.map(([id, name, number]) => (
          <li>
            <a href={`#${id}`}>{name}</a>
            {number !== null && <span> {number}</span>}
          </li>
        ))}
      </ul>
    </nav>
  )
}
