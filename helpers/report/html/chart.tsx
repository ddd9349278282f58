import { severities, type Severity } from '../../model/verdict.ts'
import type { CheckResult } from '../../model/result.ts'
import { byArea } from './page-report.ts'
import { VerdictBar } from './verdict-bar.tsx'

/** Checks by area and severity: a table whose cells are bars. A click on a cell shows its contracts. */
export function VerdictChart({ checks }: { checks: readonly CheckResult[] }) {
  const areas = byArea(checks)
  const present = severities.toReversed().filter((severity) => checks.some((check) => check.severity === severity))
  return (
    <div class="wide" role="group" aria-label="Verdicts by area and severity" tabindex={0}>
      <table class="chart">
        <caption class="hidden">Number of checks by area, severity and verdict</caption>
        <thead>
          <tr>
            <th scope="col">Area</th>
            {present.map((severity) => (
              <th scope="col">{severity}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {areas.map(([area, own]) => (
            <tr>
              <th scope="row">
                <a href="#contracts" data-filter={`area=${encodeURIComponent(area)}`}>
                  {area}
                </a>
              </th>
              {present.map((severity) => (
                <Cell area={area} severity={severity} checks={own.filter((check) => check.severity === severity)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell({ area, severity, checks }: { area: string; severity: Severity; checks: readonly CheckResult[] }) {
  if (checks.length === 0) return <td class="none">–</td>
  return (
    <td>
      <a href="#contracts" data-filter={`area=${encodeURIComponent(area)}&severity=${severity}`}>
        <VerdictBar checks={checks} />
      </a>
    </td>
  )
}
