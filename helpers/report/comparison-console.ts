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
import { named } from './brief-lists.ts'
import { cut, wrap } from './fit.ts'
import { count } from './run.ts'
import { inline, type Paint } from './text.ts'

export interface ComparisonConsole {
  readonly paint: Paint
  /** Columns of the terminal. */
  readonly width: number
  /** Every change with its contracts, instead of one screen. */
  readonly verbose: boolean
  /** Only the worst changes, because the screen shows something else, too. */
  readonly brief?: true
}

const colors: Readonly<Record<ChangeClass, Parameters<Paint>[0]>> = {
  loosened: 'red',
  breaking: 'red',
  risky: 'yellow',
  fixed: 'green',
  added: 'cyan',
  neutral: 'gray',
}

/** Number of changes shown of each class, if all must fit one screen. */
const shown: Readonly<Record<ChangeClass, number>> = {
  loosened: 4,
  breaking: 4,
  risky: 2,
  fixed: 2,
  added: 2,
  neutral: 0,
}

/** The same if they get only part of the screen. */
const shownBriefly: Readonly<Partial<Record<ChangeClass, number>>> = { loosened: 2, breaking: 2 }

/** One screen for a usual upgrade, the changes first; the last lines are the verdict and what to do. */
export function comparisonText(comparison: Comparison, options: ComparisonConsole): string {
  const { paint, width } = options
  const { before, after, changes, compared } = comparison
  const next = nextStep(comparison)
  return [
    ...changeLines(comparison, options),
    ...(changes.length > 0 ? [''] : []),
    wrap(`${named('upgrade')} ${inline(versionsLine(comparison))}`, width),
    cut(`${named('before')} ${inline(`${runLine(before)} · ${before.name}`)}`, width),
    cut(`${named('after')} ${inline(`${runLine(after)} · ${after.name}`)}`, width),
    ...noteLines(comparison, options),
    changes.length > 0
      ? wrap(`${named('changes')} ${countsLine(comparison)}`, width)
      : `${named('compared')} ${count(compared, 'check')}`,
    wrap(`${named('result')} ${paint('bold', verdictLine(comparison))}`, width),
    ...(next === null ? [] : [wrap(`${named('next')} ${next}`, width)]),
  ].join('\n')
}

/** What else a reader must know. */
export const noteLines = (
  comparison: Comparison,
  { paint, width, brief }: Omit<ComparisonConsole, 'verbose'>,
): string[] =>
  remarks(comparison, brief).map((text) => wrap(`${paint('yellow', named('note'))} ${inline(text)}`, width))

/** What to do after a comparison; null if there is nothing to do, or its notes say it. */
function nextStep({ exitCode, unusedAccepted }: Comparison): string | null {
  if (exitCode === 1) return 'tell the owners of clients, or accept changes: --write-accept FILE'
  return exitCode === 0 && unusedAccepted.length > 0 ? 'remove from the accepted changes what did not occur' : null
}

/** The changes by their class, worst first. */
export const changeLines = (comparison: Comparison, options: ComparisonConsole): string[] =>
  classesOf(comparison).flatMap(([name, own]) => classLines(name, own, options))

function classLines(name: ChangeClass, changes: readonly JudgedChange[], options: ComparisonConsole): string[] {
  const { paint, verbose, brief } = options
  const most = verbose ? changes.length : ((brief ? shownBriefly[name] : shown[name]) ?? 0)
  const more = changes.length - most
  const hidden = `--verbose shows ${more === 1 ? 'it' : 'them'}`
  const title = paint(colors[name], name.toUpperCase())
  if (most === 0 && brief) return []
  if (most === 0) return [`${title}  ${paint('gray', `${count(more, 'change')} (${hidden})`)}`]
  const lines = verbose ? fullLines : shortLines
  return [
    `${title}  ${paint('gray', changeClasses[name])}`,
    ...changes.slice(0, most).flatMap((change) => lines(change, options)),
    ...(more > 0 ? [paint('gray', `  … and ${String(more)} more (${hidden})`)] : []),
  ]
}

/** One line for a change, or two if it is about a client's request. */
function shortLines(change: JudgedChange, { paint, width }: ComparisonConsole): string[] {
  const checks = checksText(change)
  const head = `  ${cut(inline(changeText(change)), width - checks.length - 3)} ${checks}`.trimEnd()
  const explanation = explanationText(change)
  const [contract] = contractsOf(change)
  // What a client requested says more than the address or step.
  const asked = (change.fact === 'answer' || change.fact.includes(': ')) && contract ? inline(contract.title) : null
  const judged = change.fact === 'tested' ? change.sentence : null
  const below = [explanation, asked, judged].filter((text) => text !== null).join(' · ')
  // The label is dropped rather than put on a line of its own.
  const beside = [below, below.replace(/^announced: /u, '')].find((text) => head.length + text.length + 3 <= width)
  if (asked === null && beside !== undefined) return [beside === '' ? head : `${head} ${paint('gray', `· ${beside}`)}`]
  return [head, paint('gray', cut(`    ${below}`, width))]
}

function fullLines(change: JudgedChange, { paint }: ComparisonConsole): string[] {
  const explanation = explanationText(change)
  return [
    `  ${inline(changeText(change))} ${checksText(change)}`.trimEnd(),
    `    ${change.sentence}`,
    ...(explanation === null ? [] : [`    ${explanation}`]),
    ...change.announced.flatMap(({ what, source, remedy }) => [
      `      ${inline(what)}`,
      `      ${inline(source)}`,
      ...(remedy === undefined ? [] : [`      remedy: ${inline(remedy)}`]),
    ]),
    ...contractsOf(change).map(({ id, title, checks }) =>
      paint('gray', `    ${inline(id)}${checks > 1 ? ` (${String(checks)})` : ''}  ${inline(title)}`),
    ),
    paint('gray', `    id: ${inline(change.id)}`),
  ]
}
