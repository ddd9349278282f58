import { guidanceOf } from '../../../fixtures/guidance/index.ts'
import { fullCitation, linkOf } from '../../model/source.ts'
import { classificationOf } from '../../model/classification.ts'
import { repositoryUrl } from '../../model/package.ts'
import type { CheckResult } from '../../model/result.ts'
import type { Severity } from '../../model/verdict.ts'
import { escapeJson, markdown, terminal } from '../escape.ts'
import { describeRunReason } from '../describe-reason.ts'
import type { Report } from '../report.ts'
import { inline } from '../text.ts'
import { areaOf } from './area.ts'
import { driftRule, problemsOf, type Problem } from './problems.ts'
import type { Render } from './table.ts'

/** As GitHub grades alerts: critical from 9.0, high from 7.0, medium from 4.0, low above 0. */
const scores: Readonly<Record<Severity, string | null>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: null,
}
const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
}

/**
 * SARIF 2.1.0 (OASIS) as GitHub reads it: rules are contracts, results are checks that fail, warn or are stale. A blocked check says
 * nothing about the server and becomes a notification. Known issues are left out, because code hosts would show them as open.
 */
export const sarif: Render = (report) => {
  const problems = problemsOf(report)
  const results = problems.filter(({ verdict }) => verdict !== 'blocked' && verdict !== 'error')
  const rules = rulesOf(report, results)
  const ids = rules.map(({ id }) => id)
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.suite.name,
            semanticVersion: report.suite.version,
            ...(repositoryUrl === undefined ? {} : { informationUri: repositoryUrl }),
            rules,
          },
        },
        invocations: [
          {
            executionSuccessful: report.summary.exitCode !== 2,
            exitCode: report.summary.exitCode,
            startTimeUtc: report.startedAt,
            toolExecutionNotifications: notificationsOf(report, problems),
          },
        ],
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The folder that the command was called in.' } } },
        columnKind: 'utf16CodeUnits',
        results: results.map((problem) => resultOf(problem, ids)),
      },
    ],
  }
  return `${escapeJson(JSON.stringify(log, null, 2))}\n`
}

/** Multi-line text that may contain text of others. */
const text = (of: string): { readonly text: string } => ({ text: terminal(of, { lines: 'keep', max: 4_000 }) })

interface Rule {
  readonly id: string
  readonly [member: string]: unknown
}

function rulesOf({ checks }: Report, results: readonly Problem[]): Rule[] {
  const contracts = new Map(checks.map((check) => [check.contract, check]))
  const shown = new Set(results.map(({ rule }) => rule))
  return [...shown].sort().map((id) => {
    const check = contracts.get(id)
    return check ? ruleOf(check) : driftRuleDescriptor
  })
}

function ruleOf(check: CheckResult): Rule {
  const { contract, title, severity, sources } = check
  const guidance = guidanceOf(contract)
  const requirements = sources.map((source) => ({ name: fullCitation(source), link: linkOf(source) }))
  const classes = guidance ? classificationOf(guidance) : []
  const [first] = requirements
  const plain = [
    guidance?.impact,
    guidance === undefined ? undefined : `Remedy: ${guidance.remedy}`,
    `Required by ${requirements.map(({ name }) => name).join('; ')}.`,
    classes.length > 0 ? `See also ${classes.join('; ')}.` : undefined,
  ].filter((part) => part !== undefined)
  const linked = requirements.map(
    ({ name, link }) => `- ${link === undefined ? markdown(name) : `[${markdown(name)}](${link})`}`,
  )
  return {
    id: inline(contract),
    name: inline(contract),
    shortDescription: text(title),
    fullDescription: text(guidance ? `${title}. ${guidance.impact}` : title),
    help: {
      ...text(plain.join('\n\n')),
      markdown: [
        ...(guidance ? [guidance.impact, `**Remedy**: ${guidance.remedy}`] : []),
        ['**Required by**', '', ...linked].join('\n'),
        ...(classes.length > 0 ? [`**See also** ${classes.map(markdown).join(', ')}`] : []),
      ].join('\n\n'),
    },
    ...(first?.link === undefined ? {} : { helpUri: first.link }),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: [
        'security',
        'oauth',
        inline(areaOf(check)),
        ...(guidance?.cwe ?? []).map((number) => `external/cwe/cwe-${String(number).padStart(3, '0')}`),
      ],
      precision: 'very-high',
      'problem.severity': levels[severity] === 'note' ? 'recommendation' : levels[severity],
      ...(scores[severity] === null ? {} : { 'security-severity': scores[severity] }),
    },
  }
}

const driftRuleDescriptor: Rule = {
  id: driftRule,
  name: driftRule,
  shortDescription: { text: 'The server grants what the record of its release rejects' },
  fullDescription: {
    text: 'The server grants what the record of its release rejects: a module, a patch or the web server changes the answer.',
  },
  help: { text: 'Look for a module or patch that changes this answer, or accept the difference in a baseline.' },
  defaultConfiguration: { level: 'error' },
  properties: {
    tags: ['security', 'oauth'],
    precision: 'high',
    'problem.severity': 'error',
    'security-severity': '8.0',
  },
}

function resultOf(
  { rule, name, text: what, impact, remedy, severity, verdict, location, fingerprint }: Problem,
  ids: readonly string[],
): object {
  const level = verdict === 'warn' && levels[severity] === 'error' ? 'warning' : levels[severity]
  const id = inline(rule)
  return {
    ruleId: id,
    ruleIndex: ids.indexOf(id),
    level,
    // The rule says what requires it.
    message: text([`${name}: ${what}`, `${impact} ${remedy}`.trim()].filter((line) => line !== '').join('\n')),
    locations: [
      {
        physicalLocation: {
          artifactLocation: {
            uri: location.path
              .split('/')
              .map((part) => encodeURIComponent(inline(part)))
              .join('/'),
            uriBaseId: '%SRCROOT%',
          },
          region: { startLine: location.line },
        },
      },
    ],
    partialFingerprints: { primaryLocationLineHash: `${fingerprint}:1`, 'contractCheck/v1': fingerprint },
  }
}

function notificationsOf(report: Report, problems: readonly Problem[]): object[] {
  const { failure, summary } = report
  const unproven = problems.filter(({ verdict }) => verdict === 'blocked' || verdict === 'error')
  return [
    ...(failure ? [{ level: 'error', message: text(`${failure.code}: ${failure.message}`) }] : []),
    ...(summary.exitCode === 2 ? summary.reasons : []).map((reason) => ({
      level: 'error',
      message: text(describeRunReason(reason)),
    })),
    ...unproven.map(({ name, text: what, verdict }) => ({
      level: verdict === 'error' ? 'error' : 'warning',
      message: text(`${name}: ${what}`),
    })),
  ]
}
