import { clients, type ClientRole } from '../../fixtures/roles.ts'
import { documents } from '../../fixtures/sources.ts'
import type { Check } from '../contract/case.ts'
import { currentId, currentVariant } from '../model/current-id.ts'
import { suite } from '../model/package.ts'
import { count } from '../report/run.ts'
import { severities, type Severity } from '../model/verdict.ts'
import type { Step } from '../oauth/steps.ts'
import type { Settings } from '../settings/settings.ts'
import type { ConsumerName } from '../model/target.ts'
import { selectors } from '../settings/settings-table.ts'
import { didYouMean, near, validValues } from '../settings/suggest.ts'
import { contractsOf } from './contracts.ts'
import { checksOfShard, readShard, type Shard } from './shard.ts'

/** The settings select no contract. Exit code 2. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError'
  readonly code = 'nothing-selected'
}

export type Selection = Partial<Pick<Settings, (typeof selectors)[number] | 'shard' | 'profile'>>

/** The checks that one value of a setting selects. Throws SelectionError if it selects none. */
type Meaning = (value: string, checks: readonly Check[]) => (check: Check) => boolean

/**
 * The checks that all given settings select (a setting selects by any of its values); with `shard`, one part of them.
 * @throws SelectionError for a value or a combination that selects nothing: a run without checks must never pass.
 * @throws SettingsError for an invalid shard.
 */
export function select(all: readonly Check[], { shard, profile, ...selection }: Selection): Check[] {
  const isNamed = [selection.only, selection.group, selection.source].some((named) => (named ?? []).length > 0)
  // Requirements of MCP clients say nothing about a server that is not meant for them.
  const checks = isNamed || (profile ?? 'mcp') === 'mcp' ? all : all.filter(({ group }) => group !== 'mcp')
  const selected = selectAll(checks, selection)
  return shard === undefined || shard === null ? selected : partOf(selected, readShard(shard))
}

/** @throws SelectionError if there are fewer contracts than parts. */
function partOf(checks: readonly Check[], shard: Shard): Check[] {
  const part = checksOfShard(checks, shard)
  if (part.length > 0) return part
  throw new SelectionError(
    `Shard ${String(shard.index)}/${String(shard.count)} has no contract: only ${count(contractsOf(checks).length, 'contract')} selected. Use fewer shards.`,
  )
}

function selectAll(checks: readonly Check[], selection: Omit<Selection, 'shard' | 'profile'>): Check[] {
  const used = selectors.filter((name) => (selection[name] ?? []).length > 0)
  const selects = used.map((name) => {
    const either = (selection[name] ?? []).map((value) => meanings[name](value, checks))
    return (check: Check): boolean => either.some((matches) => matches(check))
  })
  const chosen = checks.filter((check) => selects.every((matches) => matches(check)))
  if (chosen.length > 0 || used.length === 0) return chosen
  const all = used.map((name) => `--${name} ${(selection[name] ?? []).join(',')}`)
  throw new SelectionError(`No contract matches ${all.join(' and ')} together, although each matches some.`)
}

