import type { Check } from '../contract/case.ts'
import { count } from '../report/run.ts'
import type { Contract } from './contracts.ts'
import { nearIds, SelectionError } from './select.ts'

/**
 * The one contract that is meant, and the check of it to be shown.
 * @param name An id, an id with a variant, or the beginning of one id alone.
 * @throws SelectionError
 */
export function findContract(name: string, contracts: readonly Contract[]): { contract: Contract; check: Check } {
  const [, id = name, variant] = /^(.+?) \[(.+)\]$/u.exec(name) ?? []
  const exact = contracts.find((contract) => contract.id === id)
  const begun = contracts.filter((contract) => contract.id.startsWith(id))
  const [contract] = exact ? [exact] : begun
  if (contract === undefined) {
    const meant = nearIds(
      id,
      contracts.map(({ first }) => first),
    )
    throw new SelectionError(`No contract has the id "${id}".${meant}`)
  }
  if (!exact && begun.length > 1) {
    const ids = begun.map((one) => one.id).join(', ')
    throw new SelectionError(`"${id}" is the beginning of ${count(begun.length, 'id')}: ${ids}. Give more of one.`)
  }
  const check = variant === undefined ? contract.first : contract.checks.find((one) => one.variant === variant)
  if (check) return { contract, check }
  const known = contract.checks.flatMap((one) => one.variant ?? []).join(', ')
  throw new SelectionError(`${contract.id} has no variant "${variant ?? ''}". It has: ${known || 'none'}.`)
}
