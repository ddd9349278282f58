import type { Check } from '../contract/case.ts'
import type { Contract } from './contracts.ts'
import { currentId, currentVariant } from '../model/current-id.ts'
import { suite } from '../model/package.ts'
import { validValues } from '../settings/suggest.ts'
import { nearIds, nearVariants, SelectionError } from './select.ts'

/**
 * Finds a contract by name, and the one of its checks to show.
 * @param name An ID, an ID with a variant, or the beginning of exactly one ID.
 * @throws SelectionError
 */
export function findContract(name: string, contracts: readonly Contract[]): { contract: Contract; check: Check } {
  const [, given = name, variant] = /^(.+?) \[(.+)\]$/u.exec(name) ?? []
  const id = currentId(given)
  const exact = contracts.find((contract) => contract.id === id)
  const begun = contracts.filter((contract) => contract.id.startsWith(id))
  const [contract] = exact ? [exact] : begun
  if (contract === undefined) {
    const checks = contracts.map(({ first }) => first)
    throw new SelectionError(`There is no contract "${id}".${nearIds(id, checks)}`)
  }
  if (!exact && begun.length > 1) {
    const ids = begun.map((one) => one.id)
    const valid = validValues(ids, `"${suite.name} list --only '${id}*'" lists them.`)
    throw new SelectionError(`${begun.length} IDs begin with "${id}".${valid}`)
  }
  const named = variant === undefined ? undefined : currentVariant(contract.id, variant)
  const check = named === undefined ? contract.first : contract.checks.find((one) => one.variant === named)
  if (check) return { contract, check }
  if (contract.first.variant === null) throw new SelectionError(`${contract.id} has no variants.`)
  throw new SelectionError(
    `${contract.id} has no variant "${variant ?? ''}".${nearVariants(variant ?? '', contract.checks)}`,
  )
}
