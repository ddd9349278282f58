import { factText, valueText } from '../compare/describe.ts'
import type { Matrix, MatrixRow } from '../compare/matrix.ts'
import { count } from './run.ts'
import { inline, versionsText } from './text.ts'

/** Several runs side by side: one letter per run, one block per fact, and each value with the letters of its runs. */
export function matrixText({ runs, compared, rows }: Matrix, width: number): string {
  const letters = runs.map((_, index) => String.fromCharCode(65 + index))
  const row = ({ fact, endpoint, values, checks }: MatrixRow): string[] => {
    const texts = values.map((value) => valueText(fact, value))
    const groups = [...new Set(texts)].map((text) => {
      const own = letters.filter((_, index) => texts[index] === text)
      return `  ${own.join(' ').padEnd(letters.length * 2)} ${inline(text)}`
    })
    const seen = checks.length === 0 ? '' : ` (${count(checks.length, 'check')})`
    return [`${inline(factText({ fact, endpoint }))}${seen}`, ...groups]
  }
  return [
    ...runs.map(
      ({ name, run }, index) => `${letters[index] ?? ''}  ${inline(name)}: ${inline(versionsText(run.target))}`,
    ),
    '',
    ...rows.flatMap(row).map((line) => (line.length <= width ? line : `${line.slice(0, width - 1)}…`)),
    ...(rows.length > 0 ? [''] : []),
    `${count(compared, 'check')} compared: ${rows.length === 0 ? 'no difference' : count(rows.length, 'difference')}`,
  ].join('\n')
}
