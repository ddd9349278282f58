/** Names that someone may have meant, the nearest first, at most five; none where nothing is like it. */
export function near(word: string, known: Iterable<string>): string[] {
  const given = word.toLowerCase()
  const ranked = [...new Set(known)].map((name) => ({ name, distance: distanceOf(given, name.toLowerCase()) }))
  return ranked
    .filter(({ distance }) => distance !== null)
    .sort((one, other) => Number(one.distance) - Number(other.distance) || (one.name < other.name ? -1 : 1))
    .slice(0, 5)
    .map(({ name }) => name)
}

/** " Did you mean a or b?", empty where there is nothing to mean. */
export const didYouMean = (names: readonly string[]): string =>
  names.length > 0 ? ` Did you mean ${[names.slice(0, -1).join(', '), names.at(-1)].filter(Boolean).join(' or ')}?` : ''

/** How far apart two words are; null where one is not meant by the other. Its beginning is nearer than a part of it, and a part than a misspelt name. */
function distanceOf(given: string, name: string): number | null {
  if (given.length >= 3 && name.includes(given)) return name.startsWith(given) ? -1 : 0
  const edits = editsBetween(given, name)
  return edits <= Math.max(2, Math.floor(name.length / 4)) && edits < name.length ? edits : null
}

/** The fewest characters to put in, leave out or replace (Levenshtein). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [above, letter] of Array.from(one).entries()) {
    const next = [above + 1]
    for (const [index, its] of Array.from(other).entries()) {
      const replaced = (row[index] ?? 0) + (letter === its ? 0 : 1)
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
