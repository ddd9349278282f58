import { about } from '../../fixtures/about.ts'
import { obligation } from '../../helpers/judge/conclude.ts'
import type { Check } from '../../helpers/contract/case.ts'
import { requirementsOf } from '../../helpers/contract/requirements.ts'
import type { Source } from '../../helpers/model/source.ts'
import { checkName } from '../../helpers/model/result.ts'
import type { Fault } from '../../helpers/reference/faults/index.ts'
import { failedIn, isRed, verdictIn, type Matrix } from './matrix.ts'
import { must } from './must.ts'

// A fault that turns more than this part of all checks red garbles every answer, and proves nothing about one of them.
const most = 0.05

/**
 * Whether a check that noticed a fault on a finding with these sources ends so: what is only recommended, or required by another profile,
 * is a warning, unless something was given away.
 */
export const isDue = (sources: readonly Source[], verdict: string): boolean =>
  verdict === 'fail' || (verdict === 'warn' && obligation(sources, 'default') !== 'MUST')

/** What requires the finding at a path, by expectation: its own source, or those of the contract. */
function sourcesOf(check: Check, path: string): readonly (readonly Source[])[] {
  const own = check.then
    .filter((one) =>
      requirementsOf({ ...check, when: check.when.slice(-1), then: [one] }, '').some((it) => it.path === path),
    )
    .map((one) => ('source' in one ? [one.source].flat() : check.sources))
  return own.length > 0 ? own : [check.sources]
}

/**
 * The findings that a check is about: those with the severity of the contract. Which error code a refusal has is of lower severity, and
 * what earlier steps had to do is a prerequisite.
 */
export function mainFindings(check: Check): ReadonlySet<string> {
  const proofs = [{ when: check.when, then: check.then }, ...(check.slow ? [slowProof(check.slow)] : [])]
  const requirements = proofs.flatMap(({ when, then }) => requirementsOf({ ...check, when: when.slice(-1), then }, ''))
  return new Set(
    requirements.filter(({ severity, level }) => severity === undefined && level !== 'SHOULD').map(({ path }) => path),
  )
}

const slowProof = ({ when, then }: NonNullable<Check['slow']>): Pick<Check, 'when' | 'then'> => ({ when, then: [then] })

/** Whether a fault garbles so many answers that what it turns red proves nothing. */
export function garbles(matrix: Matrix, fault: string, checks: readonly Check[]): boolean {
  return Object.values(matrix[fault] ?? {}).filter(isRed).length > checks.length * most
}

/**
 * The faults that prove each check: of a mechanism that its contract is about, not garbling every answer, and noticed with the verdict that is
 * due on a finding that the check is about or for which `must` names the fault. Its control passed, or the check were `blocked`.
 */
export function countingKills(
  matrix: Matrix,
  checks: readonly Check[],
  faults: readonly Fault[],
): ReadonlyMap<string, readonly string[]> {
  const proving = faults.filter(({ id }) => !garbles(matrix, id, checks))
  return new Map(
    checks
      .filter((check) => check.then.length > 0)
      .map((check) => {
        const name = checkName(check)
        const main = mainFindings(check)
        const kills = proving.filter(({ id, mechanism }) => {
          const cell = matrix[id]?.[name]
          return (
            cell !== undefined &&
            about[check.contract]?.includes(mechanism) === true &&
            failedIn(cell).some(
              (path) =>
                (main.has(path) || must[id]?.[check.contract] === path) &&
                sourcesOf(check, path).some((sources) => isDue(sources, verdictIn(cell))),
            )
          )
        })
        return [name, kills.map(({ id }) => id)] as const
      }),
  )
}
