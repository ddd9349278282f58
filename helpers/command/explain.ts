import { capabilities } from '../../fixtures/capabilities.ts'
import { guidanceOf } from '../../fixtures/guidance/index.ts'
import { clients } from '../../fixtures/roles.ts'
import { classificationOf } from '../model/classification.ts'
import { fullCitation, linkOf, titleOf } from '../model/source.ts'
import type { Check } from '../contract/case.ts'
import { describeStep } from '../contract/describe-step.ts'
import type { CheckResult } from '../model/result.ts'
import { findFact } from '../judge/facts.ts'
import { describeActual } from '../model/describe-value.ts'
import type { Requirement } from '../judge/requirement.ts'
import { requirementsOf } from '../contract/requirements.ts'
import type { Step } from '../oauth/steps.ts'
import { findFault, findUpgradeFault, isUpgradeFault, type Fault } from '../reference/faults/index.ts'
import { curlLine, curlVariables } from '../report/curl.ts'
import { count } from '../report/run.ts'
import { inline, type Paint } from '../report/text.ts'
import type { KnownIssueEntry } from '../plan/known-issues.ts'
import { wrapped } from './list.ts'
import { type Contract } from '../plan/contracts.ts'
import { readPackageJson, suite } from '../model/package.ts'
import { anySite, simulate } from './simulate.ts'

interface ExplainOptions {
  readonly knownIssues: readonly KnownIssueEntry[]
  /** Columns of the terminal. */
  readonly width: number
  readonly paint: Paint
}

/** Explains what one contract requires, why, and how it is proven: from its declaration and a simulation on the embedded server. */
export async function explain(contract: Contract, check: Check, options: ExplainOptions): Promise<string> {
  const { id, checks, observation } = contract
  const result = await simulate(check)
  const { about, also } = faultsOf(id)
  const guidance = guidanceOf(id)
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', options.paint('bold', title), ...lines]
  const text = (line: string, indent = '  ', hanging = indent): string[] =>
    wrapped(line.split(' '), ' ', Math.max(40, options.width) - hanging.length).map(
      (part, index) => (index === 0 ? indent : hanging) + part,
    )
  const steps = (all: readonly Step[]): string[] =>
    all.flatMap((step, index) => text(describeStep(step), `    ${index + 1}. `, '       '))
  const number = `${count(checks.length, 'check')}${observation ? ', an observation' : ''}`
  return [
    [options.paint('bold', id), check.severity, check.group, number, inline(check.location)].join('   '),
    ...section('Requirement', [
      ...text(inline(check.title)),
      ...check.sources.flatMap((source) => [
        ...text(
          `${fullCitation(source)}${source.binds === 'client' ? ' (binds the client)' : ''}  ${titleOf(source.document) ?? ''}`,
          '  · ',
          '    ',
        ),
        ...[linkOf(source) ?? []].flat().map((link) => `    ${link}`),
      ]),
    ]),
    ...section(
      'Why it matters',
      [guidance?.impact ?? check.why ?? []].flat().flatMap((why) => text(inline(why))),
    ),
    ...section('Remedy', guidance ? text(guidance.remedy) : []),
    ...section(
      'Classification',
      guidance ? classificationOf(guidance).flatMap((one) => text(one, '  · ', '    ')) : [],
    ),
    ...section('How it is proven', [
      ...text(`Acts as ${roleOf(check)}. Needs: ${needsOf(check)}.`),
      ...(checks.length > 1
        ? text(`Shown is the variant "${check.variant ?? ''}". All: ${checks.map((one) => one.variant).join(', ')}.`)
        : []),
      ...(check.control.length > 0 ? ['  Control, which must succeed:', ...steps(check.control)] : []),
      ...(check.before
        ? ['  Before the upgrade, all of which must succeed, unless judged:', ...steps(check.before)]
        : []),
      `  ${check.before ? 'After the upgrade' : 'Steps'}${check.when.length > 1 ? '; all but the last must succeed, unless judged' : ''}:`,
      ...steps(check.when),
      ...(check.afterwards.length > 0 ? ['  Afterwards, whatever the result:', ...steps(check.afterwards)] : []),
      ...(observation
        ? ['  Recorded, without right or wrong:', ...text(check.observe.join(', '), '    · ', '      ')]
        : [
            '  Expected:',
            ...requirementsOf(check, anySite).flatMap((requirement) =>
              text(requirementText(requirement, check), '    · ', '      '),
            ),
          ]),
    ]),
    ...section('Requests', requests(result)),
    ...section('Faults of the reference server that make it fail', [
      ...about.flatMap(({ id: fault, gain, source }) =>
        text(`${fault}: ${gain}${source === undefined ? '' : ` (${source})`}`, '  · ', '    '),
      ),
      ...(also.length > 0 ? text(`besides what they are about: ${also.join(', ')}`, '  · ', '    ') : []),
      ...about
        .slice(0, 1)
        .flatMap((fault) => [
          '  To see it:',
          `    ${suite.name} ${check.before ? 'upgrade ' : ''}--target reference --reference-profile ideal --reference-fault ${fault.id} --only ${id}`,
        ]),
    ]),
    ...section(
      'Known differences of released versions, and yours',
      options.knownIssues
        .filter((entry) => entry.contract === id)
        .flatMap((entry) => text(known(entry), '  · ', '    ')),
    ),
  ].join('\n')
}

