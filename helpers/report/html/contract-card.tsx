import { clients, type ClientRole } from '../../../fixtures/roles.ts'
import { describeReason } from '../../model/describe-reason.ts'
import { describeActual } from '../../model/describe-value.ts'
import type { CheckResult } from '../../model/result.ts'
import { nameOf } from '../../model/source.ts'
import { groupBy } from '../group-by.ts'
import type { ReportedTarget } from '../run.ts'
import { evidenceName } from '../evidence-name.ts'
import { ExchangeDetails } from './exchange-details.tsx'
import { FindingsTable } from './findings-table.tsx'
import { count } from '../run.ts'
import { anchorOf, areaOf, countsOf, type ContractView } from './page-report.ts'
import { Prose } from './prose.tsx'
import { RequirementTerms } from './requirements.tsx'
import { GuidanceTerms } from './guidance-terms.tsx'
import { SequenceDiagram, type ends } from './sequence-diagram.tsx'
import { sequenceOf } from './sequence.ts'
import { seen, seenLines } from './text.ts'
import { Badge } from './verdict-bar.tsx'

/** How much a card shows: all exchanges, those that decide, the diagram alone, not even that. evidence/ has the rest. */
export type CardDetail = 'everything' | 'decisive' | 'diagram' | 'findings'

export interface CardProps {
  readonly contract: ContractView
  readonly detail: CardDetail
  readonly target: ReportedTarget | null
}

/** Everything about one contract, behind a line that names it. */
export function ContractCard({ contract, detail, target }: CardProps) {
  const { id, title, severity, sources, checks, guidance } = contract
  const counts = countsOf(checks)
  const [first] = checks
  return (
    <details
      class="contract"
      id={anchorOf(id)}
      data-verdict={counts.map(([verdict]) => verdict).join(' ')}
      data-severity={severity}
      data-area={areaOf(contract)}
      data-document={[...new Set(sources.map(({ document }) => nameOf(document)))].map((name) => seen(name)).join('|')}
    >
      <summary>
        <span class="badges">
          {counts.map(([verdict, number]) => (
            <Badge verdict={verdict} number={checks.length > 1 ? number : undefined} />
          ))}
        </span>
        <span class="title">
          <Prose text={title} />
        </span>
        <code class="id">{seen(id)}</code>
        <span class="severity">{severity}</span>
      </summary>
      <div class="body">
        <dl>
          <GuidanceTerms guidance={guidance} />
          <RequirementTerms contract={contract} />
          {first && (
            <>
              <dt>Acts as</dt>
              <dd>{seen(actorsOf(first))}</dd>
              <dt>Evidence</dt>
              <dd>
                {checks.some(({ verdict }) => verdict !== 'skipped') && (
                  <>
                    <a href={`evidence/${encodeURIComponent(evidenceName(id))}`}>
                      <code>evidence/{evidenceName(id)}</code>
                    </a>
                    ,{' '}
                  </>
                )}
                declared in <code>{seen(first.location)}</code>
              </dd>
            </>
          )}
        </dl>
        {first && detail !== 'findings' && <Diagram check={first} target={target} />}
        {checks.filter(isOpen).map((check) => (
          <Check check={check} detail={detail} baseUrl={target?.baseUrl} />
        ))}
        <Met checks={checks.filter((check) => !isOpen(check))} detail={detail} baseUrl={target?.baseUrl} />
      </div>
    </details>
  )
}

/** "publicPkce (a public client that must use PKCE), editor" */
function actorsOf({ client, user }: CheckResult): string {
  const what = client !== null && Object.hasOwn(clients, client) ? clients[client as ClientRole].what : undefined
  return [what === undefined ? client : `${client} (${what})`, user].filter((role) => role !== null).join(', ') || '–'
}

/** What the positive control came to, for a reader who does not know the word. */
const controls: Readonly<Record<CheckResult['control'], string>> = {
  passed: 'Positive control passed: the same flow without the invalid value succeeds.',
  failed: 'Positive control failed: the same flow without the invalid value does not succeed, either.',
  none: 'No positive control: nothing has to be rejected here.',
  'an earlier step': 'Positive control: an earlier step of the same flow succeeded.',
}

const isOpen = ({ verdict }: CheckResult): boolean => verdict !== 'pass' && verdict !== 'skipped'

