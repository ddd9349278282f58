import { changeClasses } from '../../fixtures/change-classes.ts'
import type { Comparison, JudgedChange } from '../compare/compare.ts'
import {
  announcedText,
  changeText,
  checksText,
  classesOf,
  needsNoAnnouncement,
  remarks,
  runLine,
  verdictLine,
  versionsLine,
} from './comparison-text.ts'
import { markdown } from './escape.ts'

/** Maximum number of lines of a readable comment. */
const longest = 60

/** A pull request comment of at most 60 lines; comparison.json has the rest. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { before, after, compared, exitCode } = comparison
  const head = [
    `### ${exitCode === 0 ? '✅' : exitCode === 1 ? '❌' : '⚠️'} ${verdictLine(comparison)}`,
    '',
    `${markdown(versionsLine(comparison))} · ${String(compared)} checks compared`,
    '',
    `before: ${markdown(runLine(before))}  `,
    `after: ${markdown(runLine(after))}`,
    '',
    ...remarks(comparison)
      .slice(0, 8)
      .map((text) => `> ${markdown(text)}  `),
  ]
  const body = classesOf(comparison).flatMap(([name, changes]) => [
    '',
    `**${name}**: ${changeClasses[name]}`,
    '',
    ...changes.map(line),
  ])
  const room = longest - head.length - 2
  const kept = body.slice(0, room)
  const cut = body.slice(room).filter((text) => text.startsWith('- ')).length
  return [...head, ...kept, ...(cut > 0 ? ['', `… and ${String(cut)} more in comparison.json`] : [])].join('\n') + '\n'
}

function line(change: JudgedChange): string {
  const text = [`${markdown(changeText(change))} ${checksText(change)}`.trimEnd(), explanation(change)]
  return `- ${text.filter((part) => part !== '').join(' · ')}`
}

function explanation({ fact, accepted, announced }: JudgedChange): string {
  if (accepted) return `accepted by ${markdown(accepted.owner)}: ${markdown(accepted.reason)}`
  if (announced.length === 0) return needsNoAnnouncement(fact) ? '' : '**not announced**'
  return announced.map((one) => `[${announcedText(one)}](${one.source})`).join(', ')
}
