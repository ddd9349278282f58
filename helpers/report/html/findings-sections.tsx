import { describeReason, capabilityOf } from '../../model/describe-reason.ts'
import { describeActual } from '../../model/describe-value.ts'
import { checkName, type CheckResult } from '../../model/result.ts'
import { severities } from '../../model/verdict.ts'
import { groupBy } from '../group-by.ts'
import { openFindings } from '../failure-message.ts'
import { count } from '../run.ts'
import { GuidanceTerms } from './guidance-terms.tsx'
import { anchorOf, type ContractView } from './page-report.ts'
import type { Report } from '../report.ts'
import { Prose } from './prose.tsx'
import { seen, seenLines } from './text.ts'
import { FindingName } from './finding-name.tsx'
import { RequirementTerms } from './requirements.tsx'
import { Badge } from './verdict-bar.tsx'

/** Contracts shown in full here; the list of contracts has them all. */
const shown = 20

/** What the server did wrong, with what it means and what to do. */
export function Failures({ report, contracts }: { report: Report; contracts: readonly ContractView[] }) {
  const wrong = contracts
    .filter(({ verdict }) => verdict === 'fail' || verdict === 'error' || verdict === 'stale')
    .toSorted((one, other) => severities.indexOf(other.severity) - severities.indexOf(one.severity))
  const warned = contracts.filter(({ verdict }) => verdict === 'warn')
  const { failure, interrupted } = report
  return (
    <section aria-labelledby="fails">
      <h2 id="fails">What fails</h2>
      {failure && (
        <div class="item fail">
          <h3>The run failed: {seen(failure.code)}</h3>
          <pre>{seenLines(failure.message, 4_000)}</pre>
        </div>
      )}
      {interrupted !== null && (
        <p class="note">The run was interrupted by {seen(interrupted)}; what did not run is missing here.</p>
      )}
      {wrong.length === 0 && !failure && <p class="nothing">No contract fails.</p>}
      {wrong.slice(0, shown).map((contract) => (
        <Failure contract={contract} />
      ))}
      {wrong.length > shown && (
        <p>
          <a href="#contracts" data-filter="verdict=fail">
            {count(wrong.length - shown, 'more contract')}
          </a>
        </p>
      )}
      <Blocked checks={report.checks} />
      {warned.length > 0 && (
        <>
          <h3>Warnings</h3>
          <ul class="list">
            {warned.map(({ id, title, guidance }) => (
              <li>
                <ContractLink id={id} /> <Prose text={title} />
                {guidance && (
                  <>
                    <br />
                    <span class="names">
                      <Prose text={guidance.impact} />
                    </span>
                  </>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

export function ContractLink({ id }: { id: string }) {
  return (
    <a href={`#${anchorOf(id)}`}>
      <code>{seen(id)}</code>
    </a>
  )
}

function Failure({ contract }: { contract: ContractView }) {
  const { id, title, severity, verdict, checks, guidance } = contract
  const [worst] = checks
  const finding = worst && openFindings(worst)[0]
  const affected = checks.filter((check) => check.verdict === verdict)
  return (
    <article class={`item ${verdict}`}>
      <h3>
        <Prose text={title} />
      </h3>
      <p class="about">
        <Badge verdict={verdict} /> <span class="severity">{severity}</span> <ContractLink id={id} />
        {checks.length > 1 && ` in ${affected.length} of ${count(checks.length, 'check')}`}
      </p>
      <dl>
        {finding && (
          <>
            <dt>Finding</dt>
            <dd>
              <FindingName path={finding.path} />
            </dd>
            <dt>Expected</dt>
            <dd>{seen(finding.expected)}</dd>
            <dt>Actual</dt>
            <dd>{seen(describeActual(finding))}</dd>
          </>
        )}
        {worst?.stale.map((entry) => (
          <>
            <dt>No longer occurs</dt>
            <dd>
              {seen(entry.path)} = {seen(describeActual(entry))}
            </dd>
          </>
        ))}
        {verdict === 'fail' && guidance && <GuidanceTerms guidance={guidance} />}
        <RequirementTerms contract={contract} />
      </dl>
    </article>
  )
}

function Blocked({ checks }: { checks: readonly CheckResult[] }) {
  const blocked = checks.filter(({ verdict }) => verdict === 'blocked')
  if (blocked.length === 0) return null
  return (
    <>
      <h3>Blocked: nothing was proven</h3>
      {[...groupBy(blocked, ({ blocker }) => blocker?.cause ?? 'unknown')].map(([cause, own]) => (
        <article class="item blocked">
          <h4>
            {count(own.length, 'check')}: {seen(cause)}
          </h4>
          <pre>{seenLines(own[0]?.blocker?.message ?? '', 2_000)}</pre>
          <p>{seen(own.map(checkName).join(', '), 1_000)}</p>
        </article>
      ))}
    </>
  )
}

/** What was not tested, and what the target lacks for it; the most checks first. */
export function Skipped({ checks }: { checks: readonly CheckResult[] }) {
  const skipped = checks.filter(({ verdict }) => verdict === 'skipped')
  if (skipped.length === 0) return null
  const groups = [...groupBy(skipped, whySkipped)].toSorted(([, one], [, other]) => other.length - one.length)
  return (
    <section aria-labelledby="skipped">
      <h2 id="skipped">What was not tested</h2>
      <p>What the target lacks, or what was not allowed. Nothing is known about these requirements.</p>
      <ul class="list reasons">
        {groups.map(([reason, own]) => {
          const contracts = [...new Set(own.map(({ contract }) => contract))]
          return (
            <li>
              <details>
                <summary>
                  {count(own.length, 'check')}: {seen(reason)}
                </summary>
                <p class="names">
                  {contracts.map((id) => (
                    <>
                      <ContractLink id={id} />{' '}
                    </>
                  ))}
                </p>
              </details>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** "an introspection endpoint (RFC 7662), which … (introspection)": what is lacking, then the word for programs. */
function whySkipped({ reason }: CheckResult): string {
  if (reason === null) return 'unknown'
  const capability = capabilityOf(reason)
  return capability === undefined
    ? describeReason(reason)
    : `needs ${capability} (${describeReason(reason).replace(/^needs /u, '')})`
}
