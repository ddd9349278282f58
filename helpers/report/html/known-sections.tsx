import { describeActual } from '../../model/describe-value.ts'
import { checkName, type CheckResult, type IssueKind, type JudgedFinding } from '../../model/result.ts'
import { severities, type Severity } from '../../model/verdict.ts'
import { groupBy } from '../group-by.ts'
import { count } from '../run.ts'
import { ContractLink } from './findings-sections.tsx'
import { FindingName } from './finding-name.tsx'
import type { ContractView } from './page-report.ts'
import { Prose, Reference } from './prose.tsx'
import { seen } from './text.ts'

interface Occurrence {
  readonly check: CheckResult
  readonly finding: JudgedFinding
  readonly issue: NonNullable<JudgedFinding['knownIssue']>
}

/** Known issues that grant something: each with what it means and what to do about it, the most severe first. */
export function Weaknesses({ contracts }: { contracts: readonly ContractView[] }) {
  const groups = groupsOf(contracts, 'weakness')
  const guidance = new Map(contracts.map(({ id, guidance: own }) => [id, own]))
  return (
    <section aria-labelledby="weaknesses">
      <h2 id="weaknesses">Weaknesses</h2>
      {groups.length === 0 && (
        <p class="nothing">No known weakness was found: nothing is granted that has to be rejected.</p>
      )}
      {groups.length > 0 && (
        <p>
          Here the server grants what has to be rejected. Each is known of this release, or listed in a baseline of the
          site. They fail no run, and remain weaknesses: see what each means and what can be done.
        </p>
      )}
      {groups.map((own) => {
        const [first] = own
        if (!first) return null
        const { check, finding, issue } = first
        const { owner, until, fixedIn } = issue
        const advice = guidance.get(check.contract)
        return (
          <article class="item known">
            <h3>
              <Prose text={issue.reason} />
            </h3>
            <p class="about">
              <span class="severity">{worst(own)}</span>{' '}
              {[...new Set(own.map(({ check: { contract } }) => contract))].map((id) => (
                <>
                  <ContractLink id={id} />{' '}
                </>
              ))}
              in {count(own.length, 'check')}
            </p>
            <dl>
              <dt>Actual</dt>
              <dd>
                <FindingName path={finding.path} />: {seen(describeActual(finding))}
              </dd>
              {advice && (
                <>
                  <dt>Impact</dt>
                  <dd>
                    <Prose text={advice.impact} />
                  </dd>
                </>
              )}
              <dt>Remedy</dt>
              <dd>
                <Prose text={issue.remedy ?? advice?.remedy ?? 'none known'} />
                {fixedIn !== undefined && ` Fixed in ${seen(fixedIn)}.`}
              </dd>
              <dt>Source</dt>
              <dd>
                <Source issue={issue} />
              </dd>
              {owner !== undefined && (
                <>
                  <dt>Listed by</dt>
                  <dd>
                    {seen(owner)}
                    {until !== undefined && `, until ${seen(until)}`}
                  </dd>
                </>
              )}
            </dl>
          </article>
        )
      })}
    </section>
  )
}

/** Known issues that grant nothing, one line each. */
export function Differences({ contracts }: { contracts: readonly ContractView[] }) {
  const groups = groupsOf(contracts, 'difference')
  if (groups.length === 0) return null
  const checks = new Set(groups.flat().map(({ check }) => checkName(check))).size
  return (
    <section aria-labelledby="differences">
      <h2 id="differences">Known differences</h2>
      <p>
        In {count(checks, 'check')} the server answers differently from the standard, but grants nothing by it. Strict
        clients may notice.
      </p>
      <ul class="list">
        {groups.map((own) => (
          <li>
            <Prose text={own[0]?.issue.reason ?? ''} />{' '}
            <span class="names">
              {[...new Set(own.map(({ check: { contract } }) => contract))].map((id) => (
                <>
                  <ContractLink id={id} />{' '}
                </>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function groupsOf(contracts: readonly ContractView[], kind: IssueKind): Occurrence[][] {
  const all = contracts.flatMap(({ checks }) =>
    checks.flatMap((check) =>
      check.findings.flatMap((finding): Occurrence[] =>
        finding.knownIssue?.kind === kind ? [{ check, finding, issue: finding.knownIssue }] : [],
      ),
    ),
  )
  const groups = [...groupBy(all, ({ issue }) => `${issue.reason}\n${issue.source}`).values()]
  return groups.toSorted((one, other) => severities.indexOf(worst(other)) - severities.indexOf(worst(one)))
}

const worst = (all: readonly Occurrence[]): Severity =>
  severities[Math.max(...all.map(({ finding }) => severities.indexOf(finding.severity)))] ?? 'info'

function Source({ issue }: { issue: Occurrence['issue'] }) {
  // "https://… (constructor)": the address is a link, what follows is text.
  const [address = '', ...rest] = issue.source.split(' ')
  return (
    <>
      <Reference text={address} />
      {rest.length > 0 && ` ${seen(rest.join(' '))}`}
      {issue.issue !== undefined && (
        <>
          {', tracked in '}
          <Reference text={issue.issue} />
        </>
      )}
    </>
  )
}
