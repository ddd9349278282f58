import { suite } from '../model/package.ts'
import type { Comparison, JudgedChange } from '../compare/compare.ts'
import type { Announced } from '../compare/releases.ts'
import type { NamedRun } from '../compare/reported-run.ts'
import { changeText, verdictLine } from './comparison-text.ts'
import { escapeJson } from './escape.ts'

/** Incremented by every change that breaks readers of the previous version. */
const schemaVersion = 1

/** `comparison.json`; its form is fixtures/schemas/comparison.schema.json. */
export function comparisonJson(comparison: Comparison): string {
  const { before, after, versions, compared, partial, notes, changes, exitCode } = comparison
  const { unusedAccepted, expiredAccepted, notSeen, unread } = comparison
  const content = {
    schemaVersion,
    suite,
    verdict: verdictLine(comparison),
    exitCode,
    before: runJson(before),
    after: runJson(after),
    ...{ versions, compared, partial, notes },
    changes: changes.map(changeJson),
    unusedAccepted,
    expiredAccepted,
    announcedNotSeen: notSeen.map(announcedJson),
    releaseNotesNotRead: unread,
  }
  return `${escapeJson(JSON.stringify(content, null, 2))}\n`
}

const runJson = ({ name, run }: NamedRun): object => ({
  report: name,
  startedAt: run.startedAt,
  suite: run.suite,
  target: run.target && { label: run.target.label, versions: run.target.versions, modules: run.target.modules ?? null },
  planned: run.planned,
  checks: run.checks.length,
})

const changeJson = (change: JudgedChange): object => ({
  id: change.id,
  class: change.class,
  text: changeText(change),
  meaning: change.sentence,
  fact: change.fact,
  endpoint: change.endpoint,
  // An absent value has no member, because null is a JSON value.
  ...(change.before === undefined ? {} : { before: change.before }),
  ...(change.after === undefined ? {} : { after: change.after }),
  announced: change.announced.map(announcedJson),
  accepted: change.accepted,
  checks: change.checks.map(({ name, contract, severity, verdicts: [before, after] }) => ({
    ...{ name, contract, severity, before, after },
  })),
})

const announcedJson = ({ package: name, versions, what, source, remedy, reversed }: Announced): object => ({
  package: name,
  versions,
  what,
  source,
  ...(remedy === undefined ? {} : { remedy }),
  reversed,
})
