import { markdown } from './escape.ts'

/**
 * The remedy of a row of a table in Markdown; one that an earlier row states is named, not repeated.
 * @param remedy In Markdown.
 * @param contract The contract that the row is about.
 * @param given The remedies of the table so far, with their contracts.
 * @returns No line without a remedy.
 */
export function remedyLine(remedy: string, contract: string, given: Map<string, string>): string[] {
  if (remedy === '') return []
  const before = given.get(remedy)
  if (before === undefined) given.set(remedy, contract)
  return [
    `**Remedy:** ${before === undefined ? remedy : before === contract ? 'as above' : `as for ${markdown(before)}`}`,
  ]
}
