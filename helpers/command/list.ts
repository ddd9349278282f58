import type { Check } from '../contract/case.ts'
import { suite } from '../model/package.ts'
import { citation } from '../model/source.ts'
import { type Contract, contractsOf, countLines, countsOf, runCounts } from '../plan/contracts.ts'

const gap = '  '
/** "RFC 6749 §4.1.2.1 SHOULD" */
const leastForSources = 24

/**
 * The contracts as a table by group, with counts at the end.
 * @param width Columns of the terminal; sources that do not fit continue below.
 */
export function listText(checks: readonly Check[], width = Infinity): string {
  const contracts = contractsOf(checks)
  const head = ['contract', 'severity', 'checks']
  const cells = ({ id, first, checks: all }: Contract): string[] => [id, first.severity, String(all.length)]
  const rows = [head, ...contracts.map(cells)]
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const left = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 2 ? cell.padStart(widths[2] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join(gap)
  const taken = widths.reduce((sum, one) => sum + one + gap.length, 0)
  const beside = width - taken >= leastForSources
  const row = (contract: Contract): string[] => {
    const indent = beside ? taken : 4
    const lines = wrapped(contract.first.sources.map(citation), ' · ', width - indent)
    const [first = '', ...more] = beside ? lines : ['', ...lines]
    return [`${left(cells(contract))}${gap}${first}`.trimEnd(), ...more.map((line) => ' '.repeat(indent) + line)]
  }
  const groups = [...new Set(contracts.map(({ first }) => first.group))]
  return [
    `${left(head)}${gap}sources`,
    ...groups.flatMap((group) => [
      '',
      `${group}:`,
      ...contracts.filter(({ first }) => first.group === group).flatMap(row),
    ]),
    '',
    ...runCounts(contracts),
    ...countLines(contracts),
  ].join('\n')
}

/** Joins parts into lines of at most `width` characters; a longer part gets a line of its own. */
export function wrapped(parts: readonly string[], between: string, width: number): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const longer = [...lines.slice(-1), part].join(between)
    if (lines.length > 0 && longer.length <= width) lines.splice(-1, 1, longer)
    else lines.push(part)
  }
  return lines
}

/** Incremented by every change that breaks readers of the format. */
const schemaVersion = 1

/** The contracts for programs. */
export function listJson(checks: readonly Check[]): string {
  const contracts = contractsOf(checks)
  return JSON.stringify(
    {
      schemaVersion,
      suite,
      counts: countsOf(contracts),
      contracts: contracts.map(({ id, first, checks: all, observation }) => ({
        id,
        title: first.title,
        severity: first.severity,
        group: first.group,
        own: id.startsWith('x-'),
        observation,
        sources: first.sources,
        requires: first.requires,
        client: first.given.client,
        user: first.given.user ?? null,
        checks: all.length,
        variants: all.flatMap(({ variant }) => variant ?? []),
        location: first.location,
      })),
    },
    null,
    2,
  )
}
