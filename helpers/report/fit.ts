import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import { disarm } from './escape.ts'

/** A text on one line of at most this many columns; a shortened one ends in `…`. Without colors. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text
  let shown = ''
  let width = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += stringWidth(segment)
    if (width > columns - 1) break
    shown += segment
  }
  return `${shown.trimEnd()}…`
}

/** Lines with commands and paths, which people copy whole. */
const whole = /^ *(?:evidence|again) {2}/u

/** Wraps text between words at this many columns; continuation lines are aligned with the text of the first. */
export function wrap(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const indent = ' '.repeat(indentOf(line))
      const rest = Math.max(20, columns - indent.length)
      if (stringWidth(line) <= columns || whole.test(plainOf(line))) return [line]
      const [first = '', ...more] = wrapAnsi(line, columns, { trim: false, hard: true }).split('\n')
      if (more.length === 0) return [first]
      // Wrapped again, because continuation lines are narrower than the first.
      const tail = wrapAnsi(more.map((part) => part.trim()).join(' '), rest, { hard: true }).split('\n')
      // A break must not turn the rest into a command for a CI runner.
      return [first.trimEnd(), ...tail.map((part) => disarm(indent + part))]
    })
    .join('\n')
}

/** `    expected  …` continues below its value; any other line below its own beginning. */
function indentOf(line: string): number {
  const plain = plainOf(line)
  return /^(?: {4})?[a-z ]{2,10} {2,}/u.exec(plain)?.[0].length ?? (/^ */u.exec(plain)?.[0].length ?? 0) + 2
}

/** Without the colors of a painted line. */
const plainOf = (line: string): string => stripVTControlCharacters(line)
