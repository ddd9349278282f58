import type { AcceptedChange } from '../compare/accept.ts'
import type { RecordDrift } from '../compare/record-drift.ts'
import { checkName, type CheckResult, type SideEffects } from '../model/result.ts'
import { chooseRecord, driftOf } from '../plan/drift.ts'
import type { Report } from '../report/report.ts'
import type { KnownIssueNotes, RunOutcome } from '../report/run.ts'
import { MergeError } from './merge-error.ts'

/**
 * Combines the parts of a run into the run that was split. Drift is judged again, over all checks.
 * @param missing Shards without a report, which leave the run without a verdict.
 * @throws MergeError, RecordError
 */
export function combine(parts: readonly [Report, ...Report[]], missing: readonly string[]): RunOutcome {
  const [{ suite, target: _, files, settings, startedAt }] = parts
  const { shard: __, ...whole } = settings
  const started = parts.map((part) => part.startedAt).sort()
  const target = parts.find((part) => part.target)?.target ?? null
  const results = inOrder(parts.flatMap(withOwnLabels()))
  requireOnce(results)
  const took = parts.flatMap(({ milliseconds }) => milliseconds ?? [])
  const sideEffects = sumOf(parts.flatMap((part) => part.sideEffects ?? []))
  const notes = notesOf(parts.flatMap(({ knownIssues }) => knownIssues ?? []))
  const outcome: RunOutcome = {
    header: { suite, startedAt: started[0] ?? startedAt, target, settings: whole, ...(files ? { files } : {}) },
    results,
    planned: parts.reduce((sum, { planned }) => sum + planned, 0),
    interrupted: parts.find(({ interrupted }) => interrupted !== null)?.interrupted ?? null,
    failure: failureOf(parts, missing),
    // Wall-clock time, because shards run side by side.
    ...(took.length > 0 ? { milliseconds: Math.max(...took) } : {}),
    ...(sideEffects ? { sideEffects } : {}),
    ...(notes ? { knownIssues: notes } : {}),
  }
  const drift = driftAgain(outcome, parts)
  return drift ? { ...outcome, drift } : outcome
}

/** In the order of the catalogue; in a report, checks are in the order in which they ended. */
const inOrder = (results: readonly CheckResult[]): CheckResult[] =>
  [...results].sort((one, other) => one.location.localeCompare(other.location, 'en', { numeric: true }))

const label = /‹([A-Za-z][\w.-]*):(\d+)›/gu

/** Each part numbers its labels of secrets from 1; in the whole, one label must stand for one value. */
function withOwnLabels(): (part: Report) => CheckResult[] {
  const taken = new Map<string, number>()
  return ({ checks }) => {
    const before = new Map(taken)
    const renumber = (text: string): string =>
      text.replace(label, (_, kind: string, number: string) => {
        const own = Number(number) + (before.get(kind) ?? 0)
        taken.set(kind, Math.max(taken.get(kind) ?? 0, own))
        return `‹${kind}:${String(own)}›`
      })
    return checks.map((check) => JSON.parse(renumber(JSON.stringify(check))) as CheckResult)
  }
}

function requireOnce(results: readonly CheckResult[]): void {
  const names = new Set<string>()
  for (const result of results) {
    const name = checkName(result)
    if (names.has(name))
      throw new MergeError(`${name} is in two parts, which cannot be of one run. Run all shards again.`)
    names.add(name)
  }
}

function failureOf(parts: readonly Report[], missing: readonly string[]): RunOutcome['failure'] {
  const failures = parts.flatMap(({ failure }) => failure ?? [])
  const [first] = failures
  const absent =
    missing.length === 0
      ? []
      : [
          `There is no report of shard ${missing.join(', ')}: the run of its contracts is missing. See the job that ran it.`,
        ]
  if (first === undefined && absent.length === 0) return null
  const messages = [...new Set(failures.map(({ message }) => message)), ...absent]
  return { code: first?.code ?? 'shard-missing', message: messages.join('\n') }
}

function sumOf(all: readonly SideEffects[]): SideEffects | null {
  if (all.length === 0) return null
  const sum = (name: keyof SideEffects): number => all.reduce((total, one) => total + one[name], 0)
  return {
    codes: sum('codes'),
    accessTokens: sum('accessTokens'),
    refreshTokens: sum('refreshTokens'),
    sessions: sum('sessions'),
  }
}

/** The parts share one baseline, so several of them may report the same entry of drift. */
function notesOf(all: readonly KnownIssueNotes[]): KnownIssueNotes | null {
  if (all.length === 0) return null
  const once = (name: 'expired' | 'expiring'): KnownIssueNotes['expired'] => [
    ...new Map(all.flatMap((notes) => notes[name]).map((entry) => [JSON.stringify(entry), entry])).values(),
  ]
  return {
    expired: once('expired'),
    expiring: once('expiring'),
    unexplained: Math.max(...all.map(({ unexplained }) => unexplained)),
  }
}

/** Judges drift again for all checks, with the same record and the same accepted differences. */
function driftAgain(outcome: RunOutcome, parts: readonly Report[]): RecordDrift | null {
  const { target, startedAt } = outcome.header
  if (target === null || parts.every(({ drift }) => drift === undefined)) return null
  const entries = parts
    .flatMap(({ drift }) => (drift ? acceptedIn(drift) : []))
    .map(({ change, contracts = [], until = '9999-12-31', ...entry }) => ({
      drift: change,
      contracts,
      until,
      ...entry,
    }))
  const distinct = new Map(entries.map((entry) => [JSON.stringify(entry), entry]))
  return driftOf(outcome, chooseRecord(target), [...distinct.values()], new Date(startedAt))
}

const acceptedIn = ({ changes, unused, expired, undecided = [] }: RecordDrift): AcceptedChange[] => [
  ...changes.flatMap(({ accepted }) => accepted ?? []),
  ...unused,
  ...expired,
  ...undecided,
]
