import { existsSync } from 'node:fs'
import type { KnownIssueNotes, RunHeader, RunOutcome } from '../report/run.ts'
import { SettingsError, type Settings } from '../settings/settings.ts'
import { chooseRecord, driftOf, type ChosenRecord } from './drift.ts'
import { generateBaseline, unexplained } from './generate-baseline.ts'
import { writeNew } from '../settings/write-new.ts'
import { appliesTo, dayOf } from './known-issues.ts'
import type { KnownLists } from './plan.ts'

/** What the outcome of a run is judged by, apart from its checks. */
export interface Expectations {
  readonly lists: KnownLists
  readonly record: ChosenRecord | null
}

/** @throws RecordError */
export const expectationsOf = (lists: KnownLists, target: RunHeader['target']): Expectations => ({
  lists,
  record: target === null ? null : chooseRecord(target),
})

/**
 * Refuses a baseline that could not be written, before anything starts.
 * @throws SettingsError
 */
export function requireNewBaseline({ generateBaseline: file }: Settings): void {
  if (file !== null && existsSync(file))
    throw new SettingsError(
      'bad-value',
      `${file} exists, and its reasons would be lost. Name a new file, or give it with --baseline.`,
    )
}

/**
 * Adds to the outcome of a run its drift from the record of the release, and notes on known issues. If a baseline is requested, a complete
 * run writes it, and the outcome is that of the next run with it.
 * @throws SettingsError if the baseline cannot be written.
 */
export function concludeRun(
  outcome: RunOutcome,
  expectations: Expectations | null,
  { generateBaseline: file }: Settings,
  today: Date,
): RunOutcome {
  if (expectations === null) return outcome
  const { lists, record } = expectations
  const drift = driftOf(outcome, record, lists.baseline.drift, today)
  const notes = notesOf(outcome, lists, today)
  const full: RunOutcome = {
    ...outcome,
    ...(drift ? { drift } : {}),
    ...(notes ? { knownIssues: notes } : {}),
  }
  if (file === null || outcome.failure !== null || outcome.interrupted !== null) return full
  const generated = generateBaseline(full, today)
  writeNew(file, generated.text)
  const nothing = { expired: [], expiring: [], unexplained: 0 }
  return { ...generated.outcome, knownIssues: { ...nothing, ...notes, written: { file, entries: generated.entries } } }
}

const soon = 60

/** Notes for the owner of a list, only about entries that concern what was run. */
function notesOf(
  { header, results }: RunOutcome,
  { released, baseline }: KnownLists,
  today: Date,
): KnownIssueNotes | null {
  const contracts = new Set(results.map(({ contract }) => contract))
  const own = [...baseline.issues, ...baseline.drift]
  const entries = [...released, ...own].filter((entry) =>
    'drift' in entry
      ? entry.contracts.some((id) => contracts.has(id))
      : contracts.has(entry.contract) && appliesTo(entry, header.target?.versions ?? {}),
  )
  const limit = dayOf(new Date(today.getTime() + soon * 86_400_000))
  const until = (entry: (typeof entries)[number]): string => entry.until ?? '9999-12-31'
  const term = (entry: (typeof entries)[number]): KnownIssueNotes['expired'][number] => ({
    name: 'drift' in entry ? entry.drift : entry.contract,
    until: until(entry),
  })
  const expired = entries.filter((entry) => until(entry) < dayOf(today)).map(term)
  const expiring = entries.filter((entry) => until(entry) >= dayOf(today) && until(entry) <= limit).map(term)
  const unsaid = own.filter(({ reason }) => reason === unexplained).length
  return expired.length + expiring.length + unsaid === 0 ? null : { expired, expiring, unexplained: unsaid }
}
