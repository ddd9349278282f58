import { clients, type ClientRole } from '../../fixtures/roles.ts'
import { documents } from '../../fixtures/sources.ts'
import type { Check } from '../contract/case.ts'
import { severities, type Severity } from '../model/verdict.ts'
import type { Step } from '../oauth/steps.ts'
import type { Settings } from '../settings/settings.ts'
import type { ConsumerName } from '../model/target.ts'
import { didYouMean, near } from './near.ts'

/** The selection names nothing that exists. Exit code 2. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError'
  readonly code = 'nothing-selected'
}

/** The settings that select, in the order they are named in messages. */
export const selectors = ['only', 'source', 'severity', 'group', 'client'] as const
export type Selection = Partial<Pick<Settings, (typeof selectors)[number]>>

/** Tells of each check whether one value of a setting selects it. Throws for a value that can select nothing. */
type Meaning = (value: string, checks: readonly Check[]) => (check: Check) => boolean

/**
 * The checks that every setting selects; within a setting one of its values is enough.
 * @throws SelectionError for a value or a combination that selects nothing: a run of nothing must never be green.
 */
export function select(checks: readonly Check[], selection: Selection): Check[] {
  const used = selectors.filter((name) => (selection[name] ?? []).length > 0)
  const selects = used.map((name) => {
    const either = (selection[name] ?? []).map((value) => meanings[name](value, checks))
    return (check: Check): boolean => either.some((matches) => matches(check))
  })
  const chosen = checks.filter((check) => selects.every((matches) => matches(check)))
  if (chosen.length > 0 || used.length === 0) return chosen
  const all = used.map((name) => `--${name} ${(selection[name] ?? []).join(',')}`)
  throw new SelectionError(`Each of ${all.join(', ')} selects contracts, but none is selected by all of them.`)
}

const meanings: Readonly<Record<(typeof selectors)[number], Meaning>> = {
  only: (pattern, checks) => {
    const [, id = pattern, variant] = /^(.+?) \[(.+)\]$/u.exec(pattern) ?? []
    const ofId = checks.filter((check) => glob(id).test(check.contract))
    if (ofId.length === 0)
      throw new SelectionError(`No contract is selected by "${pattern}".${nearIds(pattern, checks)}`)
    if (variant === undefined) return (check) => ofId.includes(check)
    const ofVariant = ofId.filter((check) => check.variant === variant)
    if (ofVariant.length > 0) return (check) => ofVariant.includes(check)
    const variants = [...new Set(ofId.flatMap((check) => check.variant ?? []))]
    const has = variants.length > 0 ? `its variants are: ${variants.join(', ')}` : 'it has no variants'
    throw new SelectionError(`No contract is selected by "${pattern}": ${has}.`)
  },

  source: (value, checks) => {
    const [name = '', section] = spelt(value).split(/\/(.*)/u)
    const cited = checks.flatMap((check) => check.sources).filter((source) => spelt(source.document) === name)
    if (cited.length === 0) {
      const known = [...Object.keys(documents), ...checks.flatMap(({ sources }) => sources.map((one) => one.document))]
      const exists = known.some((document) => spelt(document) === name)
      const all = [...new Set(checks.flatMap(({ sources }) => sources.map((one) => spelt(one.document))))].sort()
      const meant = exists ? '' : didYouMean(near(name, all))
      throw new SelectionError(`No contract rests on "${value}".${meant} Contracts rest on: ${all.join(', ')}.`)
    }
    const inside = (of: string): boolean =>
      section === undefined || spelt(of) === section || spelt(of).startsWith(`${section}.`)
    if (!cited.some((source) => inside(source.section))) {
      const sections = [...new Set(cited.map((source) => source.section))].sort(bySection).join(', ')
      throw new SelectionError(`No contract rests on "${value}". Of ${name} contracts rest on: ${sections}.`)
    }
    return (check) => check.sources.some((one) => spelt(one.document) === name && inside(one.section))
  },

  severity: (value, checks) => {
    const [, name = '', above] = /^(.*?)(\+?)$/u.exec(value.toLowerCase()) ?? []
    const least = severities.indexOf(name as Severity)
    if (least < 0) {
      const all = `${severities.join(', ')}, or one with + for it and all above`
      throw new SelectionError(`"${value}" is no severity.${didYouMean(near(name, severities))} Known are: ${all}.`)
    }
    const matches = ({ severity }: Check): boolean =>
      above === '' ? severity === name : severities.indexOf(severity) >= least
    if (!checks.some(matches)) throw new SelectionError(`No contract is of the severity "${value}".`)
    return matches
  },

  group: (value, checks) => {
    const matches = (check: Check): boolean => groupWords(check).includes(value)
    if (!checks.some(matches)) {
      const words = [...new Set(checks.flatMap(groupWords))].sort()
      throw new SelectionError(
        `No group is called "${value}".${didYouMean(near(value, words))} Known are: ${words.join(', ')}.`,
      )
    }
    return matches
  },

  client: (value, checks) => {
    const matches = (check: Check): boolean => clientsOf(check).has(value as ClientRole)
    if (!checks.some(matches)) {
      const roles = [...new Set(checks.flatMap((check) => [...clientsOf(check)]))].sort()
      const what = Object.hasOwn(clients, value)
        ? `No contract lets "${value}" act.`
        : `No client has the role "${value}".`
      throw new SelectionError(`${what}${didYouMean(near(value, roles))} Roles that act: ${roles.join(', ')}.`)
    }
    return matches
  },
}

/** `*` stands for any characters, `?` for one. */
function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/gu, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u')
}

/** What to say of an id that does not exist. */
export function nearIds(given: string, checks: readonly Check[]): string {
  const ids = [...new Set(checks.map((check) => check.contract))]
  const word = given.split(/[*?[\]]/u)[0]?.trim() ?? ''
  const [subject = ''] = word.split('.')
  const relatives = near(word, ids)
  const names = relatives.length > 0 ? relatives : ids.filter((id) => id.startsWith(`${subject}.`)).slice(0, 5)
  return didYouMean(names) || ' Run the subcommand list to see all ids.'
}

/** Names as people write them: "RFC 7636", "rfc7636"; "appendix B", "appendix-b". */
const spelt = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^rfc[ -]/u, 'rfc')
    .replaceAll(' ', '-')

/** Sections in the order of the document: 4.2 before 4.10, an appendix last. */
export function bySection(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

/** `token`, `pkce` and `token/pkce` of a contract in specs/token/pkce.spec.ts. */
function groupWords({ group, location }: Check): string[] {
  const file = /([^/]+)\.spec\.ts\b/u.exec(location)?.[1]
  return file === undefined ? [group] : [group, file, `${group}/${file}`]
}

/** The roles of all clients that act in a check, its control included. */
function clientsOf({ given, control, when }: Check): Set<ConsumerName> {
  const of = (step: Step): readonly ConsumerName[] => [
    ...('client' in step && typeof step.client === 'string' ? [step.client] : []),
    ...('step' in step ? of(step.step) : []),
  ]
  return new Set([given.client, ...[...control, ...when].flatMap(of)])
}
