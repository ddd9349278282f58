import { describeActual } from '../model/describe-value.ts'
import { checkName, type CheckResult, type IssueKind, type JudgedFinding } from '../model/result.ts'
import { colorOf } from './failure-message.ts'
import { count, type KnownIssueNotes, type RunOutcome } from './run.ts'
import { inline, type Paint } from './text.ts'

type Known = NonNullable<JudgedFinding['knownIssue']>

/** Equal findings of several checks. */
interface Group {
  readonly what: string
  readonly issue: Known
  readonly names: readonly string[]
}

/**
 * What the known issues cover, weaknesses first; what the server does better than its release; what is to be said of the lists.
 * @param verbose Lists the differences one by one, too.
 */
export function knownLines({ results, knownIssues }: RunOutcome, paint: Paint, verbose: boolean): string[] {
  const [weaknesses, differences] = (['weakness', 'difference'] as const).map((kind) => groupsOf(results, kind))
  const blocks = [
    heading('weaknesses', weaknesses ?? [], 'something is granted that has to be rejected', paint),
    (weaknesses ?? []).flatMap(groupLines),
    heading('differences', differences ?? [], `nothing is granted${verbose ? '' : ' (--verbose lists them)'}`, paint),
    verbose ? (differences ?? []).flatMap(groupLines) : [],
    improved(results, paint),
    unseen(results),
    knownIssues ? notes(knownIssues, paint) : [],
  ]
  const lines = blocks.flat()
  return lines.length === 0 ? [] : [...lines, '']
}

function groupsOf(results: readonly CheckResult[], kind: IssueKind): Group[] {
  const groups = new Map<string, Group>()
  for (const result of results) {
    for (const { path, actual, severity, knownIssue } of result.findings) {
      if (knownIssue?.kind !== kind) continue
      const what = `${kind === 'weakness' ? `${severity}  ` : ''}${path} = ${describeActual({ path, actual })}`
      const key = `${what}\n${knownIssue.reason}\n${knownIssue.source}`
      const names = [...(groups.get(key)?.names ?? []), checkName(result)]
      groups.set(key, { what, issue: knownIssue, names })
    }
  }
  return [...groups.values()]
}

function heading(what: string, groups: readonly Group[], meaning: string, paint: Paint): string[] {
  const names = groups.flatMap((group) => group.names)
  if (names.length === 0) return []
  const findings = count(names.length, 'known finding')
  return [paint(colorOf.known, `${what.padEnd(12)} ${findings} in ${count(new Set(names).size, 'check')}: ${meaning}`)]
}

function groupLines({ what, issue, names }: Group): string[] {
  const { reason, source, remedy, fixedIn, issue: tracked, owner, until } = issue
  const more = { remedy, 'fixed in': fixedIn, issue: tracked, owner, until }
  const details = Object.entries(more).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${inline(value)}`],
  )
  return [
    `  ${String(names.length).padStart(3)}  ${inline(what)}`,
    `       ${[inline(`${reason} (${source})`), ...details].join(' · ')}`,
    `       ${inline(names.join(', '))}`,
  ]
}

function improved(results: readonly CheckResult[], paint: Paint): string[] {
  const better = results.filter(({ improved = [] }) => improved.length > 0).map(checkName)
  if (better.length === 0) return []
  const what = `${'better'.padEnd(12)} ${count(better.length, 'check')} without a known issue of this release:`
  return [`${paint('green', what)} ${inline(better.join(', '))}`]
}

function unseen(results: readonly CheckResult[]): string[] {
  const versions = results.flatMap(({ findings }) => findings.flatMap(({ knownIssue }) => knownIssue?.unseen ?? []))
  if (versions.length === 0) return []
  const names = [...new Set(versions)].sort().join(', ')
  return [
    `${'assumed'.padEnd(12)} nobody has seen the known issues on ${inline(names)}: ${count(versions.length, 'finding')} covered by the range of versions`,
  ]
}

function notes({ expired, expiring, unexplained, written }: KnownIssueNotes, paint: Paint): string[] {
  const note = (text: string): string => `${paint('yellow', 'note'.padEnd(12))} ${text}`
  const named = (entries: KnownIssueNotes['expired']): string =>
    inline(entries.map(({ name, until }) => `${name} (${until})`).join(', '))
  return [
    ...(expired.length > 0 ? [note(`known issues that have expired and excuse nothing: ${named(expired)}`)] : []),
    ...(expiring.length > 0 ? [note(`known issues that expire within 60 days: ${named(expiring)}`)] : []),
    ...(unexplained > 0 ? [note(`entries of the baseline that nobody has explained yet: ${unexplained}`)] : []),
    ...(written
      ? [note(`${written.entries} accepted in ${inline(written.file)}: say why, who answers for it and until when`)]
      : []),
  ]
}