const meanings: Readonly<Record<(typeof selectors)[number], Meaning>> = {
  only: (pattern, checks) => {
    const [, id = pattern, variant] = /^(.+?) \[(.+)\]$/u.exec(pattern) ?? []
    const ofId = checks.filter((check) => glob(currentId(id)).test(check.contract))
    if (ofId.length === 0 && /^upgrade\b/u.test(pattern) && !checks.some(({ before }) => before !== undefined))
      throw new SelectionError(`Contracts about an upgrade are run by "${suite.name} upgrade" alone, not "${pattern}".`)
    if (ofId.length === 0) throw new SelectionError(`No contract matches "${pattern}".${nearIds(pattern, checks)}`)
    if (variant === undefined) return (check) => ofId.includes(check)
    const ofVariant = ofId.filter((check) => check.variant === currentVariant(check.contract, variant))
    if (ofVariant.length > 0) return (check) => ofVariant.includes(check)
    throw new SelectionError(`No contract matches "${pattern}".${nearVariants(variant, ofId)}`)
  },

  source: (value, checks) => {
    const [name = '', section] = normalized(value).split(/\/(.*)/u)
    const cited = checks.flatMap((check) => check.sources).filter((source) => normalized(source.document) === name)
    if (cited.length === 0) throw new SelectionError(unknownSource(value, name, checks))
    const inside = (of: string): boolean =>
      section === undefined || normalized(of) === section || normalized(of).startsWith(`${section}.`)
    if (!cited.some((source) => inside(source.section))) {
      const sections = [...new Set(cited.map((source) => source.section))].sort(bySection)
      const valid = validValues(sections, `"${suite.name} list --source ${name}" lists those that have contracts.`)
      throw new SelectionError(`No contract is based on section ${section ?? ''} of ${name}.${valid}`)
    }
    return (check) => check.sources.some((one) => normalized(one.document) === name && inside(one.section))
  },

  severity: (value, checks) => {
    const [, name = '', above] = /^(.*?)(\+?)$/u.exec(value.toLowerCase()) ?? []
    const least = severities.indexOf(name as Severity)
    if (least < 0) {
      const valid = `${severities.join(', ')}; with + the severity and all above it`
      const meant = didYouMean(near(name, severities))
      throw new SelectionError(`"${value}" is not a severity.${meant} Valid values: ${valid}.`)
    }
    const matches = ({ severity }: Check): boolean =>
      above === '' ? severity === name : severities.indexOf(severity) >= least
    if (!checks.some(matches)) throw new SelectionError(`No contract has the severity "${value}".`)
    return matches
  },

  group: (value, checks) => {
    const matches = (check: Check): boolean => groupNames(check).includes(value)
    if (!checks.some(matches)) {
      const names = [...new Set(checks.flatMap(groupNames))].sort()
      const valid = validValues(names, `"${suite.name} list" shows the groups.`)
      throw new SelectionError(`There is no group "${value}".${didYouMean(near(value, names))}${valid}`)
    }
    return matches
  },

  client: (value, checks) => {
    const matches = (check: Check): boolean => clientsOf(check).has(value as ClientRole)
    if (!checks.some(matches)) {
      const roles = [...new Set(checks.flatMap((check) => [...clientsOf(check)]))].sort()
      const what = Object.hasOwn(clients, value)
        ? `No contract uses the client "${value}".`
        : `There is no client "${value}".`
      const valid = validValues(roles, `"${suite.name} list --json" shows the client of each contract.`)
      throw new SelectionError(`${what}${didYouMean(near(value, roles))}${valid}`)
    }
    return matches
  },
}

/** `*` stands for any characters, `?` for one. */
function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/gu, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u')
}

/** Suggestions for an unknown ID, as the end of a message. */
export function nearIds(given: string, checks: readonly Check[]): string {
  const ids = [...new Set(checks.map((check) => check.contract))]
  const word = given.split(/[*?[\]]/u)[0]?.trim() ?? ''
  const [subject = ''] = word.split('.')
  const similar = near(word, ids)
  const names = similar.length > 0 ? similar : ids.filter((id) => id.startsWith(`${subject}.`)).slice(0, 5)
  return didYouMean(names) || ` "${suite.name} list" lists all IDs.`
}

/** Suggestions for an unknown variant of some checks. */
export function nearVariants(given: string, checks: readonly Check[]): string {
  const variants = [...new Set(checks.flatMap((check) => check.variant ?? []))]
  const [first] = checks
  if (variants.length === 0) return ` ${first?.contract ?? ''} has no variants.`
  const all = `"${suite.name} explain ${first?.contract ?? ''}" lists its variants.`
  return didYouMean(near(given, variants)) + validValues(variants, all)
}

function unknownSource(value: string, name: string, checks: readonly Check[]): string {
  const known = [...Object.keys(documents), ...checks.flatMap(({ sources }) => sources.map((one) => one.document))]
  const exists = known.some((document) => normalized(document) === name)
  const all = [...new Set(checks.flatMap(({ sources }) => sources.map((one) => normalized(one.document))))].sort()
  const meant = exists ? '' : didYouMean(near(name, all))
  const valid = validValues(all, `"${suite.name} list" shows the sources of each contract.`)
  return `No contract is based on "${value}".${meant}${valid}`
}

/** Names as people write them: "RFC 7636", "rfc7636"; "appendix B", "appendix-b". */
const normalized = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^rfc[ -]/u, 'rfc')
    .replaceAll(' ', '-')

/** Sections in the order of the document: 4.2 before 4.10, appendices last. */
export function bySection(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

/** The names that select a contract by group: `token`, `pkce` and `token/pkce` for specs/token/pkce.spec.ts. */
function groupNames({ group, location }: Check): string[] {
  const file = /([^/]+)\.spec\.ts\b/u.exec(location)?.[1]
  return file === undefined ? [group] : [group, file, `${group}/${file}`]
}

/** The roles of all clients that take part in a check, including its control. */
function clientsOf({ given, control, when }: Check): Set<ConsumerName> {
  const of = (step: Step): readonly ConsumerName[] => [
    ...('client' in step && typeof step.client === 'string' ? [step.client] : []),
    ...('step' in step ? of(step.step) : []),
  ]
  return new Set([given.client, ...[...control, ...when].flatMap(of)])
}
