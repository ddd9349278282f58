import { raw } from 'hono/html'
import { guidanceOf } from '../../fixtures/guidance/index.ts'
import { describeConclusion, describeRunReason } from '../report/describe-reason.ts'
import { contentPolicy } from '../report/html/content-policy.ts'
import { GuidanceTerms } from '../report/html/guidance-terms.tsx'
import { markup } from '../report/html/markup.ts'
import { anchorOf } from '../report/html/page-report.ts'
import { pageStyle } from '../report/html/page-style.ts'
import { Prose } from '../report/html/prose.tsx'
import { sharedStyle } from '../report/html/shared-style.ts'
import { seen } from '../report/html/text.ts'
import { Badge } from '../report/html/verdict-bar.tsx'
import { conclusionWords } from '../report/html/verdict-words.ts'
import { count } from '../report/run.ts'
import { versionsText } from '../report/text.ts'
import {
  concludeSites,
  sharedProblems,
  sharedWeaknesses,
  type SharedProblem,
  type SiteResult,
  type SitesOutcome,
} from './outcome.ts'
import { countsText } from './text.ts'

const style = `${sharedStyle}${pageStyle}
.sites td, .sites th { overflow-wrap: normal } .sites .number { text-align: right; font-variant-numeric: tabular-nums } .sites .names { font-weight: 400 } .sites td:nth-child(6) { overflow-wrap: anywhere } .sites td:last-child { white-space: nowrap }
@media (max-width: 40rem) { .sites thead { display: none } .sites :is(tr, th, td) { display: block; border: 0; padding: .1rem 0 } .sites tr { border-bottom: 1px solid var(--line); padding: .6rem 0 } .sites .number { display: inline-block; margin-right: 1rem; text-align: left } .sites .number::before { content: attr(data-name) " "; color: var(--soft) } }
`

/** Several sites on one page without scripts or requests: what fails where, and links to the page of each site. */
export function sitesPage(outcome: SitesOutcome): string {
  const summary = concludeSites(outcome)
  const { title, tone } = conclusionWords[summary.conclusion]
  const problems = sharedProblems(outcome)
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={contentPolicy(style)} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>
          {seen(
            `OAuth contract report: ${count(outcome.sites.length + outcome.missing.length, 'site')}, ${summary.conclusion}`,
          )}
        </title>
        <style>{raw(style)}</style>
      </head>
      <body>
        <main>
          <header class="top">
            <p class="kicker">OAuth contract report of several sites</p>
            <div class={`conclusion ${tone}`}>
              <div>
                <h1>{title}</h1>
                <p>
                  {countsText(outcome, summary)}; {count(summary.checks, 'check')} ({outcome.suite.name}{' '}
                  {seen(outcome.suite.version)})
                </p>
              </div>
            </div>
          </header>
          <Sites outcome={outcome} />
          <section aria-labelledby="fails">
            <h2 id="fails">What fails or warns</h2>
            {outcome.missing.length > 0 && (
              <p class="note">No report: {seen(outcome.missing.join(', '))}. Their jobs say why.</p>
            )}
            {problems.length === 0 && outcome.missing.length === 0 && (
              <p class="nothing">No contract fails on any site.</p>
            )}
            {problems.map((problem) => (
              <Problem problem={problem} />
            ))}
          </section>
          <Weaknesses outcome={outcome} />
        </main>
      </body>
    </html>
  )
  return `<!doctype html>\n${markup(page)}\n`
}

/** Shown in full; of the others only their names. */
const most = 40

function Problem({ problem }: { problem: SharedProblem }) {
  const { rule, title, severity, verdict, text, sites } = problem
  const guidance = verdict === 'fail' || verdict === 'warn' ? guidanceOf(rule) : undefined
  return (
    <article class={`item ${verdict}`}>
      <h3>
        <Prose text={title} />
      </h3>
      <p class="about">
        <Badge verdict={verdict} /> <span class="severity">{severity}</span> <code>{seen(rule)}</code>
      </p>
      <dl>
        <dt>{count(sites.length, 'site')}</dt>
        <dd>
          {sites.slice(0, most).map((site, index) => (
            <>
              {index > 0 && ', '}
              <a href={`${encodeURIComponent(site.folder)}/report.html#${anchorOf(rule)}`}>{seen(site.name)}</a>
            </>
          ))}
          {sites.length > most && ` and ${String(sites.length - most)} more`}
        </dd>
        <dt>Finding</dt>
        <dd>
          {seen(text, 600)}
          {sites.length > 1 && <span class="names"> ({seen(sites[0]?.name ?? '', 100)})</span>}
        </dd>
        <GuidanceTerms guidance={guidance} />
      </dl>
    </article>
  )
}

function Weaknesses({ outcome }: { outcome: SitesOutcome }) {
  const weaknesses = sharedWeaknesses(outcome)
  if (weaknesses.length === 0) return null
  return (
    <section aria-labelledby="weaknesses">
      <h2 id="weaknesses">Weaknesses</h2>
      <p>
        Here a server grants what has to be rejected. Each is known of a release, or listed in a baseline of the site.
      </p>
      {weaknesses.map(({ severity, contracts, reason, remedy, sites }) => (
        <article class="item known">
          <h3>
            <Prose text={reason} />
          </h3>
          <p class="about">
            <span class="severity">{severity}</span> <code>{seen(contracts.join(', '), 300)}</code>
          </p>
          <dl>
            <dt>{count(sites.length, 'site')}</dt>
            <dd>{seen(sites.map(({ name }) => name).join(', '))}</dd>
            {remedy !== null && (
              <>
                <dt>Remedy</dt>
                <dd>
                  <Prose text={remedy} />
                </dd>
              </>
            )}
          </dl>
        </article>
      ))}
    </section>
  )
}

function Sites({ outcome: { sites } }: { outcome: SitesOutcome }) {
  const sorted = [...sites].sort(
    (one, other) => Number(other.summary.exitCode !== 0) - Number(one.summary.exitCode !== 0),
  )
  return (
    <section aria-labelledby="sites">
      <h2 id="sites">Sites</h2>
      <div class="wide" role="group" aria-label="Sites" tabindex={0}>
        <table class="sites">
          <thead>
            <tr>
              {['Site', 'Result', 'Passed', 'Failed', 'Skipped', 'Server', 'Run'].map((name) => (
                <th scope="col" class={/ed$/u.test(name) ? 'number' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((site) => (
              <Row site={site} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Row({ site: { name, folder, summary, target, startedAt } }: { site: SiteResult }) {
  return (
    <tr>
      <th scope="row">
        <a href={`${encodeURIComponent(folder)}/report.html`}>{seen(name)}</a>
        <br />
        <span class="names">{seen(target?.baseUrl ?? 'not reached')}</span>
      </th>
      <td>
        {seen(describeConclusion(summary))}
        {summary.reasons.length > 0 && (
          <ul class="plain">
            {summary.reasons.map((reason) => (
              <li>{seen(describeRunReason(reason), 300)}</li>
            ))}
          </ul>
        )}
      </td>
      {(['passed', 'failed', 'skipped'] as const).map((name) => (
        <td class="number" data-name={name}>
          {summary[name]}
        </td>
      ))}
      <td>{seen(versionsText(target, ['drupal', 'simple_oauth', 'league']))}</td>
      <td>{seen(startedAt.slice(0, 16).replace('T', ' '))} UTC</td>
    </tr>
  )
}
