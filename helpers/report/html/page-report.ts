import { guidanceOf, type Guidance } from '../../../fixtures/guidance/index.ts'
import type { CheckResult } from '../../model/result.ts'
import type { Source } from '../../model/source.ts'
import { severities, verdicts, type Severity, type Verdict } from '../../model/verdict.ts'
import { groupBy } from '../group-by.ts'
import { evidenceName } from '../evidence-name.ts'
import { seen } from './text.ts'
import { worstFirst } from './verdict-words.ts'

/** A contract with its checks, the worst first. */
export interface ContractView {
  readonly id: string
  readonly title: string
  readonly severity: Severity
  readonly group: string
  readonly sources: readonly Source[]
  readonly checks: readonly CheckResult[]
  readonly verdict: Verdict
  readonly guidance: Guidance | undefined
}

/** Contracts in the order of the report. */
export function contractViews(checks: readonly CheckResult[]): ContractView[] {
  const byId = groupBy(checks, ({ contract }) => contract)
  return [...byId].flatMap(([id, own]) => {
    const sorted = own.toSorted((one, other) => rank(one.verdict) - rank(other.verdict))
    const [first] = sorted
    if (!first) return []
    const { title, severity, group, sources, verdict } = first
    return [{ id, title, severity, group, sources, checks: sorted, verdict, guidance: guidanceOf(id) }]
  })
}

const areas: Readonly<Record<string, string>> = {
  'access-token': 'Access tokens',
  answers: 'All responses',
  authorization: 'Authorization endpoint',
  clients: 'Widely used clients',
  concurrency: 'Concurrency',
  device: 'Device authorization',
  discovery: 'Discovery',
  introspection: 'Introspection',
  isolation: 'Isolation',
  'life-cycle': 'Life cycle',
  mcp: 'MCP clients',
  openid: 'OpenID Connect',
  policy: 'Guarantees',
  registration: 'Client registration',
  resource: 'Protected resources',
  revocation: 'Revocation',
  token: 'Token endpoint',
  upgrade: 'Upgrade',
}

/** The display name of a group. */
export const areaOf = ({ group }: { readonly group: string }): string =>
  seen(Object.hasOwn(areas, group) ? (areas[group] ?? group) : group)

/** Items by area: areas in which something grave fails first, those of which nothing was tested last. */
export function byArea<Item extends { readonly group: string; readonly verdict: Verdict; readonly severity: Severity }>(
  items: readonly Item[],
): [string, Item[]][] {
  const order = (own: readonly Item[]): number => {
    const wrong = own.filter(({ verdict }) => isWrong(verdict)).map(({ severity }) => severities.indexOf(severity))
    return wrong.length > 0 ? -Math.max(...wrong) - 1 : own.some(({ verdict }) => verdict !== 'skipped') ? 0 : 1
  }
  return [...groupBy(items, areaOf)].toSorted(([, one], [, other]) => order(one) - order(other))
}

const isWrong = (verdict: Verdict): boolean => rank(verdict) <= rank('stale')

/** Its place among the verdicts, the worst being 0. */
export const rank = (verdict: Verdict): number => worstFirst.indexOf(verdict)

/** Numbers of checks by verdict, without those that are zero, the worst first. */
export function countsOf(checks: readonly CheckResult[]): [Verdict, number][] {
  const counts = new Map(verdicts.map((verdict) => [verdict, 0]))
  for (const { verdict } of checks) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  return worstFirst.flatMap((verdict) => {
    const number = counts.get(verdict) ?? 0
    return number === 0 ? [] : [[verdict, number] as [Verdict, number]]
  })
}

/** The anchor of a contract on the page, valid for any id. */
export const anchorOf = (contract: string): string => `c-${evidenceName(contract).replace(/\.md$/u, '')}`