/** The faults that prove a contract, and the names of other faults that also make it fail. */
function faultsOf(id: string): {
  about: readonly Pick<Fault, 'id' | 'gain' | 'source'>[]
  also: readonly string[]
} {
  const table = readPackageJson('fixtures/kills.json') as Readonly<
    Record<string, { readonly about: readonly string[]; readonly also: readonly string[] }>
  >
  const { about, also } = table[id] ?? { about: [], also: [] }
  return { about: about.map((fault) => (isUpgradeFault(fault) ? findUpgradeFault(fault) : findFault(fault))), also }
}

const needsOf = ({ requires }: Check): string => requires.map((name) => capabilities[name]).join('; ') || 'nothing'

function roleOf({ given: { client, user } }: Check): string {
  const what = Object.hasOwn(clients, client) ? clients[client as keyof typeof clients].what : 'of your own'
  return `${client} (${what})${user === undefined ? '' : ` and ${user}`}`
}

function requirementText({ path, expected, severity, level }: Requirement, check: Check): string {
  const weight = [severity, level].filter((part) => part !== undefined && part !== check.severity)
  const what = findFact(path)?.describe
  return `${path}${what === undefined ? '' : ` (${what})`}: ${expected}${weight.length > 0 ? ` (${weight.join(', ')})` : ''}`
}

/** The requests as curl commands, each with the status that the embedded server returned. */
function requests({ exchanges, blocker }: CheckResult): string[] {
  const all = exchanges.map(({ request }) => request)
  const variables = curlVariables(all)
  return [
    `  As sent to the embedded server in this process; ${anySite} stands for your site.`,
    ...(variables.length > 0 ? [`  New in every run, and never shown: ${variables.join(', ')}.`] : []),
    ...exchanges.flatMap(({ request, response }) => ['', indented(curlLine(request)), `  # → ${response.status}`]),
    ...(blocker ? ['', `  There it ended early: ${inline(blocker.message)}`] : []),
  ]
}

const indented = (lines: string): string => lines.replace(/^/gmu, '  ')

function known({ variants, path, actual, versions, reason, source, ...more }: KnownIssueEntry): string {
  const { kind, remedy, fixedIn, issue, owner, until } = more
  const where = Object.entries(versions).map(([name, { seen, assumed }]) => `${name} ${seen.join(', ') || assumed}`)
  const rest = { remedy, 'fixed in': fixedIn, issue, owner, until }
  const details = Object.entries(rest).map(([name, value]) => (value === undefined ? '' : ` · ${name} ${value}`))
  return [
    `${kind}: ${path} = ${describeActual({ path, actual })}${variants ? ` [${variants.join(', ')}]` : ''}`,
    `on ${where.join(', ')}: ${reason} (${source})${details.join('')}`,
  ].join(' ')
}
