import { describeActual } from '../model/describe-value.ts'
import { describeReason } from '../model/describe-reason.ts'
import type { CheckResult, JudgedFinding } from '../model/result.ts'
import { colorOf } from './failure-message.ts'
import { cut } from './fit.ts'
import { count } from './run.ts'
import { inline, type Paint } from './text.ts'

/** The state of a guarantee. */
function guaranteeState({ verdict, reason }: CheckResult): string {
  if (verdict === 'pass') return 'proven'
  if (verdict === 'fail') return 'refuted'
  return reason?.kind === 'needs-slow' ? 'not refuted' : verdict
}

const consumerOf = ({ variant, guarantee }: CheckResult): string => `${variant ?? ''} ${guarantee ?? ''}`
const byConsumer = (a: CheckResult, b: CheckResult): number => (consumerOf(a) < consumerOf(b) ? -1 : 1)

/** The result of one guarantee of a site's owner. */
export interface GuaranteeResult {
  /** `proven`, `refuted`, `not refuted` (only waiting would prove it), or the verdict if it is neither. */
  readonly state: string
  readonly consumer: string
  readonly guarantee: string
  /** The server's answer, or why it is unknown; not escaped. */
  readonly answer: string
  readonly result: CheckResult
}

/** What a guarantee was judged by: what refutes it, else the last finding; undefined if nothing was found out. */
export const decisiveFinding = ({ findings }: CheckResult): JudgedFinding | undefined =>
  findings.find(({ ok }) => !ok) ?? findings.at(-1)

/** Every guarantee with its consumer and what the server answered, the refuted ones first. */
export function guaranteesOf(results: readonly CheckResult[]): GuaranteeResult[] {
  const guarantees = results.filter(({ guarantee }) => guarantee !== undefined).sort(byConsumer)
  const states = [...new Set(['refuted', ...guarantees.map(guaranteeState)])]
  const all = guarantees.map((result): GuaranteeResult => {
    const finding = decisiveFinding(result)
    return {
      ...{ state: guaranteeState(result), consumer: result.variant ?? '', guarantee: result.guarantee ?? '' },
      answer: finding
        ? `${finding.path}: ${describeActual(finding)}`
        : (result.blocker?.message ?? (result.reason === null ? '' : describeReason(result.reason))),
      result,
    }
  })
  return states.flatMap((state) => all.filter((one) => one.state === state))
}

/** "14 guarantees: 6 refuted, 8 proven" */
export function guaranteeCounts(all: readonly GuaranteeResult[]): string {
  const states = [...new Set(all.map(({ state }) => state))]
  const counts = states.map((state) => `${all.filter((one) => one.state === state).length} ${state}`)
  return `${count(all.length, 'guarantee')}: ${counts.join(', ')}`
}

/** The guarantees in a line each. */
export function policyLines(results: readonly CheckResult[], paint: Paint): string[] {
  const all = guaranteesOf(results)
  if (all.length === 0) return []
  const lines = all.map(
    ({ state, consumer, guarantee, answer, result }) =>
      `  ${paint(colorOf[result.verdict], state.padEnd(11))}  ${inline(consumer)}   ${inline(guarantee)}   ${inline(answer)}`,
  )
  return [`policy      ${guaranteeCounts(all)}`, ...lines, '']
}

/** Lines of guarantees in the brief summary. */
const most = 5

/** The numbers of guarantees, and those that are not proven. */
export function briefPolicy(results: readonly CheckResult[], paint: Paint, columns: number): string[] {
  const [heading, ...lines] = policyLines(results, (_format, text) => text).filter((line) => line !== '')
  if (heading === undefined) return []
  const open = lines.filter((line) => !line.startsWith('  proven'))
  const shown = open.slice(0, most).map((line) => {
    const text = cut(line, columns)
    return line.startsWith('  refuted') ? paint(colorOf.fail, text) : text
  })
  return [
    heading,
    ...shown,
    ...(open.length > most ? [`            ${open.length - most} more: --verbose lists them`] : []),
  ]
}
