import { inline } from '../text.ts'
import { adviceOf, problemsOf, type Problem } from './problems.ts'
import type { Render } from './table.ts'

/** GitHub shows no more of each kind for a step. */
const most = 10

/** Workflow commands for GitHub Actions: each a line of the log and an annotation. */
export const github: Render = (report) => {
  const problems = problemsOf(report)
  const strict = report.settings.strict
  const errors = problems.filter(({ verdict }) => strict || verdict !== 'warn')
  const warnings = problems.filter((problem) => !errors.includes(problem))
  const { failure } = report
  const lines = [
    ...(failure ? [command('error', { title: inline(failure.code) }, failure.message)] : []),
    ...annotations('error', errors, most - (failure ? 1 : 0)),
    ...annotations('warning', warnings, most),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function annotations(kind: 'error' | 'warning', problems: readonly Problem[], max: number): string[] {
  const shown = problems.length > max ? problems.slice(0, max - 1) : problems
  const rest = problems.length - shown.length
  return [
    ...shown.map((problem) => {
      const { verdict, name, title, text, location } = problem
      return command(
        kind,
        {
          ...(location.own ? { file: location.path, line: String(location.line) } : {}),
          title: inline(`${verdict.toUpperCase()} ${name}`),
        },
        [`${title}.`, text, adviceOf(problem)].filter((line) => line !== '').join('\n'),
      )
    }),
    ...(rest > 0
      ? [command(kind, { title: `${rest} more` }, `${rest} more in the job summary and in the report.`)]
      : []),
  ]
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; escaped as GitHub's own toolkit does. */
function command(kind: string, properties: Readonly<Record<string, string>>, message: string): string {
  const lines = message.split('\n').map(inline).join('\n')
  const given = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`)
  return `::${kind} ${given.join(',')}::${data(lines)}`
}

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
