import type { Capability } from '../../fixtures/capabilities.ts'
import { examplePolicy } from './example-policy.ts'
import type { ClientRole, UserRole } from '../../fixtures/roles.ts'
import type { Source } from '../model/source.ts'
import type { Expectation } from '../judge/expectation.ts'
import type { Json, Severity } from '../model/verdict.ts'
import type { Step } from '../oauth/steps.ts'
import type { Params, Repeated, Single, VariantValue } from '../oauth/values.ts'
import type { ConsumerPolicy } from '../model/policy.ts'
import type { ConsumerName } from '../model/target.ts'
import { guaranteeRows, type Guarantee } from './guarantees.ts'

interface Declaration {
  /** A fact in the present tense, at most 100 characters: "a used code is refused". */
  readonly title: string
  readonly sources: readonly [Source, ...Source[]]
  readonly severity: Severity
  /** What an attacker gains or what breaks where it is not kept, one sentence. For what the faults that turn it red do not tell. */
  readonly why?: string
  readonly requires: readonly [Capability, ...Capability[]]
  readonly given: { readonly client: ClientRole | VariantValue; readonly user?: UserRole | VariantValue }
  /** What the owner of a site may promise of a consumer: the case is repeated for each one that makes the promise. */
  readonly guarantee?: Guarantee
  /** A flow that must succeed with the same client, user and scope; without it a refusal proves nothing. */
  readonly control?: readonly [Step, ...Step[]]
  /** The case repeated over a table; a row's values stand in the place of `variant('name')`. */
  readonly variants?: { readonly [name: string]: { readonly [value: string]: Single | Repeated | Params | Json } }
  /** A correct flow with one thing changed. The last step is judged. */
  readonly when: readonly [Step, ...Step[]]
  /** What proves it in the end but takes its time: goes on after `when` where slow proofs are asked for. Until then nothing is proven. */
  readonly slow?: { readonly when: readonly [Step, ...Step[]]; readonly then: Expectation }
  /** Puts back what a case changed on the site and proves it; runs whatever came before. */
  readonly afterwards?: readonly [Step, ...Step[]]
}

/** One contract, as plain data. */
export type CaseDefinition = Declaration &
  (
    | { readonly then: Expectation | readonly [Expectation, ...Expectation[]]; readonly observe?: never }
    | {
        readonly then?: never
        /** Facts recorded without right or wrong. */ readonly observe: readonly [string, ...string[]]
      }
  )

/** One variant of a case, ready to run: nothing in it depends on the others. */
export interface Check {
  readonly contract: string
  readonly variant: string | null
  readonly title: string
  readonly sources: readonly Source[]
  readonly severity: Severity
  readonly why?: string
  readonly requires: readonly Capability[]
  readonly given: { readonly client: ConsumerName; readonly user?: UserRole }
  /** What of a consumer's promises it proves. */
  readonly guarantee?: Guarantee
  readonly control: readonly Step[]
  readonly when: readonly Step[]
  readonly slow?: { readonly when: readonly Step[]; readonly then: Expectation }
  readonly afterwards: readonly Step[]
  readonly then: readonly Expectation[]
  readonly observe: readonly string[]
  /** Folder below `specs/`. */
  readonly group: string
  /** `specs/token/pkce.spec.ts:14:1`; without the numbers where they are not known. */
  readonly location: string
}

/** Where a case was declared. */
export interface Declared {
  readonly id: string
  readonly definition: CaseDefinition
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A case's checks: one for each variant, and of a promise for each consumer of the policy that makes it. */
export function expand(declared: Declared, policy: readonly ConsumerPolicy[] = examplePolicy): Check[] {
  const { id, definition } = declared
  const { title, sources, severity, why, requires, guarantee, then = [], observe = [], variants } = definition
  const rows = guarantee
    ? guaranteeRows(guarantee, policy)
    : variants
      ? Object.entries(variants)
      : [[null, {}] as const]
  return rows.map(([name, row]) => {
    const { given, control, when, slow, afterwards, expectations } = fill(
      {
        slow: definition.slow ?? null,
        given: definition.given,
        control: definition.control ?? [],
        when: definition.when,
        afterwards: definition.afterwards ?? [],
        expectations: then,
      },
      row,
      id,
    )
    return {
      contract: id,
      variant: name,
      title,
      sources,
      severity,
      ...(why === undefined ? {} : { why }),
      ...(guarantee === undefined ? {} : { guarantee }),
      requires,
      given: given as Check['given'],
      control,
      when,
      ...(slow === null ? {} : { slow }),
      afterwards,
      then: Array.isArray(expectations) ? expectations : [expectations as Expectation],
      observe,
      group: declared.file.split('/').at(-2) ?? '',
      location: declared.line > 0 ? `${declared.file}:${declared.line}:${declared.column}` : declared.file,
    }
  })
}

function fill<T>(template: T, row: { readonly [value: string]: unknown }, id: string): T {
  if (Array.isArray(template)) return template.map((part: unknown) => fill(part, row, id)) as T
  if (typeof template !== 'object' || template === null) return template
  if ('$' in template && template.$ === 'variant') {
    const { name } = template as unknown as VariantValue
    if (!(name in row)) throw new Error(`${id}: a variant has no value "${name}"`)
    return row[name] as T
  }
  return Object.fromEntries(Object.entries(template).map(([key, part]) => [key, fill(part as unknown, row, id)])) as T
}
