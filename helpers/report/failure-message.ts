import { guidanceOf } from '../../fixtures/guidance/index.ts'
import { classificationOf } from '../model/classification.ts'
import { citation, fullCitation } from '../model/source.ts'
import { checkName, type CheckResult, type JudgedFinding } from '../model/result.ts'
import { severities, type Verdict } from '../model/verdict.ts'
import { describeActual } from '../model/describe-value.ts'
import { describeReason } from '../model/describe-reason.ts'
import { firstLine, wordsOf } from '../model/server-words.ts'
import { shellQuote } from './escape.ts'
import { evidenceName } from './evidence-name.ts'
import { cut } from './fit.ts'
import { count, type RunHeader } from './run.ts'
import { indented, versionsText, inline, type Paint } from './text.ts'

/** What a message contains besides the result. */
export interface MessageContext {
  readonly header: RunHeader | null
  /** The report folder as the user wrote it. */
  readonly report: string
  /** The path of the HTML page as the user would write it; undefined if none is made. */
  readonly page?: string | undefined
  /** How the command was called: `npm run contract --` or the bin's name. */
  readonly rerunCommand: string
  /** The flags it was called with, except the selection, each quoted for a shell. */
  readonly flags?: readonly string[]
  readonly paint: Paint
  /** Leaves out where a contract of the suite is declared, which is not in the user's project. */
  readonly brief?: true
  /** Maximum number of findings shown; all by default. */
  readonly findings?: number
  /** Maximum number of characters of a value; the evidence has all of it. */
  readonly widest?: number
  /** Leaves out the heading of a standard's section. */
  readonly plain?: boolean
}

export const colorOf: Readonly<Record<Verdict, Parameters<Paint>[0]>> = {
  pass: 'green',
  skipped: 'gray',
  warn: 'yellow',
  known: 'cyan',
  stale: 'magenta',
  blocked: 'magenta',
  fail: 'red',
  error: 'red',
}

/** Failed findings that are not known issues: grants first, then by severity. */
export function openFindings(result: CheckResult): JudgedFinding[] {
  const rank = (finding: JudgedFinding): number =>
    (finding.granted === true ? severities.length : 0) + severities.indexOf(finding.severity)
  return result.findings
    .filter((finding) => !finding.ok && finding.knownIssue === undefined)
    .sort((a, b) => rank(b) - rank(a))
}

/** Everything a reader of a failure or warning needs: expected and actual, who acted, where to look, how to run it again. */
export function failureMessage(result: CheckResult, context: MessageContext): string {
  const { paint, findings = Infinity, widest = Infinity } = context
  const open = openFindings(result)
  const more = open.length - findings
  return [
    headline(result, paint, context.plain ?? false),
    `  ${inline(result.title)}`,
    ...open.slice(0, findings).flatMap((finding) => findingLines(finding, open.length > 1, widest)),
    ...(more > 0 ? [`    at        ${count(more, 'more finding')}: see the evidence`] : []),
    ...result.findings.flatMap((finding) =>
      finding.knownIssue === undefined
        ? []
        : [
            `    known     ${inline(finding.path)} = ${inline(describeActual(finding))}: ${inline(finding.knownIssue.reason)}`,
          ],
    ),
    ...result.stale.flatMap((entry) => [
      `    known     ${inline(entry.path)} = ${inline(describeActual(entry))}`,
      `    because   ${inline(entry.reason)}`,
      '    actual    this no longer occurs: remove the entry from the known issues, or narrow its versions',
    ]),
    ...cause(result),
    ...serverLines(result),
    ...guidanceLines(result.contract, open.length > 0, context.brief ?? false),
    paint('gray', `  ${circumstances(result, context.header, widest === Infinity)}`),
    ...whereNext(result, context).map((line) => paint('gray', line)),
    ...(context.brief === true && result.group !== 'own' ? [] : [paint('gray', ` ❯ ${inline(result.location)}`)]),
  ].join('\n')
}

/** One line for a check that needs no more: `KNOWN`, `SKIPPED`, a `BLOCKED` whose cause was shown in full before. */
export function briefLine(result: CheckResult, paint: Paint): string {
  return `${label(result, paint)} ${inline(checkName(result))}   ${inline(briefReason(result))}`
}

