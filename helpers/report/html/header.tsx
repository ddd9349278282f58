import { describeRunReason } from '../describe-reason.ts'
import { mcpLines } from '../mcp-lines.ts'
import { count } from '../run.ts'
import { versionsText } from '../text.ts'
import { countsOf } from './page-report.ts'
import type { Report } from '../report.ts'
import { seen } from './text.ts'
import { conclusionWords, verdictWords } from './verdict-words.ts'

/** What somebody who reads nothing else has to know: the conclusion, of what, when. */
export function Header({ report }: { report: Report }) {
  const { summary, target, suite, startedAt, settings, checks } = report
  const { title, meaning, tone } = conclusionWords[summary.conclusion]
  const modules = Object.entries(target?.modules ?? {}).filter(([name]) => !(name in (target?.versions ?? {})))
  const weak = checks.filter(({ findings }) =>
    findings.some(({ knownIssue }) => knownIssue?.kind === 'weakness'),
  ).length
  const mcp = mcpLines({ header: report, results: checks })
    .join(' ')
    .replace(/^mcp +/u, '')
  return (
    <header class="top">
      <p class="kicker">OAuth contract report · {seen(versionsText(target, ['drupal', 'simple_oauth', 'league']))}</p>
      <div class={`conclusion ${tone}`}>
        <div>
          <h1>{title}</h1>
          <p>{meaning}</p>
          {(summary.reasons.length > 0 || weak > 0) && (
            <ul>
              {summary.reasons.map((reason) => (
                <li>{seen(describeRunReason(reason))}</li>
              ))}
              {weak > 0 && (
                <li>
                  {count(weak, 'check')} with a <a href="#weaknesses">known weakness</a>
                </li>
              )}
            </ul>
          )}
        </div>
        <ul class="tiles" aria-label="Checks by verdict">
          {countsOf(checks).map(([verdict, number]) => (
            <li class={verdict}>
              <strong>{number}</strong>
              <span>
                <span aria-hidden="true">{verdictWords[verdict].sign}</span> {verdict}
              </span>
            </li>
          ))}
        </ul>
      </div>
      <dl class="facts">
        <Fact name="Target" value={target === null ? 'not reached' : `${target.label} · ${target.baseUrl}`} />
        <Fact name="Versions" value={versionsText(target)} />
        <Fact
          name="Run"
          value={`${startedAt.replace('T', ' ').replace(/(?:\.\d+)?Z$/u, ' UTC')} · ${suite.name} ${suite.version} · exit code ${summary.exitCode}`}
        />
        <Fact
          name="Tested"
          value={`${count(summary.contracts, 'contract')}, ${count(checks.length, 'check')} · profile ${settings.profile}${settings.strict ? ', strict' : ''}`}
        />
        {mcp !== '' && <Fact name="MCP" value={mcp} />}
        {modules.length > 0 && (
          <Fact name="OAuth modules" value={modules.map((one) => one.join(' ').trim()).join(', ')} />
        )}
      </dl>
      <p>
        The suite acts as OAuth clients and their users against this server, and compares each answer with the
        standards. A <em>contract</em> is one requirement, a <em>check</em> one test of it; the severity says how much a
        violation harms.
      </p>
      {(target?.notes ?? []).map((note) => (
        <p class="note">{seen(note)}</p>
      ))}
    </header>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{seen(value)}</dd>
    </div>
  )
}
