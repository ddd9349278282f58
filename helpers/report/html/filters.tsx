import { nameOf } from '../../model/source.ts'
import { severities } from '../../model/verdict.ts'
import { areaOf, countsOf, type ContractView } from './page-report.ts'
import type { Report } from '../report.ts'
import { seen } from './text.ts'
import { verdictWords } from './verdict-words.ts'

/** Hidden until the script that acts on them runs. */
export function Filters({ report, contracts }: { report: Report; contracts: readonly ContractView[] }) {
  const areas = unique(contracts.map(areaOf))
  const documents = unique(contracts.flatMap(({ sources }) => sources.map(({ document }) => nameOf(document)))).sort()
  const present = severities.toReversed().filter((severity) => contracts.some((one) => one.severity === severity))
  return (
    <div id="filters" class="filters" role="search" aria-label="Contracts" hidden>
      <label class="text">
        Search
        <input type="search" id="search" autocomplete="off" placeholder="PKCE, refresh, redirect …" />
      </label>
      <Choice name="severity" values={present} />
      <Choice name="area" values={areas} />
      <Choice name="document" values={documents} />
      <fieldset>
        <legend>Verdict</legend>
        {countsOf(report.checks).map(([verdict, number]) => (
          <label class={`chip ${verdict}`}>
            <input type="checkbox" name="verdict" value={verdict} />
            <span aria-hidden="true">{verdictWords[verdict].sign}</span> {verdict} {number}
          </label>
        ))}
      </fieldset>
      <div class="actions">
        <button type="button" id="open">
          Expand all shown
        </button>
        <button type="button" id="close">
          Collapse all
        </button>
        <button type="button" id="reset">
          Reset filters
        </button>
      </div>
      <p id="shown" role="status"></p>
    </div>
  )
}

function Choice({ name, values }: { name: string; values: readonly string[] }) {
  return (
    <label>
      {name.charAt(0).toUpperCase() + name.slice(1)}
      <select name={name}>
        <option value="">all</option>
        {values.map((value) => (
          <option value={seen(value)}>{seen(value)}</option>
        ))}
      </select>
    </label>
  )
}

const unique = (values: readonly string[]): string[] => [...new Set(values)]
