import leven from 'leven'

/** Names that someone may have meant, the nearest first, at most five; empty when nothing is similar. */
export function near(word: string, known: Iterable<string>): string[] {
  const input = word.toLowerCase()
  const ranked = [...new Set(known)].map((name) => ({ name, distance: distanceOf(input, name.toLowerCase()) }))
  return ranked
    .filter(({ distance }) => distance !== null)
    .sort((one, other) => Number(one.distance) - Number(other.distance) || (one.name < other.name ? -1 : 1))
    .slice(0, 5)
    .map(({ name }) => name)
}

/** " Did you mean a or b?"; empty without names. */
export const didYouMean = (names: readonly string[]): string =>
  names.length > 0 ? ` Did you mean ${[names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' or ')}?` : ''

/** Maximum number of names in an error message. */
const longestList = 12

/**
 * " Valid values: a, b, c."; for more than a dozen, says where to find them.
 * @param where A sentence that says what lists them all.
 */
export const validValues = (values: readonly string[], where: string): string =>
  values.length <= longestList ? ` Valid values: ${values.join(', ')}.` : ` ${where}`

/** A prefix is nearer than a substring, and a substring nearer than a misspelling; null for anything else. */
function distanceOf(input: string, name: string): number | null {
  if (input.length >= 3 && name.includes(input)) return name.startsWith(input) ? -1 : 0
  const edits = leven(input, name)
  return edits <= Math.max(2, Math.floor(name.length / 4)) && edits < name.length ? edits : null
}
