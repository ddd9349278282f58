import { renamed, renamedVariants } from '../../fixtures/renamed.ts'

/** The ID of today of a contract that was renamed or merged with another; any other ID as it is. */
export const currentId = (id: string): string => (Object.hasOwn(renamed, id) ? (renamed[id] ?? id) : id)

/** The name of today of a variant that was renamed; any other name as it is. */
export function currentVariant(contract: string, variant: string): string {
  const names = Object.hasOwn(renamedVariants, contract) ? (renamedVariants[contract] ?? {}) : {}
  return Object.hasOwn(names, variant) ? (names[variant] ?? variant) : variant
}

/** A check under the names that its contract and its variant have today. */
export function withCurrentName<T extends { readonly contract: string; readonly variant: string | null }>(check: T): T {
  const contract = currentId(check.contract)
  return { ...check, contract, variant: check.variant === null ? null : currentVariant(contract, check.variant) }
}
