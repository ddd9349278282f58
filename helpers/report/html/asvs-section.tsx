import { asvs, type AsvsNumber } from '../../../fixtures/asvs.ts'
import { ContractLink } from './findings-sections.tsx'
import type { ContractView } from './page-report.ts'
import { Prose } from './prose.tsx'
import { VerdictBar } from './verdict-bar.tsx'

/** OWASP ASVS 5.0 by requirement: the contracts of the run that contribute to it, and their verdicts. */
export function Asvs({ contracts }: { contracts: readonly ContractView[] }) {
  const rows = (Object.keys(asvs) as AsvsNumber[]).flatMap((number) => {
    const own = contracts.filter(({ guidance }) => guidance?.asvs?.includes(number))
    return own.length === 0 ? [] : [{ number, own, requirement: asvs[number] }]
  })
  if (rows.length === 0) return null
  return (
    <section aria-labelledby="asvs">
      <h2 id="asvs">OWASP ASVS 5.0</h2>
      <p>
        Requirements of the chapters V9 (Self-contained Tokens) and V10 (OAuth and OIDC) in our own words, with the
        contracts that contribute to them. They support an assessment and replace none.
      </p>
      <div class="wide" role="group" aria-label="Verdicts by ASVS requirement" tabindex={0}>
        <table class="asvs">
          <thead>
            <tr>
              <th scope="col">Requirement</th>
              <th scope="col">Level</th>
              <th scope="col">Checks</th>
              <th scope="col">Contracts</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ number, own, requirement }) => (
              <tr>
                <th scope="row">
                  V{number}{' '}
                  <span>
                    <Prose text={requirement.meaning} />
                  </span>
                </th>
                <td>{requirement.level}</td>
                <td class="verdicts">
                  <VerdictBar checks={own.flatMap(({ checks }) => checks)} />
                </td>
                <td class="names">
                  {own.map(({ id }) => (
                    <>
                      <ContractLink id={id} />{' '}
                    </>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
