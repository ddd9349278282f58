import { guidanceOf } from '../../fixtures/guidance/index.ts'
import { classificationOf } from '../model/classification.ts'
import { fullCitation, linkOf, titleOf, type Source } from '../model/source.ts'
import { header, type Exchange } from '../model/exchange.ts'
import type { CheckResult, JudgedFinding } from '../model/result.ts'
import { describeActual, valueText } from '../model/describe-value.ts'
import { describeReason } from '../model/describe-reason.ts'
import { fenced, markdown, ownProse } from './escape.ts'
import { evidenceName } from './evidence-name.ts'
import { weight } from './failure-message.ts'
import type { RunHeader, RunOutcome } from './run.ts'
import { repeatLines } from './repeat-lines.ts'
import { versionsText } from './text.ts'

/** The first characters of every page, which identify a page of an earlier run that may be replaced. */
export const evidenceMarker = '<!-- evidence by simple-oauth-contract -->'

/** Characters of one block; report.json holds the whole. */
const longestBlock = 20_000

/** A page for each contract that ran, by file name: requests, responses, findings, and how to repeat them. */
export function evidencePages({ header, results }: RunOutcome): Map<string, string> {
  const ran = new Map<string, CheckResult[]>()
  for (const result of results) {
    if (result.verdict !== 'skipped') ran.set(result.contract, [...(ran.get(result.contract) ?? []), result])
  }
  return new Map([...ran].map(([contract, checks]) => [evidenceName(contract), page(contract, checks, header)]))
}

function page(contract: string, checks: readonly CheckResult[], run: RunHeader): string {
  const [first] = checks
  if (!first) return ''
  const guidance = guidanceOf(contract)
  const classes = guidance ? classificationOf(guidance) : []
  const unmet = checks.some((check) => check.findings.some(({ ok }) => !ok))
  return [
    evidenceMarker,
    `# ${markdown(contract)}`,
    markdown(first.title),
    table(
      ['requirement', first.sources.map(source).join('<br>')],
      ...(classes.length > 0 ? [['see also', classes.map(markdown).join('<br>')] as const] : []),
      ['severity', first.severity],
      ...(guidance && unmet
        ? [['impact', ownProse(guidance.impact)] as const, ['remedy', ownProse(guidance.remedy)] as const]
        : []),
      [
        'acts as',
        [first.client, first.user]
          .filter((role) => role !== null)
          .map(markdown)
          .join(', ') || '–',
      ],
      ['declared in', markdown(first.location)],
      ['target', run.target ? `${markdown(run.target.label)}, ${markdown(run.target.baseUrl)}` : '–'],
      ['server', markdown(versionsText(run.target))],
      ['run', `${markdown(run.startedAt)}, ${markdown(`${run.suite.name} ${run.suite.version}`)}`],
    ),
    '`‹kind:n›` stands for a secret; the same mark is the same value. In the curl lines it is a shell variable, to be set first: the lines above say what it is.',
    ...checks.flatMap((check) => section(check, run.target?.baseUrl)),
    '',
  ].join('\n\n')
}

function section(check: CheckResult, baseUrl: string | undefined): string[] {
  return [
    `## ${check.variant === null ? 'Verdict' : markdown(check.variant)}: ${check.verdict}`,
    `Control: ${check.control}. ${(check.milliseconds / 1000).toFixed(1)} s.`,
    ...(check.reason === null ? [] : [fenced(describeReason(check.reason), 'text', longestBlock)]),
    ...(check.blocker
      ? [`Nothing was proven: ${markdown(check.blocker.cause)}.`, fenced(check.blocker.message, 'text', longestBlock)]
      : []),
    ...(check.findings.length > 0 ? ['### Findings', findings(check.findings)] : []),
    ...check.stale.map(
      (entry) =>
        `A known issue covers ${markdown(entry.path)} = ${markdown(describeActual(entry))} (${markdown(entry.reason)}), which did not occur.`,
    ),
    ...(Object.keys(check.observed).length > 0
      ? [
          '### Observed',
          table(
            ...Object.entries(check.observed).map(([path, value]): [string, string] => [
              markdown(path),
              markdown(valueText(value)),
            ]),
          ),
        ]
      : []),
    ...(check.exchanges.length > 0
      ? ['### Exchanges', ...check.exchanges.flatMap((_, index) => exchange(check.exchanges, index, baseUrl))]
      : []),
    ...(check.serverLog.length > 0
      ? ['### Error log of the server', fenced(check.serverLog.join('\n'), 'text', longestBlock)]
      : []),
  ]
}

function findings(all: readonly JudgedFinding[]): string {
  const rows = all.map((finding) => {
    const state = finding.ok ? 'met' : finding.knownIssue ? 'known' : finding.granted ? '**granted**' : '**not met**'
    const { knownIssue, note } = finding
    const remarks = [
      ...(note === undefined ? [] : [markdown(note)]),
      ...(knownIssue
        ? [
            `${knownIssue.kind}: ${markdown(knownIssue.reason)} (${markdown(knownIssue.source)})`,
            ...(knownIssue.remedy === undefined ? [] : [markdown(knownIssue.remedy)]),
          ]
        : []),
    ]
    const cells = [
      markdown(finding.path),
      markdown(finding.expected),
      markdown(describeActual(finding)),
      weight(finding),
    ]
    return `| ${[state, ...cells, remarks.join('<br>')].join(' | ')} |`
  })
  return ['| | finding | expected | actual | severity | remarks |', '|---|---|---|---|---|---|', ...rows].join('\n')
}

function exchange(all: readonly Exchange[], index: number, baseUrl: string | undefined): string[] {
  const one = all[index]
  if (one === undefined) return []
  const { request, response, milliseconds } = one
  const type = header(response, 'content-type') ?? ''
  return [
    `#### ${index + 1}. ${markdown(`${request.method} ${request.url.split('?')[0] ?? ''}`)}: ${response.status}, ${Math.round(milliseconds)} ms`,
    fenced(http(`${request.method} ${request.url}`, request.headers, request.body ?? ''), 'http', longestBlock),
    fenced(http(`HTTP ${response.status}`, response.headers, response.body), 'http', longestBlock),
    ...(response.truncated ? ['The server sent more than the suite reads; the rest is not here.'] : []),
    ...(type === '' ? ['The response has no Content-Type header.'] : []),
    fenced(repeatLines(all, index, baseUrl), 'sh'),
  ]
}

function http(first: string, headers: Exchange['request']['headers'], body: string): string {
  // A line feed is shown as text here, so that it cannot imitate another header.
  const lines = [first, ...headers.map(([name, value]) => `${name}: ${value}`)].map((line) =>
    line.replaceAll('\n', '\\n'),
  )
  return [...lines, ...(body === '' ? [] : ['', body])].join('\n')
}

const table = (...rows: readonly (readonly [string, string])[]): string =>
  ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n')

/** "[RFC 7636 §4.6 (Server Verifies …) MUST](…), Proof Key for Code Exchange", linked where the document has a page with sections. */
function source(of: Source): string {
  const text = fullCitation(of)
  const link = linkOf(of)
  const title = titleOf(of.document)
  const name = link === undefined ? markdown(text) : `[${markdown(text)}](${link})`
  return `${name}${title === undefined ? '' : `, ${title}`}${of.binds === 'client' ? ' (binds the client)' : ''}`
}
