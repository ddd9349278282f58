import XMLBuilder from 'fast-xml-builder'
import { guidanceOf } from '../../../fixtures/guidance/index.ts'
import { classificationOf } from '../../model/classification.ts'
import { fullCitation } from '../../model/source.ts'
import { describeReason } from '../../model/describe-reason.ts'
import { checkName, type CheckResult } from '../../model/result.ts'
import { terminal } from '../escape.ts'
import { describeConclusion, describeRunReason } from '../describe-reason.ts'
import { briefLine, failureMessage, type MessageContext } from '../failure-message.ts'
import { groupBy } from '../group-by.ts'
import type { Report } from '../report.ts'
import { inline, painter, versionsText } from '../text.ts'
import { areaOf } from './area.ts'
import { textOf } from './problems.ts'
import type { Render } from './table.ts'

/** An element: attributes begin with @_, text is #text. */
interface Element {
  readonly [member: string]: string | Element | readonly Element[]
}

const plain = painter(false)

/**
 * JUnit XML as GitLab and Jenkins read it: one suite an area, one case a check. A last suite `run` has one case `conclusion`, which fails
 * if the run fails for a reason other than its checks: interrupted, nothing selected, drift.
 */
export const junit: Render = (report, { rerunCommand, folder }) => {
  const context: MessageContext = { header: report, report: folder, rerunCommand, paint: plain }
  const areas = groupBy(report.checks, areaOf)
  const suites = [...areas]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([area, checks]) => suiteOf(area, checks, report, context))
  const all = [...suites, runSuite(report)]
  const sum = (name: string): string => String(all.reduce((total, suite) => total + Number(suite[name]), 0))
  const document = {
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: {
      '@_name': report.suite.name,
      ...Object.fromEntries(['@_tests', '@_failures', '@_errors', '@_skipped'].map((name) => [name, sum(name)])),
      '@_time': secondsOf(
        report.milliseconds ?? report.checks.reduce((total, { milliseconds }) => total + milliseconds, 0),
      ),
      testsuite: all,
    },
  }
  return new XMLBuilder({
    ignoreAttributes: false,
    suppressBooleanAttributes: false,
    suppressEmptyNode: true,
    format: true,
  }).build(document)
}

function suiteOf(area: string, checks: readonly CheckResult[], report: Report, context: MessageContext): Element {
  const cases = checks.map((check) => caseOf(area, check, report, context))
  return {
    '@_name': inline(area),
    ...countsOf(cases),
    '@_time': secondsOf(checks.reduce((total, { milliseconds }) => total + milliseconds, 0)),
    '@_timestamp': report.startedAt,
    testcase: cases,
  }
}

const countsOf = (cases: readonly Element[]): Element => ({
  '@_tests': String(cases.length),
  '@_failures': String(cases.filter((one) => 'failure' in one).length),
  '@_errors': String(cases.filter((one) => 'error' in one).length),
  '@_skipped': String(cases.filter((one) => 'skipped' in one).length),
})

function caseOf(area: string, check: CheckResult, report: Report, context: MessageContext): Element {
  const guidance = guidanceOf(check.contract)
  return {
    '@_name': inline(checkName(check)),
    '@_classname': inline(area),
    '@_time': secondsOf(check.milliseconds),
    properties: {
      property: [
        ['title', check.title] as const,
        ['severity', check.severity] as const,
        ['verdict', check.verdict] as const,
        ...check.sources.map((source) => ['requirement', fullCitation(source)] as const),
        ...(guidance ? classificationOf(guidance) : []).map((name) => ['classification', name] as const),
      ].map(([name, value]) => ({ '@_name': name, '@_value': inline(value) })),
    },
    ...outcomeOf(check, report, context),
  }
}

function outcomeOf(check: CheckResult, { settings }: Report, context: MessageContext): Element {
  const message = inline(textOf(check))
  const details = { '@_message': message, '@_type': check.verdict, '#text': `\n${failureMessage(check, context)}\n` }
  switch (check.verdict) {
    case 'pass':
      return {}
    case 'skipped':
      return { skipped: { '@_message': inline(check.reason === null ? 'skipped' : describeReason(check.reason)) } }
    case 'known':
      return { skipped: { '@_message': briefLine(check, plain) } }
    case 'warn':
      return settings.strict ? { failure: details } : { 'system-out': details['#text'] }
    case 'fail':
    case 'stale':
      return { failure: details }
    case 'blocked':
    case 'error':
      return { error: details }
  }
}

/** Reasons that individual checks already show. */
const ofChecks: ReadonlySet<string> = new Set(['fail', 'warn', 'stale', 'blocked', 'error'])

function runSuite(report: Report): Element {
  const { summary, failure, target } = report
  const open = summary.reasons.filter(({ kind }) => !ofChecks.has(kind)).map(describeRunReason)
  const text = terminal([describeConclusion(summary), ...open, failure?.message ?? ''].join('\n'), { lines: 'keep' })
  const kind = summary.exitCode === 2 ? 'error' : 'failure'
  const conclusion: Element = {
    '@_name': 'conclusion',
    '@_classname': 'run',
    '@_time': '0',
    ...(open.length > 0
      ? { [kind]: { '@_message': inline(open.join('; ')), '@_type': 'run', '#text': `\n${text}\n` } }
      : { 'system-out': `${inline(describeConclusion(summary))}\n${inline(versionsText(target))}` }),
  }
  return {
    '@_name': 'run',
    ...countsOf([conclusion]),
    '@_time': '0',
    '@_timestamp': report.startedAt,
    testcase: [conclusion],
  }
}

const secondsOf = (milliseconds: number): string => (milliseconds / 1000).toFixed(3)
