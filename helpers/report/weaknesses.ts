import { describeActual } from '../model/describe-value.ts'
import { checkName, type CheckResult, type IssueKind, type JudgedFinding } from '../model/result.ts'
import { severities, type Severity } from '../model/verdict.ts'

/** Equal known findings of several checks. */
export interface KnownGroup {
  /** "token.issued = 200, issued access_token" */
  readonly what: string
  readonly severity: Severity
  readonly issue: NonNullable<JudgedFinding['knownIssue']>
  /** The checks, by name. */
  readonly names: readonly string[]
  /** Their contracts, each once. */
  readonly contracts: readonly string[]
}

/** Findings that known issues of one kind cover, the gravest first. */
export function knownGroups(results: readonly CheckResult[], kind: IssueKind): KnownGroup[] {
  const groups = new Map<string, KnownGroup>()
  for (const result of results) {
    for (const { path, actual, severity, knownIssue } of result.findings) {
      if (knownIssue?.kind !== kind) continue
      const what = `${path} = ${describeActual({ path, actual })}`
      const key = [what, kind === 'weakness' ? severity : '', knownIssue.reason, knownIssue.source].join('\n')
      const before = groups.get(key)
      groups.set(key, {
        ...{ what, severity, issue: knownIssue },
        names: [...(before?.names ?? []), checkName(result)],
        contracts: [...new Set([...(before?.contracts ?? []), result.contract])],
      })
    }
  }
  if (kind === 'difference') return [...groups.values()]
  return [...groups.values()].sort(
    (one, other) => severities.indexOf(other.severity) - severities.indexOf(one.severity),
  )
}

/** Known issues in which something is granted that has to be rejected. */
export const weaknessesOf = (results: readonly CheckResult[]): KnownGroup[] => knownGroups(results, 'weakness')
