/** The output of a terminal as a picture. */

const columns = 104
const width = 7.8
const height = 18
const margin = 16

/** Attributes by the SGR codes that the console uses (ECMA-48 §8.3.117). */
const styles: Readonly<Record<string, string>> = {
  1: 'font-weight="bold"',
  2: 'fill="#8b949e"',
  31: 'fill="#ff7b72"',
  32: 'fill="#7ee787"',
  33: 'fill="#e3b341"',
  34: 'fill="#79c0ff"',
  35: 'fill="#d2a8ff"',
  36: 'fill="#76e3ea"',
  90: 'fill="#8b949e"',
}
/** The codes that each code ends. */
const resets: Readonly<Record<string, readonly string[]>> = {
  0: Object.keys(styles),
  22: ['1', '2'],
  39: ['31', '32', '33', '34', '35', '36', '90'],
}

/**
 * An SVG of lines with SGR codes, wrapped as a terminal of 104 columns does.
 * @throws Error for a code that it cannot draw.
 */
export function terminalSvg(lines: readonly string[]): string {
  const rows = lines.flatMap(rowsOf)
  const size = [Math.ceil(columns * width) + 2 * margin, rows.length * height + 2 * margin]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(' ')}" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="13" fill="#e6edf3">`,
    '<rect width="100%" height="100%" rx="8" fill="#0d1117"/>',
    ...rows.flatMap((spans, index) =>
      spans === ''
        ? []
        : `<text xml:space="preserve" x="${margin}" y="${margin + 13 + index * height}">${spans}</text>`,
    ),
    '</svg>',
    '',
  ].join('\n')
}

function rowsOf(line: string): string[] {
  const active = new Set<string>()
  const rows = ['']
  let left = columns
  for (const part of line.split(/(\u001b\[[\d;]*m)/u)) {
    const codes = /^\u001b\[([\d;]*)m$/u.exec(part)?.[1]
    if (codes !== undefined) {
      for (const code of codes.split(';')) apply(code || '0', active)
      continue
    }
    const attributes = [...active].map((code) => styles[code]).join(' ')
    for (let rest = part; rest !== '';) {
      if (left === 0) {
        rows.push('')
        left = columns
      }
      const text = rest.slice(0, left)
      rest = rest.slice(left)
      left -= text.length
      rows[rows.length - 1] += attributes === '' ? escaped(text) : `<tspan ${attributes}>${escaped(text)}</tspan>`
    }
  }
  return rows
}

function apply(code: string, active: Set<string>): void {
  for (const ended of resets[code] ?? []) active.delete(ended)
  if (code in styles) active.add(code)
  else if (!(code in resets)) throw new Error(`The SGR code ${code} is not supported. Add it to styles.`)
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
