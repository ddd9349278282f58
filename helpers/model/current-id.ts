import { renamed } from '../../fixtures/renamed.ts'

/** The ID of today of a contract that was renamed or merged with another; any other ID as it is. */
export const currentId = (id: string): string => (Object.hasOwn(renamed, id) ? (renamed[id] ?? id) : id)
