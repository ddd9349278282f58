import { createHash } from 'node:crypto'
import { guidanceOf } from '../../../fixtures/guidance/index.ts'
import { isLoosened } from '../../compare/record-drift.ts'
import { classificationOf } from '../../model/classification.ts'
import { describeActual } from '../../model/describe-value.ts'
import { describeReason } from '../../model/describe-reason.ts'
import { checkName, type CheckResult } from '../../model/result.ts'
import { fullCitation } from '../../model/source.ts'
import type { Severity, Verdict } from '../../model/verdict.ts'
import { openFindings } from '../failure-message.ts'
import type { Report } from '../report.ts'
import { drifts } from '../run.ts'
import { locationOf, type FileLocation } from './location.ts'

/** Something of a run that its owner has to look at, as code hosts show it. */
export interface Problem {
  /** The contract, or `record-drift`. */
  readonly rule: string
  /** Contract and variant, or the difference from the record. */
  readonly name: string
  readonly title: string
  readonly verdict: Verdict
  readonly severity: Severity
  /** Expected and actual, in one line; not escaped. */
  readonly text: string
  /** What an attacker gains or what breaks; empty if that is not known. */
  readonly impact: string
  /** What a Drupal site can do about it; empty if that is not known. */
  readonly remedy: string
  /** What requires it and how a violation is classified: sections with headings, ASVS and CWE numbers; empty for drift. */
  readonly basis: readonly string[]
  readonly location: FileLocation
  /** The same in every run that has this problem. */
  readonly fingerprint: string
}

/** The rule for something that the server grants and the record of its release rejects. */
export const driftRule = 'record-drift'

const order: readonly Verdict[] = ['fail', 'error', 'blocked', 'stale', 'warn']
const weights: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']

/** Failures, the gravest first, then warnings. Known issues are not problems. */
export function problemsOf(report: Report): Problem[] {
  const checks = report.checks.filter(({ verdict }) => order.includes(verdict)).map((check) => problemOf(check, report))
  const rank = ({ verdict, severity }: Problem): number =>
    order.indexOf(verdict) * weights.length + weights.indexOf(severity)
  return [...driftProblems(report), ...checks].sort((one, other) => rank(one) - rank(other))
}

function problemOf(check: CheckResult, report: Report): Problem {
  const name = checkName(check)
  const guidance = openFindings(check).length > 0 ? guidanceOf(check.contract) : undefined
  return {
    rule: check.contract,
    name,
    title: check.title,
    verdict: check.verdict,
    severity: check.severity,
    text: textOf(check),
    impact: guidance?.impact ?? '',
    remedy: guidance?.remedy ?? '',
    basis: basisOf(check),
    location: locationOf(check, report),
    fingerprint: fingerprintOf(name),
  }
}

/** "RFC 7636 §4.6 (Server Verifies code_verifier before Returning the Tokens) MUST", "OWASP ASVS 5.0 V10.4.6", "CWE-345 (…)" */
export function basisOf({ contract, sources }: CheckResult): string[] {
  const guidance = guidanceOf(contract)
  return [...sources.map(fullCitation), ...(guidance ? classificationOf(guidance) : [])]
}

/** What a problem means, what to do and why, in one text; empty parts are left out. */
export const adviceOf = ({ impact, remedy, basis }: Problem): string =>
  [impact, remedy === '' ? '' : `Remedy: ${remedy}`, basis.length === 0 ? '' : `See ${basis.join('; ')}.`]
    .filter((part) => part !== '')
    .join(' ')

function driftProblems(report: Report): Problem[] {
  const open = report.drift ? drifts(report.drift, false).filter(isLoosened) : []
  return open.map(({ id, sentence, checks }) => ({
    ...{ rule: driftRule, name: id, title: 'The server grants what the record of its release rejects' },
    ...{ verdict: 'fail', severity: 'high' },
    text: `${id}: ${sentence} (${checks.join(', ')})`,
    impact: '',
    remedy: 'Look for a module or patch that changes this answer, or accept it in a baseline.',
    basis: [],
    location: locationOf(null, report),
    fingerprint: fingerprintOf(`${driftRule} ${id}`),
  }))
}

/** "expected …, got …", or why nothing was proven. */
export function textOf(check: CheckResult): string {
  const { verdict, blocker, reason, stale } = check
  if (verdict === 'error' && reason !== null) return describeReason(reason)
  if (blocker) return `nothing was proven, ${blocker.cause}: ${blocker.message}`
  const open = openFindings(check)
  if (open.length > 0)
    return open
      .map((finding) => `${finding.path}: expected ${finding.expected}, got ${describeActual(finding)}`)
      .join('; ')
  if (stale.length > 0)
    return `a known issue of the baseline no longer occurs: ${stale.map(({ path, reason: why }) => `${path} (${why})`).join('; ')}`
  return reason === null ? '' : describeReason(reason)
}

const fingerprintOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 32)
