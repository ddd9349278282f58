import { createRequire } from 'node:module'
import { conclude, type KnownIssue } from '../judge/conclude.ts'
import type { CheckResult, JudgedFinding } from '../model/result.ts'
import type { Versions } from '../model/target.ts'
import type { Profile } from '../../fixtures/sources.ts'
import { escapeJson } from '../report/escape.ts'
import { drifts, type RunOutcome } from '../report/run.ts'
import type { DriftEntry, KnownIssueEntry } from './known-issues.ts'
import { dayOf } from './known-issues.ts'

const require = createRequire(import.meta.url)
/** Few runs write one, and the library takes a moment. */
const yaml = (): typeof import('yaml') => require('yaml') as typeof import('yaml')

/** The reason in a generated entry until somebody explains it; the summary counts such entries. */
export const unexplained = 'Not explained yet: say why this is accepted.'

/** Days for which a generated entry holds. */
const days = 180

interface Generated {
  readonly text: string
  /** The outcome with everything accepted, as in the next run. */
  readonly outcome: RunOutcome
  readonly entries: number
}

/** Writes the failures and the drift of a run as a baseline: each entry covers one finding of the checks in which it was seen. */
export function generateBaseline(outcome: RunOutcome, today: Date): Generated {
  const { header, results, drift } = outcome
  const { strict, profile } = header.settings
  const red = results.filter(({ verdict }) => verdict === 'fail' || (strict && verdict === 'warn'))
  const term = { owner: 'nobody yet', until: dayOf(new Date(today.getTime() + days * 86_400_000)) }
  const issues = together(red, header.target?.versions ?? {}, { ...term, source: `a run on ${dayOf(today)}` })
  const open = drift === undefined ? [] : drifts(drift, strict)
  const accepted = open.map(({ id, contracts }): DriftEntry => ({ drift: id, contracts, reason: unexplained, ...term }))
  const lists = issues.map(({ versions: _, variants, ...entry }): KnownIssue => ({
    ...entry,
    variants: variants ?? null,
    list: 'baseline',
    expected: true,
  }))
  const entries = [...issues, ...accepted]
  return {
    entries: entries.length,
    text: `${head}${entries.length === 0 ? '[]\n' : entries.map(entryText).join('\n')}`,
    outcome: {
      ...outcome,
      results: results.map((result) => judgedAgain(result, lists, profile as Profile)),
      ...(drift === undefined
        ? {}
        : {
            drift: {
              ...drift,
              changes: drift.changes.map((change) => {
                const entry = open.includes(change) ? accepted.find((one) => one.drift === change.id) : undefined
                return entry ? { ...change, accepted: { ...entry, change: entry.drift } } : change
              }),
            },
          }),
    },
  }
}

const head = `# Failures and differences that are accepted. For each, say why (reason), who answers for it (owner) and until when.
# Then: --baseline FILE. What no longer occurs is reported as stale.

`

// JSON strings escape what a server sent, so that no line of it can be read as an entry.
const entryText = (entry: object): string =>
  yaml().stringify([JSON.parse(escapeJson(JSON.stringify(entry)))], { lineWidth: 0 })

function judgedAgain(result: CheckResult, lists: readonly KnownIssue[], profile: Profile): CheckResult {
  if (!lists.some(({ contract }) => contract === result.contract)) return result
  const own = lists.filter((entry) => result.findings.some((finding) => isSame(finding, entry)))
  const { verdict, findings } = conclude(result, result.findings, own, profile)
  return { ...result, findings, verdict: result.stale.length > 0 ? 'stale' : verdict }
}

const key = (value: unknown): string => JSON.stringify(value)
const isSame = (finding: JudgedFinding, entry: KnownIssue): boolean =>
  !finding.ok && finding.path === entry.path && key(finding.actual) === key(entry.actual)

/** Combines equal findings of several variants into one entry. */
function together(
  results: readonly CheckResult[],
  versions: Versions,
  more: { readonly owner: string; readonly until: string; readonly source: string },
): KnownIssueEntry[] {
  const entries = new Map<string, KnownIssueEntry>()
  for (const { contract, variant, findings } of results) {
    for (const { path, actual, granted, ok, knownIssue } of findings) {
      if (ok || knownIssue) continue
      const id = key([contract, path, actual])
      const variants = [...(entries.get(id)?.variants ?? []), ...(variant === null ? [] : [variant])]
      entries.set(id, {
        contract,
        ...(variants.length > 0 ? { variants } : {}),
        ...{ kind: granted ? 'weakness' : 'difference', path, actual },
        versions: { simple_oauth: here(versions.simple_oauth) },
        ...{ reason: unexplained, source: more.source, owner: more.owner, until: more.until },
      })
    }
  }
  return [...entries.values()]
}

/** If the server does not show its version, the site file has to state it: an entry without versions would cover nothing. */
const here = (version: string | undefined): KnownIssueEntry['versions']['simple_oauth'] => ({
  seen: version === undefined ? [] : [version],
  assumed: version === undefined ? '*' : `~${version}`,
})
