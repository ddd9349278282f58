import { renamed, renamedVariants } from '../../fixtures/renamed.ts'

/** The current ID of a contract that was renamed or merged with another; any other ID unchanged. */
export const currentId = (id: string): string => (Object.hasOwn(renamed, id) ? (renamed[id] ?? id) : id)

/** The current name of a variant that was renamed; any other name unchanged. */
export function currentVariant(contract: string, variant: string): string {
  const names = Object.hasOwn(renamedVariants, contract) ? (renamedVariants[contract] ?? {}) : {}
  return Object.hasOwn(names, variant) ? (names[variant] ?? variant) : variant
}

/** A check under the current names of its contract and variant. */
export function withCurrentName<T extends { readonly contract: string; readonly variant: string | null }>(check: T): T {
  const contract = currentId(check.contract)
  return { ...check, contract, variant: check.variant === null ? null : currentVariant(contract, check.variant) }
}
