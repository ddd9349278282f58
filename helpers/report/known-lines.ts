import { checkName, type CheckResult } from '../model/result.ts'
import { colorOf } from './failure-message.ts'
import { cut } from './fit.ts'
import { count, type KnownIssueNotes, type RunOutcome } from './run.ts'
import { inline, type Paint } from './text.ts'
import { knownGroups, type KnownGroup } from './weaknesses.ts'

/** Findings that known issues cover, weaknesses first; improvements over the release; notes on the lists. */
export function knownLines({ results, knownIssues }: RunOutcome, paint: Paint): string[] {
  const [weaknesses, differences] = (['weakness', 'difference'] as const).map((kind) => knownGroups(results, kind))
  const blocks = [
    heading('weaknesses', weaknesses ?? [], 'something is granted that has to be rejected', paint),
    (weaknesses ?? []).flatMap(groupLines),
    heading('differences', differences ?? [], 'nothing is granted', paint),
    (differences ?? []).flatMap(groupLines),
    knownNotes(results, knownIssues, paint),
  ]
  const lines = blocks.flat()
  return lines.length === 0 ? [] : [...lines, '']
}

/** Notes on the lists of known issues, one line each. */
export function knownNotes(
  results: readonly CheckResult[],
  knownIssues: KnownIssueNotes | undefined,
  paint: Paint,
  columns = Infinity,
): string[] {
  const lines = [...improved(results), ...unseen(results), ...(knownIssues ? notes(knownIssues) : [])]
  return lines.map(([label, text, format]) => {
    const shown = cut(`${label.padEnd(11)} ${text}`, columns)
    return format === null ? shown : paint(format, shown.slice(0, label.length)) + shown.slice(label.length)
  })
}

/** Label, text, and the color of the label. */
type Note = readonly [label: string, text: string, format: Parameters<Paint>[0] | null]

function heading(what: string, groups: readonly KnownGroup[], meaning: string, paint: Paint): string[] {
  const names = groups.flatMap((group) => group.names)
  if (names.length === 0) return []
  const findings = count(names.length, 'known finding')
  return [paint(colorOf.known, `${what.padEnd(11)} ${findings} in ${count(new Set(names).size, 'check')}: ${meaning}`)]
}

function groupLines({ what, severity, issue, names }: KnownGroup): string[] {
  const { reason, source, remedy, fixedIn, issue: tracked, owner, until } = issue
  const more = { remedy, 'fixed in': fixedIn, issue: tracked, owner, until }
  const details = Object.entries(more).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${inline(value)}`],
  )
  return [
    `  ${String(names.length).padStart(3)}  ${issue.kind === 'weakness' ? `${severity}  ` : ''}${inline(what)}`,
    `       ${[inline(`${reason} (${source})`), ...details].join(' · ')}`,
    `       ${inline(names.join(', '))}`,
  ]
}

function improved(results: readonly CheckResult[]): Note[] {
  const better = results.filter(({ improved = [] }) => improved.length > 0).map(checkName)
  if (better.length === 0) return []
  const text = `${count(better.length, 'check')} without a known issue of this release: ${inline(better.join(', '))}`
  return [['better', text, 'green']]
}

function unseen(results: readonly CheckResult[]): Note[] {
  const versions = results.flatMap(({ findings }) => findings.flatMap(({ knownIssue }) => knownIssue?.unseen ?? []))
  if (versions.length === 0) return []
  const names = [...new Set(versions)].sort().join(', ')
  const text = `nobody has seen the known issues on ${inline(names)}: ${count(versions.length, 'finding')} covered by the range of versions`
  return [['assumed', text, null]]
}

function notes({ expired, expiring, unexplained, written }: KnownIssueNotes): Note[] {
  const note = (text: string): Note => ['note', text, 'yellow']
  const named = (entries: KnownIssueNotes['expired']): string =>
    inline(entries.map(({ name, until }) => `${name} (${until})`).join(', '))
  return [
    ...(expired.length > 0 ? [note(`known issues that have expired and excuse nothing: ${named(expired)}`)] : []),
    ...(expiring.length > 0 ? [note(`known issues that expire within 60 days: ${named(expiring)}`)] : []),
    ...(unexplained > 0 ? [note(`entries of the baseline that nobody has explained yet: ${unexplained}`)] : []),
    ...(written
      ? [
          note(
            written.entries === 0
              ? `nothing to accept: ${inline(written.file)} is empty`
              : `${written.entries} accepted in ${inline(written.file)}: say why, who answers for it and until when`,
          ),
        ]
      : []),
  ]
}