function briefReason({ blocker, reason, findings }: CheckResult): string {
  if (blocker) return `${blocker.cause}: ${blocker.message}`
  if (reason !== null) return describeReason(reason)
  return [...new Set(findings.flatMap(({ knownIssue }) => knownIssue?.reason ?? []))].join('; ')
}

const label = (result: CheckResult, paint: Paint): string =>
  paint(colorOf[result.verdict], result.verdict.toUpperCase())

function headline(result: CheckResult, paint: Paint, plain: boolean): string {
  // Only the first source with its heading: more of them would hide what the contract is about.
  const sources = result.sources
    .map((source, index) => inline(index === 0 && !plain ? fullCitation(source) : citation(source)))
    .join(' · ')
  return `${label(result, paint)} ${paint('bold', inline(checkName(result)))}   ${result.severity}   ${sources}`.trimEnd()
}

/** "low", "medium, SHOULD" */
export const weight = ({ severity, level }: JudgedFinding): string => [severity, level].filter(Boolean).join(', ')

function findingLines(finding: JudgedFinding, several: boolean, widest: number): string[] {
  return [
    ...(several ? [`    at        ${inline(finding.path)}, ${weight(finding)}`] : []),
    `    expected  ${shortened(finding.expected, widest)}`,
    `    actual    ${shortened(describeActual(finding), widest)}`,
    ...(finding.note === undefined ? [] : [`    note      ${inline(finding.note)}`]),
  ]
}

const shortened = (text: string, widest: number): string =>
  widest === Infinity ? inline(text) : cut(inline(text), widest)

function cause(result: CheckResult): string[] {
  if (result.blocker) {
    return [
      `    blocked   nothing was proven: ${inline(result.blocker.cause)}`,
      ...indented(result.blocker.message, '    because   ', 8),
    ]
  }
  if (result.verdict !== 'error') return []
  return [
    '    error     the suite itself failed; this says nothing about the server',
    ...indented(result.reason === null ? 'no message' : describeReason(result.reason), '    because   ', 12),
  ]
}

/** What an unmet requirement means, what to do about it, and, where there is room, what else requires it. */
function guidanceLines(contract: string, isViolated: boolean, brief: boolean): string[] {
  const guidance = isViolated ? guidanceOf(contract) : undefined
  if (!guidance) return []
  const classes = brief ? [] : classificationOf(guidance)
  return [
    `    means     ${guidance.impact}`,
    `    remedy    ${guidance.remedy}`,
    ...(classes.length > 0 ? [`    see also  ${classes.join(' · ')}`] : []),
  ]
}

/** Why the server broke, in one line of its own; the whole is in the evidence. */
function serverLines({ exchanges, serverLog, blocker }: CheckResult): string[] {
  const broken = exchanges.findLast(({ response }) => response.status >= 500)
  const fromLog = firstLine(serverLog.join('\n'))
  const line = fromLog === '' ? firstLine((broken && wordsOf(broken.response)) ?? '') : fromLog
  if (line === '' || blocker?.message.includes(line)) return []
  const more = serverLog.length > 1 ? ` (${count(serverLog.length - 1, 'more line')} in the evidence)` : ''
  return [`    server    ${inline(line)}${more}`]
}

function circumstances(result: CheckResult, header: RunHeader | null, full: boolean): string {
  const roles = [result.client, result.user].filter((role) => role !== null).map(inline)
  const control = {
    none: 'no control',
    passed: 'control passed',
    failed: 'control failed',
    'an earlier step': 'control: an earlier step',
  }
  const parts = [
    roles.length > 0 ? `as ${roles.join(', ')}` : null,
    control[result.control],
    header?.target
      ? inline(
          full
            ? `${versionsText(header.target, ['drupal', 'simple_oauth', 'league'])}, ${header.target.label}`
            : versionsText(header.target, ['drupal', 'simple_oauth']),
        )
      : null,
  ]
  return parts.filter((part) => part !== null).join(' · ')
}

function whereNext(result: CheckResult, { report, rerunCommand, flags = [], brief }: MessageContext): string[] {
  const evidence = `${inline(report)}/evidence/${evidenceName(result.contract)}`
  const again = `${[rerunCommand, ...flags.map(inline)].join(' ')} --only ${inline(shellQuote(result.contract))}`
  return brief ? [`  evidence  ${evidence}`, `  again     ${again}`] : [`  evidence ${evidence}     again: ${again}`]
}
