import { relative } from 'node:path'
import { documents } from '../../fixtures/sources.ts'
import { headingOf, linkOf, nameOf, sectionOf, titleOf, type Source } from '../model/source.ts'
import type { Check } from '../contract/case.ts'
import { contractsOf, countLines, type Contract } from '../plan/contracts.ts'
import { bySection } from '../plan/select.ts'

/** The text of `specs/CATALOGUE.md`: the contracts by endpoint, and by document and section. */
export function catalogue(checks: readonly Check[]): string {
  const contracts = contractsOf(checks)
  const groups = grouped(contracts, ({ first }) => first.group)
  return [
    '<!-- Generated from the specs by `npm run generate`. -->',
    '# Catalogue of contracts',
    `${countLines(contracts).reverse().join('; ')}. \`simple-oauth-contract explain ID\` shows what a contract requires, why, and how it is tested.`,
    '## By endpoint',
    ...[...groups].flatMap(([group, all]) => [
      `### ${group}`,
      table(['contract', 'title', 'severity', 'sources', 'checks'], all.map(byEndpoint)),
    ]),
    '## By document and section',
    ...Object.keys(documents).flatMap((document) => ofDocument(document, contracts)),
    '',
  ].join('\n\n')
}

const code = ({ id, first }: Contract): string => {
  const file = first.location.replace(/(?::\d+)+$/u, '')
  return `[\`${id}\`](${relative('specs', file)})`
}

const numberOf = ({ checks, observation }: Contract): string => `${checks.length}${observation ? ', observed' : ''}`

const byEndpoint = (contract: Contract): string[] => [
  code(contract),
  cell(contract.first.title),
  contract.first.severity,
  contract.first.sources.map((source) => `${nameOf(source.document)} ${section(source)} ${level(source)}`).join('<br>'),
  numberOf(contract),
]

function ofDocument(document: string, contracts: readonly Contract[]): string[] {
  const rows = contracts.flatMap((contract) =>
    contract.first.sources.filter((source) => source.document === document).map((source) => ({ source, contract })),
  )
  if (rows.length === 0) return []
  const sorted = rows.sort((one, other) => bySection(one.source.section, other.source.section))
  return [
    `### ${nameOf(document)}: ${titleOf(document) ?? ''}`,
    table(
      ['section', 'level', 'contract', 'title', 'severity', 'checks'],
      sorted.map(({ source, contract }) => [
        [section(source), headingOf(source) ?? ''].join(' ').trim(),
        level(source),
        code(contract),
        cell(contract.first.title),
        contract.first.severity,
        numberOf(contract),
      ]),
    ),
  ]
}

function section(source: Source): string {
  const text = sectionOf(source)
  const link = linkOf(source)
  return link === undefined ? text : `[${text}](${link})`
}

const level = (source: Source): string => (source.binds === 'client' ? `${source.level}, client` : source.level)

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

function grouped<T>(all: readonly T[], of: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(of(one), [...(groups.get(of(one)) ?? []), one])
  return groups
}
