import { asvsVerdicts, type AsvsVerdicts } from './asvs-verdicts.ts'
import type { CheckResult } from '../model/result.ts'
import { summarize, type RunHeader, type RunOutcome, type Summary } from './run.ts'
import { serverFacts, type ServerFacts } from './server-facts.ts'

/** Incremented by every change that breaks readers of the previous version. */
const schemaVersion = 3

/** Everything about a run, as in report.json: every format is made from this alone, during the run or later. */
export interface Report extends RunHeader, Omit<RunOutcome, 'header' | 'results'> {
  readonly schemaVersion: number
  readonly summary: Summary
  readonly server: ServerFacts
  readonly asvs?: readonly AsvsVerdicts[]
  readonly checks: readonly CheckResult[]
}

/** The report of a run; its form is fixtures/schemas/report.schema.json. */
export function reportOf(outcome: RunOutcome): Report {
  const { header, results, planned, interrupted, failure, sideEffects, drift, knownIssues, milliseconds } = outcome
  const asvs = asvsVerdicts(results)
  const summary = summarize({ header, results, planned, interrupted, failure, ...(drift ? { drift } : {}) })
  return {
    ...{ schemaVersion, ...header, planned, interrupted, failure, summary },
    ...(milliseconds === undefined ? {} : { milliseconds }),
    ...(sideEffects ? { sideEffects } : {}),
    ...(drift ? { drift } : {}),
    ...(knownIssues ? { knownIssues } : {}),
    server: serverFacts(results, header.target),
    ...(asvs.length > 0 ? { asvs } : {}),
    checks: results,
  }
}

/** What the parts of the console read of a report. */
export function outcomeOf(report: Report): RunOutcome {
  const { suite, startedAt, target, settings, files, checks, ...rest } = report
  return { ...rest, header: { suite, startedAt, target, settings, ...(files ? { files } : {}) }, results: checks }
}
