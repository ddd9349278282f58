/**
 * Escapes text from servers, users' contracts and logs: it cannot move the cursor, hide or reorder text, steer a CI runner, render as
 * markup or leave its quotes in a shell command. All report output goes through here.
 */

/** Controls (C0, C1, DEL), formats (bidi, zero width, tags), separators, lone surrogates, non-characters, fillers without a glyph, odd blanks. */
const unseen =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]|(?! )\p{Zs}/gu

/** A fast test that most text passes. */
const beyondAscii = /[^\x20-\x7e]/u

/** Whatever could need an escape in text of several lines: most has only visible ASCII and the marks of redacted values. */
const suspect = /[^\x20-\x7e\n‹›]|::|##/u

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return short[character] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`)
}

/** GitHub obeys `::command::` behind leading blanks, and `##[command]` anywhere in a line, as Azure Pipelines does `##vso[`. */
export const disarm = (line: string): string => line.replace(/^( *):(?=:)/, '$1:\\').replace(/##(?=[\w.-]*\[)/g, '#\\#')

/** At most `max` characters and how many more there were; never cuts a character in two. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text
  const end = /[\uD800-\uDBFF]/.test(text.charAt(max - 1)) ? max - 1 : max
  return `${text.slice(0, end)}… (${text.length - end} more characters)`
}

/** Text for a terminal or a log. One line, unless the caller keeps line feeds; invisible characters become `\x1b`, `\u{202e}`. */
export function terminal(text: string, options: { readonly lines?: 'keep'; readonly max?: number } = {}): string {
  if (options.lines === 'keep' && !suspect.test(text)) return clip(text, options.max ?? Infinity)
  const lines = options.lines === 'keep' ? text.replaceAll('\r\n', '\n').split('\n') : [text]
  return clip(
    lines.map((line) => disarm(beyondAscii.test(line) ? line.replace(unseen, visible) : line)).join('\n'),
    options.max ?? Infinity,
  )
}

/** Words without meaning in Markdown, HTML or to a linkifier, which need no escape. */
const plain =
  /^\p{L}(?:[\p{L}\p{N} §·–"?]|(?<=[\p{L}\p{N}])[-'’"_/](?=[\p{L}\p{N}])|[,;:.](?= |$)|(?<=\p{N})\.(?=\p{N})| \((?=\p{L})|(?<=[\p{L}\p{N}])\)(?= |$|[,;:.]))*$/u

/** Characters within a line of Markdown; report.json holds the whole. */
const longestInline = 4_000

/** Text within a line of Markdown or a cell of a table: plain words as they are, anything else as a code span. */
export function markdown(text: string): string {
  const line = terminal(text, { max: longestInline })
  if (plain.test(line)) return line
  // A bar ends a table cell even in a code span, and renderers differ on its escape there.
  const shown = (line === '' ? '(empty)' : line).replaceAll('|', '\\x7c')
  const fence = '`'.repeat(longestRun(shown) + 1)
  const blank = /^[ `]|[ `]$/.test(shown) ? ' ' : ''
  return `${fence}${blank}${shown}${blank}${fence}`
}

/**
 * A sentence in which backticks mark code, in a cell of Markdown. What lies between them and could be read as anything else makes the
 * whole a code span.
 */
export function markdownProse(text: string): string {
  const parts = text.split('`').map((part, index) => {
    const [, before = '', own = '', after = ''] = /^([ ,;:.]*)(.*?)( *)$/su.exec(part) ?? []
    const shown = own === '' ? '' : markdown(own)
    if (index % 2 === 0) return shown.includes('`') ? undefined : `${before}${shown}${after}`
    return shown === own && before === '' && after === '' ? `\`${own}\`` : shown === '' ? undefined : shown
  })
  const isSure = parts.length % 2 === 1 && parts.every((part) => part !== undefined)
  const shown = parts.join('')
  return isSure && shown !== '' && !shown.includes('``') ? shown : markdown(text)
}

/** Impact or remedy of `fixtures/guidance/` in a cell of Markdown: nobody else wrote it, and a test keeps other markup out of it. */
export const ownProse = (text: string): string => text.replaceAll('|', '\\|')

/** A fenced block of Markdown that its content cannot end. */
export function fenced(text: string, language: string, max = Infinity): string {
  const shown = terminal(text, { lines: 'keep', max })
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1))
  return `${fence}${language}\n${shown}\n${fence}`
}

function longestRun(text: string): number {
  if (!text.includes('`')) return 0
  return Array.from(text.matchAll(/`+/g)).reduce((longest, [run]) => Math.max(longest, run.length), 0)
}

/**
 * One word of a shell command. Invisible characters are written as octal bytes in `$'…'` (bash, zsh, ksh, POSIX 2024), so that the pasted
 * command is the one that was read.
 */
export function shellQuote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (!beyondAscii.test(text) || text.search(unseen) === -1) return `'${text.replaceAll("'", "'\\''")}'`
  const bytes = (character: string): string =>
    Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  return `$'${text.replace(/[\\']/g, '\\$&').replace(unseen, bytes)}'`
}

const hiddenInJson = new RegExp(unseen.source.replace('\\p{Cc}', '\\x7f-\\x9f'), 'gu')

/** JSON text with the same value, safe to print: `\uXXXX` replaces whatever is invisible or would steer a CI runner. */
export function escapeJson(json: string): string {
  const escaped = (character: string): string =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join('')
  // A number sign occurs only in strings. DEL is the only invisible ASCII character here: other controls are line feeds between members.
  return json
    .replace(/##(?=[\w.-]*\[)/gu, '#\\u0023')
    .replace(/[^\0-\x7e]+/gu, (characters) => characters.replace(hiddenInJson, escaped))
}