function Diagram({ check, target }: { check: CheckResult; target: ReportedTarget | null }) {
  if (check.exchanges.length === 0) return null
  return (
    <figure>
      <SequenceDiagram messages={sequenceOf(check, target?.endpoints)} end={endOf(check)} />
      {check.variant !== null && <figcaption>The variant “{seen(check.variant)}”.</figcaption>}
    </figure>
  )
}

/** What the marked exchange came to. */
function endOf({ verdict, findings }: CheckResult): keyof typeof ends {
  if (verdict === 'blocked' || verdict === 'error') return 'stopped'
  return findings.every(({ ok }) => ok) ? 'met' : 'open'
}

/** A check that did not simply pass, with all its findings and its exchanges. */
function Check({ check, detail, baseUrl }: { check: CheckResult; detail: CardDetail; baseUrl: string | undefined }) {
  const { variant, verdict, reason, blocker, stale, findings, serverLog, control } = check
  return (
    <section class="check">
      <h4>
        <Badge verdict={verdict} /> {variant === null ? 'Findings' : seen(variant)}
      </h4>
      {blocker && <pre>{seenLines(`${blocker.cause}: ${blocker.message}`, 4_000)}</pre>}
      {reason && <pre>{seenLines(describeReason(reason), 4_000)}</pre>}
      <FindingsTable findings={findings} />
      {stale.map((entry) => (
        <p>
          A known issue covers {seen(entry.path)} = {seen(describeActual(entry))} ({seen(entry.reason)}), which did not
          occur.
        </p>
      ))}
      {serverLog.length > 0 && (
        <>
          <p class="label">Error log of the server</p>
          <pre>{seenLines(serverLog.join('\n'), 4_000)}</pre>
        </>
      )}
      <p class="names">{controls[control]}</p>
      {(detail === 'everything' || detail === 'decisive') && (
        <Exchanges check={check} isAll={detail === 'everything'} baseUrl={baseUrl} />
      )}
    </section>
  )
}

interface ExchangesProps {
  readonly check: CheckResult
  /** Not only what decides. */
  readonly isAll: boolean
  readonly baseUrl: string | undefined
}

function Exchanges({ check, isAll, baseUrl }: ExchangesProps) {
  const { exchanges, decisive = [exchanges.length - 1] } = check
  return (
    <>
      {exchanges.map((_, index) =>
        isAll || decisive.includes(index) ? (
          <ExchangeDetails {...{ exchanges, index, baseUrl }} isDecisive={decisive.includes(index)} detail="open" />
        ) : null,
      )}
    </>
  )
}

interface MetProps {
  readonly checks: readonly CheckResult[]
  readonly detail: CardDetail
  readonly baseUrl: string | undefined
}

/** Checks that passed or were skipped: one line each, and the decisive exchange of the first. */
function Met({ checks, detail, baseUrl }: MetProps) {
  const [first] = checks.filter(({ verdict }) => verdict === 'pass')
  const { exchanges = [], decisive = [exchanges.length - 1] } = first ?? {}
  const at = decisive.at(-1) ?? -1
  const varies = checks.some(({ variant }) => variant !== null)
  if (checks.length === 0) return null
  if (detail === 'findings') return <Names checks={checks} />
  return (
    <section class="check">
      <table class="findings">
        <thead>
          <tr>
            <th scope="col">Verdict</th>
            {varies && <th scope="col">Variant</th>}
            <th scope="col">Expected</th>
            <th scope="col">Actual</th>
          </tr>
        </thead>
        <tbody>
          {checks.map(({ verdict, variant, findings: [finding], reason }) => (
            <tr>
              <td>
                <Badge verdict={verdict} />
              </td>
              {varies && <td>{seen(variant ?? '')}</td>}
              <td>{finding ? seen(finding.expected) : 'recorded, without right or wrong'}</td>
              <td>{reason ? seen(describeReason(reason)) : finding ? seen(describeActual(finding)) : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {exchanges.length > 0 && detail !== 'diagram' && (
        <ExchangeDetails {...{ exchanges, index: at, baseUrl }} isDecisive detail="met" />
      )}
    </section>
  )
}

/** Where there is no room for a line each. */
function Names({ checks }: { checks: readonly CheckResult[] }) {
  return (
    <>
      {[...groupBy(checks, ({ verdict }) => verdict)].map(([verdict, own]) => (
        <p>
          {count(own.length, 'check')} {verdict}
          {own.some(({ variant }) => variant !== null) &&
            `: ${seen(own.map(({ variant }) => variant ?? '').join(', '))}`}
        </p>
      ))}
    </>
  )
}
