import { guidanceOf } from '../../fixtures/guidance/index.ts'
import type { Announced } from '../compare/releases.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import type { ComparisonConsole } from '../report/comparison-console.ts'
import { announcedText } from '../report/comparison-text.ts'
import { cut, wrap } from '../report/fit.ts'
import { groupBy } from '../report/group-by.ts'
import { inline } from '../report/text.ts'
import { causesOf, graveFirst, whyLost, type Cause } from './causes.ts'
import type { UpgradeSummary } from './outcome.ts'

/** Maximum number of lost contracts on one screen, and of those not proven. */
const most = 4

type Console = Pick<ComparisonConsole, 'paint' | 'width'>

/**
 * What was lost or not proven, grouped by announced cause.
 * @param room Maximum number of additional lines for the remedies of causes.
 */
export function lossLines(
  summary: UpgradeSummary,
  announced: readonly Announced[],
  room: number,
  options: Console,
): string[] {
  const { causes, lost, unproven } = causesOf(summary, announced)
  return [
    ...causeLines(causes, room, options),
    ...resultLines('LOST', 'what was true before the upgrade and no longer is:', lost, options),
    ...resultLines('NOT PROVEN', 'questions without an answer:', unproven, options),
  ]
}

function causeLines(causes: readonly Cause[], room: number, { paint, width }: Console): string[] {
  if (causes.length === 0) return []
  const by = [...new Set(causes.map(({ announced }) => announcedText(announced)))].map(inline).join(', ')
  let left = room
  const lines = causes.flatMap((cause) => {
    const { announced, lost, unproven } = cause
    const counts = [
      ...(lost.length > 0 ? [`${String(lost.length)} lost`] : []),
      ...(unproven.length > 0 ? [`${String(unproven.length)} not proven`] : []),
    ]
    const [gravest] = [...lost, ...unproven].sort(graveFirst)
    const head = `  ${(gravest?.severity ?? '').padEnd(8)}  ${counts.join(', ')}: ${inline(announced.what)}`
    const remedy = announced.remedy === undefined ? [] : wrap(`    remedy  ${announced.remedy}`, width).split('\n')
    const shown = remedy.length <= left ? remedy : []
    left -= shown.length
    return [cut(head, width), ...shown]
  })
  return [
    cut(
      `${paint('red', 'LOST')}  ${paint('gray', `for reasons announced for ${by}; the report has all of them:`)}`,
      width,
    ),
    ...lines,
    '',
  ]
}

/** The gravest with its meaning and remedy, the others in two lines each. */
function resultLines(
  title: string,
  meaning: string,
  results: readonly CheckResult[],
  { paint, width }: Console,
): string[] {
  if (results.length === 0) return []
  // Variants of one contract are usually lost together.
  const groups = [...groupBy([...results].sort(graveFirst), ({ contract }) => contract).values()]
  const more = groups.slice(most).reduce((sum, group) => sum + group.length, 0)
  return [
    `${paint('red', title)}  ${paint('gray', meaning)}`,
    ...groups.slice(0, most).flatMap(([result, ...others], index) => {
      if (!result) return []
      const name = `${checkName(result)}${others.length > 0 ? ` and ${String(others.length)} more` : ''}`
      const guidance = index === 0 && title === 'LOST' ? guidanceOf(result.contract) : undefined
      const why = wrap(`            ${inline(name)}: ${inline(whyLost(result))}`, width).split('\n')
      return [
        // The gravest sentence is read in full.
        (index === 0 ? wrap : cut)(`  ${result.severity.padEnd(8)}  ${inline(result.title)}`, width),
        // A server's words may be long; the report has them in full.
        ...[...why.slice(0, 1), ...(why.length > 2 ? [`${why[1] ?? ''} …`] : why.slice(1))].map((line) =>
          paint('gray', cut(line, width)),
        ),
        ...(guidance
          ? [wrap(`    means   ${guidance.impact}`, width), wrap(`    remedy  ${guidance.remedy}`, width)]
          : []),
      ]
    }),
    ...(more > 0 ? [paint('gray', `            … and ${String(more)} more in the report`)] : []),
    '',
  ]
}
