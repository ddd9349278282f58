import { changeClasses, type ChangeClass } from '../../fixtures/change-classes.ts'
import type { Comparison, JudgedChange } from '../compare/compare.ts'
import {
  changeText,
  checksText,
  classesOf,
  contractsOf,
  countsLine,
  remarks,
  runLine,
  explanationText,
  verdictLine,
  versionsLine,
} from './comparison-text.ts'
import { count } from './run.ts'
import { inline, type Paint } from './text.ts'

export interface ComparisonConsole {
  readonly paint: Paint
  /** Columns of the terminal. */
  readonly width: number
  /** Every change with its contracts, instead of one screen. */
  readonly verbose: boolean
}

const colors: Readonly<Record<ChangeClass, Parameters<Paint>[0]>> = {
  loosened: 'red',
  breaking: 'red',
  risky: 'yellow',
  fixed: 'green',
  added: 'cyan',
  neutral: 'gray',
}

/** Changes of a class that are shown where all must fit one screen. */
const shown: Readonly<Record<ChangeClass, number>> = {
  loosened: 4,
  breaking: 4,
  risky: 2,
  fixed: 2,
  added: 2,
  neutral: 0,
}

/** One screen for a usual upgrade; the last line is the verdict. */
export function comparisonText(comparison: Comparison, options: ComparisonConsole): string {
  const { paint, width } = options
  const { before, after, changes, compared } = comparison
  return [
    paint('bold', inline(versionsLine(comparison))),
    fit(`before  ${inline(`${runLine(before)} · ${before.name}`)}`, width),
    fit(`after   ${inline(`${runLine(after)} · ${after.name}`)}`, width),
    ...remarks(comparison).map((text) => `${paint('yellow', 'note')}    ${inline(text)}`),
    '',
    ...changeLines(comparison, options),
    ...(changes.length > 0 ? [''] : []),
    `${count(compared, 'check')} compared${changes.length > 0 ? `: ${countsLine(comparison)}` : ''}`,
    paint('bold', verdictLine(comparison)),
  ].join('\n')
}

/** The changes by their class, worst first. */
export const changeLines = (comparison: Comparison, options: ComparisonConsole): string[] =>
  classesOf(comparison).flatMap(([name, own]) => classLines(name, own, options))

function classLines(name: ChangeClass, changes: readonly JudgedChange[], options: ComparisonConsole): string[] {
  const { paint, verbose } = options
  const most = verbose ? changes.length : shown[name]
  const more = changes.length - most
  const hidden = `--verbose shows ${more === 1 ? 'it' : 'them'}`
  const title = paint(colors[name], name.toUpperCase())
  if (most === 0) return [`${title}  ${paint('gray', `${count(more, 'change')} (${hidden})`)}`]
  const lines = verbose ? fullLines : shortLines
  return [
    `${title}  ${paint('gray', changeClasses[name])}`,
    ...changes.slice(0, most).flatMap((change) => lines(change, options)),
    ...(more > 0 ? [paint('gray', `  … and ${String(more)} more (${hidden})`)] : []),
  ]
}

/** One line, or two where a client asked for something. */
function shortLines(change: JudgedChange, { paint, width }: ComparisonConsole): string[] {
  const checks = checksText(change)
  const head = `  ${fit(inline(changeText(change)), width - checks.length - 3)} ${checks}`.trimEnd()
  const explanation = explanationText(change)
  const [contract] = contractsOf(change)
  // What a client asked for says more than the address it asked.
  const asked = change.fact === 'answer' && contract ? inline(contract.title) : null
  const below = [explanation, asked].filter((text) => text !== null).join(' · ')
  if (asked === null && head.length + below.length + 3 <= width)
    return [below === '' ? head : `${head} ${paint('gray', `· ${below}`)}`]
  return [head, paint('gray', fit(`    ${below}`, width))]
}

function fullLines(change: JudgedChange, { paint }: ComparisonConsole): string[] {
  const explanation = explanationText(change)
  return [
    `  ${inline(changeText(change))} ${checksText(change)}`.trimEnd(),
    `    ${change.sentence}`,
    ...(explanation === null ? [] : [`    ${explanation}`]),
    ...change.announced.flatMap(({ what, source }) => [`      ${inline(what)}`, `      ${inline(source)}`]),
    ...contractsOf(change).map(({ id, title, checks }) =>
      paint('gray', `    ${inline(id)}${checks > 1 ? ` (${String(checks)})` : ''}  ${inline(title)}`),
    ),
    paint('gray', `    id: ${inline(change.id)}`),
  ]
}

/** At most one line of the terminal; what is cut stands in the files and with --verbose. */
const fit = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`
