import type { RunReason } from '../model/run-reason.ts'
import type { MessageContext } from './failure-message.ts'
import type { RunOutcome, Summary } from './run.ts'

/** What to do after a run, in one line; null if its messages have said it. */
export function nextStep(
  { header, knownIssues }: RunOutcome,
  summary: Summary,
  context: MessageContext,
): string | null {
  const { report } = context
  // Its banner says how to test a Drupal.
  if (header.target?.demonstration) return null
  const has = (kind: RunReason['kind']): boolean => summary.reasons.some((reason) => reason.kind === kind)
  if (summary.exitCode === 2) return null
  if (has('critical-not-tested')) return 'test them with --slow or --stress, or add --allow-skipped'
  if (has('fail') || has('granted-beyond-record'))
    return header.settings.baseline === undefined || (header.settings.baseline as readonly string[]).length === 0
      ? 'fix what fails, or accept it for now: --generate-baseline FILE'
      : 'fix what fails, or add it to the baseline with a reason'
  if (has('stale') || has('drift-gone')) return 'remove from the baseline what no longer occurs'
  if (summary.exitCode === 1) return null
  if (knownIssues?.written?.entries === 0) return `commit ${knownIssues.written.file}, and give it with --baseline`
  if (knownIssues?.written) return `say in ${knownIssues.written.file} why each entry is accepted, and commit it`
  return `keep the report, and after an update add --compare-with ${report}`
}
