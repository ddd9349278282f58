import type { Severity } from '../../model/verdict.ts'
import { escapeJson } from '../escape.ts'
import { inline } from '../text.ts'
import { problemsOf } from './problems.ts'
import type { Render } from './table.ts'

const severities: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
}

/** Code quality as GitLab reads it: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
export const gitlab: Render = (report) => {
  const issues = problemsOf(report).map(({ rule, name, title, text, severity, verdict, location, fingerprint }) => ({
    description: inline(`${name}: ${title}. ${text}`),
    check_name: inline(rule),
    fingerprint,
    severity: verdict === 'warn' ? 'minor' : severities[severity],
    location: { path: inline(location.path), lines: { begin: location.line } },
  }))
  return `${escapeJson(JSON.stringify(issues, null, 2))}\n`
}
