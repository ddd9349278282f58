import type { Json } from '../model/verdict.ts'

/** JSON text with sorted members: equal values have equal texts. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/** Whether two values are the same JSON. An absent value equals nothing. */
export function equal(value: Json | undefined, other: Json | undefined): boolean {
  return value !== undefined && other !== undefined && canonical(value) === canonical(other)
}
