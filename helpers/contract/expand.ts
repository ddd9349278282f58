import type { UserRole } from '../../fixtures/roles.ts'
import { examplePolicy } from './example-policy.ts'
import { deriveControl, expectsRefusal } from './derive-control.ts'
import { restoring, type Actors } from './derive-afterwards.ts'
import { needsUser, requiredBy, usualClient, usualUser } from './infer.ts'
import type { Step } from '../oauth/steps.ts'
import type { VariantValue } from '../oauth/values.ts'
import type { ConsumerPolicy } from '../model/policy.ts'
import type { ConsumerName } from '../model/target.ts'
import { guaranteeRows } from './guarantees.ts'
import type { CaseDefinition, Check, Declared } from './case.ts'

/**
 * A case's checks: one for each variant, and for a guarantee one for each consumer of the policy that has it.
 * @throws Error for a variant that lacks a value the case names, and for a refusal without a control.
 */
export function expand(declared: Declared, policy: readonly ConsumerPolicy[] = examplePolicy): Check[] {
  const { id, definition } = declared
  const { title, sources, severity, why, guarantee, observe = [] } = definition
  return variantsOf(declared, policy).map(([variant, row, filled]) => {
    const {
      client = row['client'],
      user = guarantee && row['user'],
      requires = [],
      control,
      before,
      when,
      then = [],
      slow,
      afterwards,
    } = filled
    const proof = slow && { when: listed(slow.when), then: slow.then }
    const stated = control === undefined ? controlOf(id, filled, proof) : listed(control)
    const earlier = earlierOf(before)
    const judged = [...stated, ...Object.values(earlier).flat(), ...listed(when), ...(proof?.when ?? [])]
    const restored =
      afterwards === undefined ? restoring(listed(when), actors(judged, client, user) as Actors) : listed(afterwards)
    const all = [...judged, ...restored]
    return {
      contract: id,
      variant,
      title,
      sources,
      severity,
      ...(why === undefined ? {} : { why }),
      ...(guarantee === undefined ? {} : { guarantee }),
      requires: [...new Set([...requiredBy(expectsRefusal(listed(then)) ? all.filter(isDemanded) : all), ...requires])],
      given: actors(all, client, user),
      control: stated,
      ...earlier,
      when: listed(when),
      afterwards: restored,
      ...(proof ? { slow: proof } : {}),
      then: listed(then),
      observe,
      group: declared.file.split('/').at(-2) ?? '',
      location: declared.line > 0 ? `${declared.file}:${declared.line}:${declared.column}` : declared.file,
    }
  })
}

/** Who acts, stated or inferred from the steps; each `variant()` has been replaced by its value. */
function actors(steps: readonly Step[], stated: unknown, user: unknown): Check['given'] {
  const client = (stated ?? usualClient(steps)) as ConsumerName
  const acting = user ?? (needsUser(steps) ? usualUser(client) : undefined)
  return { client, ...(acting === undefined ? {} : { user: acting }) } as Check['given']
}

const earlierOf = (before: CaseDefinition['before']): Pick<Check, 'before'> =>
  before === undefined ? {} : { before: listed<Step>(before) }

/** A server need not support a grant that it has to refuse. */
const isDemanded = (step: Step): boolean => step.do !== 'obtain'

/** The derived control of a refusal; of the slow proof, if that expects one. */
function controlOf(id: string, { when, then, before, user }: CaseDefinition, slow: Check['slow']): readonly Step[] {
  const late = slow !== undefined && expectsRefusal([slow.then])
  if (!late && !expectsRefusal(listed(then ?? []))) return []
  const steps = late ? [...listed(when), ...slow.when] : listed<Step>(when)
  const derived = deriveControl(steps, { before: listed(before ?? []), user: user as UserRole | undefined })
  if (derived) return derived
  throw new Error(
    `${id}: no control can be derived, because the last step changes nothing of a correct one. State it as control.`,
  )
}

const listed = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T]

type Row = Readonly<Record<string, unknown>>

/**
 * Each variant's name, its values, and the definition with the values filled in.
 * @throws Error for a value that the case names and a variant lacks.
 */
export function variantsOf(
  { id, definition }: Pick<Declared, 'id' | 'definition'>,
  policy: readonly ConsumerPolicy[] = examplePolicy,
): (readonly [string | null, Row, CaseDefinition])[] {
  return rowsOf(definition, policy).map(([name, row]) => [name, row, fill(definition, row, id)] as const)
}

function rowsOf(definition: CaseDefinition, policy: readonly ConsumerPolicy[]): (readonly [string | null, Row])[] {
  const { guarantee, variants } = definition
  if (guarantee) return guaranteeRows(guarantee, policy)
  if (!variants) return [[null, {}]]
  if (Array.isArray(variants)) return (variants as readonly string[]).map((value) => [value, { '': value }] as const)
  return Object.entries(variants).map(([name, row]) => [name, { '': row, ...(isTable(row) ? row : {}) }] as const)
}

const isTable = (row: unknown): row is Row => typeof row === 'object' && row !== null && !('$' in row)

function fill<T>(template: T, row: Row, id: string): T {
  if (Array.isArray(template)) return template.map((part: unknown) => fill(part, row, id)) as T
  if (typeof template !== 'object' || template === null) return template
  if ('$' in template && template.$ === 'variant') {
    const { name } = template as unknown as VariantValue
    if (!Object.hasOwn(row, name)) throw new Error(`${id}: a variant has no value "${name}"`)
    return row[name] as T
  }
  return Object.fromEntries(Object.entries(template).map(([key, part]) => [key, fill(part as unknown, row, id)])) as T
}
