import type { Severity } from '../../model/verdict.ts'
import { escapeJson, terminal } from '../escape.ts'
import { inline } from '../text.ts'
import { adviceOf, problemsOf } from './problems.ts'
import type { Render } from './table.ts'

const severities: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
}

/** Characters of a description. */
const longest = 2_000

/** Code quality as GitLab reads it; the description is all that it shows: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
export const gitlab: Render = (report) => {
  const issues = problemsOf(report).map((problem) => {
    const { rule, name, title, text, severity, verdict, location, fingerprint } = problem
    return {
      description: terminal(
        `${name}: ${title}. ${text}${/[.:]$/u.test(text) ? '' : '.'} ${adviceOf(problem)}`.trimEnd(),
        { max: longest },
      ),
      check_name: inline(rule),
      fingerprint,
      severity: verdict === 'warn' ? 'minor' : severities[severity],
      location: { path: inline(location.path), lines: { begin: location.line } },
    }
  })
  return `${escapeJson(JSON.stringify(issues, null, 2))}\n`
}
