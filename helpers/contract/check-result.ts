import { maskPersonal } from '../http/personal.ts'
import type { Redactor } from '../http/redact.ts'
import type { CheckResult } from '../model/result.ts'
import type { Check } from './case.ts'

/** The result of a check that has not started. */
export function emptyResult(check: Check): CheckResult {
  return {
    contract: check.contract,
    variant: check.variant,
    title: check.title,
    severity: check.severity,
    ...(check.guarantee === undefined ? {} : { guarantee: check.guarantee }),
    sources: check.sources,
    group: check.group,
    client: check.given.client,
    user: check.given.user ?? null,
    location: check.location,
    verdict: 'error',
    reason: null,
    blocker: null,
    control: 'none',
    findings: [],
    stale: [],
    observed: {},
    exchanges: [],
    serverLog: [],
    milliseconds: 0,
  }
}

/** Redacts only what the server sent: otherwise a server could turn any string of ours, even a finding's path, into a secret. */
export function redacted(result: CheckResult, redactor: Redactor): CheckResult {
  const { reason, blocker, exchanges, serverLog } = result
  const observed = Object.entries(result.observed).map(([path, fact]) => [path, redactor.redactJson(fact)] as const)
  return {
    ...result,
    ...redactor.redactJson({ exchanges: exchanges.map(maskPersonal), serverLog }),
    reason: reason && 'message' in reason ? { ...reason, message: redactor.redact(reason.message) } : reason,
    blocker: blocker && { ...blocker, message: redactor.redact(blocker.message) },
    findings: result.findings.map((finding) => ({ ...finding, actual: redactor.redactJson(finding.actual) })),
    observed: Object.fromEntries(observed),
  }
}
