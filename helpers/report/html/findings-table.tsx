import { describeActual } from '../../model/describe-value.ts'
import type { JudgedFinding } from '../../model/result.ts'
import { weight } from '../failure-message.ts'
import { Prose } from './prose.tsx'
import { seen } from './text.ts'

const stateOf = ({ ok, knownIssue, granted }: JudgedFinding): string =>
  ok ? 'met' : knownIssue ? `known ${knownIssue.kind}` : granted === true ? 'granted' : 'not met'

/** Expected beside actual. */
export function FindingsTable({ findings }: { findings: readonly JudgedFinding[] }) {
  if (findings.length === 0) return null
  return (
    <table class="findings">
      <thead>
        <tr>
          <th scope="col">Finding</th>
          <th scope="col">Expected</th>
          <th scope="col">Actual</th>
        </tr>
      </thead>
      <tbody>
        {findings.map((finding) => (
          <tr class={finding.ok ? 'met' : finding.knownIssue ? 'known' : 'open'}>
            <th scope="row">
              {stateOf(finding)} <code>{seen(finding.path)}</code>
              <span class="names"> {weight(finding)}</span>
            </th>
            <td>{seen(finding.expected)}</td>
            <td>
              {seen(describeActual(finding))}
              {finding.note !== undefined && (
                <p class="names">
                  <Prose text={finding.note} />
                </p>
              )}
              {finding.knownIssue && (
                <p class="names">
                  <Prose text={finding.knownIssue.reason} />
                </p>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
