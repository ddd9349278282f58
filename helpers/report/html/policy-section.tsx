import { describeActual } from '../../model/describe-value.ts'
import type { CheckResult } from '../../model/result.ts'
import { groupBy } from '../group-by.ts'
import { decisiveFinding, guaranteeCounts, guaranteesOf, type GuaranteeResult } from '../policy-lines.ts'
import { ContractLink } from './findings-sections.tsx'
import { FindingName } from './finding-name.tsx'
import { Prose } from './prose.tsx'
import { seen } from './text.ts'
import { verdictWords } from './verdict-words.ts'

/** What the owner of a site guarantees for its consumers, and whether it holds: a table for each consumer. Nothing without guarantees. */
export function Policy({ checks }: { checks: readonly CheckResult[] }) {
  const all = guaranteesOf(checks)
  if (all.length === 0) return null
  return (
    <section aria-labelledby="policy">
      <h2 id="policy">Guarantees for consumers</h2>
      <p>{guaranteeCounts(all)}. All were tested by requests, none was read from settings.</p>
      {[...groupBy(all, consumerOf)].map(([consumer, own]) => (
        <div class="wide" role="group" aria-label={seen(consumer, 100)} tabindex={0}>
          <table class="findings guarantees">
            <caption class="label">{seen(consumer)}</caption>
            <thead>
              <tr>
                <th scope="col">Result</th>
                <th scope="col">Guarantee</th>
                <th scope="col">What the server did</th>
              </tr>
            </thead>
            <tbody>
              {own.map((one) => (
                <Row guarantee={one} />
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </section>
  )
}

/** `my-app` for "my-app: plain", which is one of the values that the guarantee is about. */
const consumerOf = ({ consumer }: GuaranteeResult): string => consumer.split(': ', 1)[0] ?? consumer

function Row({ guarantee: one }: { guarantee: GuaranteeResult }) {
  const { state, guarantee, consumer, answer, result } = one
  const value = consumer.slice(consumerOf(one).length + 2)
  const finding = decisiveFinding(result)
  return (
    <tr>
      <td>
        <span class={`badge ${result.verdict}`}>
          <span aria-hidden="true">{verdictWords[result.verdict].sign}</span> {state}
        </span>
      </td>
      <td>
        <Prose text={result.title} />
        <br />
        <span class="names">
          {seen(value === '' ? guarantee : `${guarantee}: ${value}`)} · <ContractLink id={result.contract} />
        </span>
      </td>
      <td>
        {finding ? (
          <>
            <FindingName path={finding.path} />: {seen(describeActual(finding))}
          </>
        ) : (
          seen(answer)
        )}
      </td>
    </tr>
  )
}
