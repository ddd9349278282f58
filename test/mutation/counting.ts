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
 * Whether this is the expected verdict of a check that noticed a fault on a finding with these sources: requirements that are only
 * recommended, or belong to another profile, give a warning, unless something was granted.
 */
export const isDue = (sources: readonly Source[], verdict: string): boolean =>
  verdict === 'fail' || (verdict === 'warn' && obligation(sources, 'default') !== 'MUST')

/** The sources of the finding at a path: its own, or those of the contract. */
function sourcesOf(check: Check, path: string): readonly (readonly Source[])[] {
  const own = check.then
    .filter((one) =>
      requirementsOf({ ...check, when: check.when.slice(-1), then: [one] }, '').some((it) => it.path === path),
    )
    .map((one) => ('source' in one ? [one.source].flat() : check.sources))
  return own.length > 0 ? own : [check.sources]
}

/**
 * The findings that a check is about: those with the severity of the contract. Error codes have a lower severity, and findings of earlier
 * steps are prerequisites.
 */
export function mainFindings(check: Check): ReadonlySet<string> {
  const proofs = [{ when: check.when, then: check.then }, ...(check.slow ? [slowProof(check.slow)] : [])]
  const requirements = proofs.flatMap(({ when, then }) => requirementsOf({ ...check, when: when.slice(-1), then }, ''))
  return new Set(
    requirements.filter(({ severity, level }) => severity === undefined && level !== 'SHOULD').map(({ path }) => path),
  )
}

const slowProof = ({ when, then }: NonNullable<Check['slow']>): Pick<Check, 'when' | 'then'> => ({ when, then: [then] })

/** Whether a fault garbles so many answers that the checks it turns red prove nothing. */
export function garbles(matrix: Matrix, fault: string, checks: readonly Check[]): boolean {
  return Object.values(matrix[fault] ?? {}).filter(isRed).length > checks.length * most
}

/**
 * The faults that prove each check: of a mechanism that its contract is about, not garbling every answer, and noticed with the expected
 * verdict on a main finding of the check, or on the finding that `must` names. Its control passed, otherwise the check would be `blocked`.
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
