import { describeActual } from '../model/describe-value.ts'
import { describeReason } from '../model/describe-reason.ts'
import type { CheckResult } from '../model/result.ts'
import { colorOf } from './failure-message.ts'
import { cut } from './fit.ts'
import { count } from './run.ts'
import { inline, type Paint } from './text.ts'

/** What was found of a guarantee. */
function guaranteeState({ verdict, reason }: CheckResult): string {
  if (verdict === 'pass') return 'proven'
  if (verdict === 'fail') return 'refuted'
  return reason?.kind === 'needs-slow' ? 'not refuted' : verdict
}

const consumerOf = ({ variant, guarantee }: CheckResult): string => `${variant ?? ''} ${guarantee ?? ''}`
const byConsumer = (a: CheckResult, b: CheckResult): number => (consumerOf(a) < consumerOf(b) ? -1 : 1)

/** Every guarantee with its consumer and what the server answered, the refuted ones first. */
export function policyLines(results: readonly CheckResult[], paint: Paint): string[] {
  const guarantees = results.filter(({ guarantee }) => guarantee !== undefined).sort(byConsumer)
  if (guarantees.length === 0) return []
  const states = [...new Set(['refuted', ...guarantees.map(guaranteeState)])]
  const of = (state: string): CheckResult[] => guarantees.filter((result) => guaranteeState(result) === state)
  const counts = states.filter((state) => of(state).length > 0).map((state) => `${of(state).length} ${state}`)
  const lines = states.flatMap((state) =>
    of(state).map((result) => {
      const finding = result.findings.find(({ ok }) => !ok) ?? result.findings.at(-1)
      const answer = finding
        ? `${finding.path}: ${describeActual(finding)}`
        : (result.blocker?.message ?? (result.reason === null ? '' : describeReason(result.reason)))
      return `  ${paint(colorOf[result.verdict], state.padEnd(11))}  ${inline(result.variant ?? '')}   ${inline(result.guarantee ?? '')}   ${inline(answer)}`
    }),
  )
  return [`policy      ${count(guarantees.length, 'guarantee')}: ${counts.join(', ')}`, ...lines, '']
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
