import type { CheckResult } from '../../model/result.ts'
import { groupBy } from '../group-by.ts'
import { guaranteeCounts, guaranteesOf, type GuaranteeResult } from '../policy-lines.ts'
import { ContractLink } from './findings-sections.tsx'
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
      {[...groupBy(all, ({ consumer }) => consumer)].map(([consumer, own]) => (
        <div class="wide" role="group" aria-label={seen(consumer, 100)} tabindex={0}>
          <table class="findings">
            <caption class="label">{seen(consumer)}</caption>
            <thead>
              <tr>
                <th scope="col">Result</th>
                <th scope="col">Guarantee</th>
                <th scope="col">Answer</th>
                <th scope="col">Contract</th>
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

function Row({ guarantee: { state, guarantee, answer, result } }: { guarantee: GuaranteeResult }) {
  return (
    <tr>
      <td>
        <span class={`badge ${result.verdict}`}>
          <span aria-hidden="true">{verdictWords[result.verdict].sign}</span> {state}
        </span>
      </td>
      <td>{seen(guarantee)}</td>
      <td>{seen(answer)}</td>
      <td>
        <ContractLink id={result.contract} />
      </td>
    </tr>
  )
}
