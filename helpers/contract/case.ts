import type { Capability } from '../../fixtures/capabilities.ts'
import type { ClientRole, UserRole } from '../../fixtures/roles.ts'
import type { Source } from '../model/source.ts'
import type { Expectation } from '../judge/expectation.ts'
import type { Json, Severity } from '../model/verdict.ts'
import type { Step } from '../oauth/steps.ts'
import type { Params, Repeated, Single, VariantValue } from '../oauth/values.ts'
import type { ConsumerName } from '../model/target.ts'
import type { Guarantee, GuaranteedValue } from './guarantees.ts'

type OneOrMore<T> = T | readonly [T, ...T[]]
/** A value that a variant stands for. */
type Value = Single | Repeated | Params | Json

/**
 * Repeats the case: a list of strings, or named values, of which `variant()` is the current one; or a table, in whose rows
 * `variant('name')` is the value of that column.
 */
export type Variants = readonly string[] | { readonly [variant: string]: Value | { readonly [column: string]: Value } }

export interface NoVariants {
  readonly [variant: string]: never
}

/** The names that `variant()` may have in a case with these variants; the empty one is that of the whole value. */
type NameIn<V> = [V[keyof V]] extends [never] ? never : V extends readonly unknown[] ? '' : '' | ColumnOf<V[keyof V]>
type ColumnOf<Row> = Row extends { readonly $: string } | readonly unknown[] | string | number | boolean | null
  ? never
  : keyof Row & string

/** `Name`: the names of its variants' values. */
interface Declaration<Name extends string> {
  /** A statement in the present tense, at most 100 characters: "A used code is rejected". */
  readonly title: string
  readonly sources: readonly [Source, ...Source[]]
  readonly severity: Severity
  /**
   * For a contract of your own: what an attacker gains or what breaks if it is violated, in one sentence. For ours, fixtures/guidance/ says
   * it.
   */
  readonly why?: string
  /** What the target must have besides what the steps need. */
  readonly requires?: readonly [Capability, ...Capability[]]
  /**
   * A flow that must succeed with the same client and user; without it a refusal proves nothing. Derived if not stated: the steps of the
   * case without their differences, those of `before` included; if nothing differs but the user, who lacks a permission, `editor` takes them.
   * An empty list means no control; a comment has to say why.
   */
  readonly control?: Step<Name> | readonly Step<Name>[]
  /**
   * Steps on the server before its upgrade, which have to succeed; later steps refer to what they left. Only contracts of `specs/upgrade/`
   * have it, and only the subcommand `upgrade` runs those.
   */
  readonly before?: OneOrMore<Step<Name>>
  /** A correct flow with one thing changed. The last step is judged. */
  readonly when: OneOrMore<Step<Name>>
  /** A proof that takes long: continues after `when` with `--slow`. Without it, nothing is proven. */
  readonly slow?: { readonly when: OneOrMore<Step<Name>>; readonly then: Expectation }
  /** Restores what the case changed on the site, and proves it; always runs. Derived for users and consumers. */
  readonly afterwards?: OneOrMore<Step<Name>>
}

type Judged =
  | { readonly then: OneOrMore<Expectation>; readonly observe?: never }
  | {
      readonly then?: never
      /** Facts recorded without right or wrong. */ readonly observe: readonly [string, ...string[]]
    }

interface Acting<Name extends string> {
  /** The client, unless a step names another one. By default `machine` if all tokens come from client credentials, else `publicPkce`. */
  readonly client?: ClientRole | VariantValue<Name>
  /** Who logs in and consents, if a step needs a user; by default the `resourceOwner` of the client, or else `editor`. */
  readonly user?: UserRole | VariantValue<Name>
  readonly guarantee?: never
}

/** The guarantee names client and user, and has the values of `variant('name')`. */
interface Guaranteed {
  /** What the owner of a site may guarantee for a consumer: the case is repeated for each one with that guarantee. */
  readonly guarantee: Guarantee
  readonly client?: never
  readonly user?: never
  readonly variants?: never
}

/** One contract, as plain data; `V` are its variants. */
export type CaseDefinition<V = Variants> = Judged &
  (
    | (Declaration<NameIn<V>> & Acting<NameIn<V>> & { readonly variants?: V })
    | (Declaration<GuaranteedValue> & Guaranteed)
  )

/** One variant of a case, ready to run and independent of the others. */
export interface Check {
  readonly contract: string
  readonly variant: string | null
  readonly title: string
  readonly sources: readonly Source[]
  readonly severity: Severity
  readonly why?: string
  readonly requires: readonly Capability[]
  readonly given: { readonly client: ConsumerName; readonly user?: UserRole }
  /** Which of a consumer's guarantees it proves. */
  readonly guarantee?: Guarantee
  readonly control: readonly Step[]
  /** What happens before the upgrade, in a contract about one. */
  readonly before?: readonly Step[]
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
