import type { ChangeClass } from '../../fixtures/change-classes.ts'
import { checkName, type CheckResult } from '../model/result.ts'
import { isObject, type Json } from '../model/verdict.ts'
import { acceptChanges, type AcceptedChange, type WithAcceptance } from './accept.ts'
import { changesBetween } from './changes.ts'
import { factsOf, type CheckFacts } from './facts.ts'
import type { ReportedRun } from './reported-run.ts'

/** One check in a record. */
export interface RecordedFacts {
  readonly contract: string
  readonly variant: string | null
  readonly verdict: CheckResult['verdict']
  /** Findings that failed; all others were met. */
  readonly failed: readonly { readonly path: string; readonly actual: Json }[]
  readonly observed: { readonly [path: string]: Json }
}

/** The differences between a server and the record of its release. Plain JSON. */
export interface RecordDrift {
  /** The name of the record: "simple_oauth-6.0.9-league-9.2.0-drupal-10.5.5". */
  readonly record: string
  /** Versions in which the record differs from the server: "league 9.4.1 instead of 9.2.0"; empty if none. */
  readonly deviations: readonly string[]
  /** Checks that the run judged and the record has. */
  readonly compared: number
  readonly changes: readonly DriftChange[]
  /** Accepted differences that did not occur, though each of their contracts was judged. */
  readonly unused: readonly AcceptedChange[]
  readonly expired: readonly AcceptedChange[]
  /** Accepted differences that did not occur, but not all of whose contracts were judged: another part of the run may have them. */
  readonly undecided?: readonly AcceptedChange[]
}

/** Equal differences of several checks, as one. */
export interface DriftChange extends Pick<WithAcceptance, 'id' | 'fact' | 'endpoint' | 'sentence' | 'accepted'> {
  readonly class: ChangeClass
  /** The checks, by name. */
  readonly checks: readonly string[]
  readonly contracts: readonly string[]
}

export interface DriftOptions {
  readonly record: { readonly name: string; readonly checks: readonly RecordedFacts[] }
  readonly deviations: readonly string[]
  readonly accepted: readonly AcceptedChange[]
  /** YYYY-MM-DD */
  readonly today: string
  /** Whether a contract is left out of all records. */
  readonly isWithheld: (contract: string) => boolean
}

const judged: readonly CheckResult['verdict'][] = ['pass', 'warn', 'known', 'stale', 'fail']

/** Compares a run with the record of its release. Skipped and blocked checks do not count as drift: they have reasons of their own. */
export function recordDrift(run: ReportedRun, options: DriftOptions): RecordDrift {
  const { record, deviations, accepted, today, isWithheld } = options
  const recorded = new Map(
    record.checks.filter(({ verdict }) => judged.includes(verdict)).map((check) => [checkName(check), check]),
  )
  const now = run.checks.filter(({ verdict, contract }) => judged.includes(verdict) && !isWithheld(contract))
  const both = now.flatMap((check) => {
    const before = recorded.get(checkName(check))
    return before ? [{ check, before: asRecorded(check, before) }] : []
  })
  const [before, after] = [both.map((pair) => pair.before), both.map(({ check }) => check)].map((checks) =>
    factsOf({ ...run, checks }),
  )
  const pairs = [...(before ?? [])].flatMap(([name, facts]): [CheckFacts, CheckFacts][] => {
    const same = after?.get(name)
    return same ? [[facts, same]] : []
  })
  const changed = changesBetween(pairs, [new Map(), new Map()])
  const found = run.target?.mapped ? changed.filter((change) => !isConsentRemembered(change)) : changed
  const { changes, unused, expired } = acceptChanges(found, accepted, today)
  const contracts = new Set(both.map(({ check }) => check.contract))
  const judgedOf = ({ contracts: own = [] }: AcceptedChange): number => own.filter((id) => contracts.has(id)).length
  const isUnused = (entry: AcceptedChange): boolean => judgedOf(entry) === (entry.contracts ?? []).length
  const undecided = unused.filter((entry) => !isUnused(entry) && judgedOf(entry) > 0)
  return {
    record: record.name,
    deviations,
    compared: both.length,
    changes: changes
      .map(({ id, fact, endpoint, sentence, accepted, class: kind, checks }) => ({
        ...{ id, fact, endpoint, sentence, accepted, class: kind, checks: checks.map(({ name }) => name) },
        contracts: [...new Set(checks.map(({ contract }) => contract))],
      }))
      .sort((one, other) => Number(isLoosened(other)) - Number(isLoosened(one))),
    unused: unused.filter(isUnused),
    expired,
    ...(undecided.length > 0 ? { undecided } : {}),
  }
}

/**
 * Whether no consent form was served, so that nothing about it is known. A site's own consumer may remember approvals or need none, while
 * those of a record always ask.
 */
const isConsentRemembered = ({ fact, after }: Pick<WithAcceptance, 'fact' | 'after'>): boolean =>
  fact.startsWith('consent.') && after === undefined

/** Whether the server grants what the release refuses. */
export const isLoosened = (change: Pick<DriftChange, 'class'>): boolean => change.class === 'loosened'

/** The check as the record has it: a finding that is not among its failed ones was met. */
function asRecorded(check: CheckResult, { failed, observed }: RecordedFacts): CheckResult {
  const findings = check.findings.map(({ knownIssue: _, granted: __, ...finding }) => {
    const before = failed.find(({ path }) => path === finding.path)
    // A record does not keep the actual values of met requirements. If the requirement is met now, nothing changed.
    if (!before) return { ...finding, ok: true, actual: finding.ok ? finding.actual : 'as required' }
    return { ...finding, ok: false, actual: before.actual, granted: isGrant(before) }
  })
  return { ...check, findings, observed }
}

/** Whether something was issued or opened: a token, a code, a resource. */
function isGrant({ path, actual }: RecordedFacts['failed'][number]): boolean {
  // In a record, a label replaces tokens and codes.
  if (typeof actual === 'string') return /^‹(?:access_token|refresh_token|id_token|code)(?::\d+)?›$/u.test(actual)
  if (!isObject(actual)) return false
  const { issued, params, status } = actual
  if (Array.isArray(issued)) return issued.length > 0
  if (Array.isArray(params)) return params.includes('code')
  return path.endsWith('resource.access') && typeof status === 'number' && status >= 200 && status < 300
}
