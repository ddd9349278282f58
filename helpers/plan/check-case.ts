import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { facts } from '../../fixtures/facts.ts'
import { listedInFull } from '../../fixtures/sources.ts'
import { caseSchema } from '../contract/case-schema.ts'
import type { CaseDefinition, Declared } from '../contract/case.ts'
import { variantsOf } from '../contract/expand.ts'
import { guarantees } from '../contract/guarantees.ts'
import { checkSchema } from '../judge/schemas.ts'
import { newAjv } from '../model/ajv.ts'
import type { JsonSchema } from '../model/json-schema.ts'
import type { ConsumerPolicy } from '../model/policy.ts'
import { provesNothing } from './proves-nothing.ts'
import { sectionsOf } from '../model/source.ts'
import { didYouMean, near } from '../settings/suggest.ts'

let validate: ValidateFunction | undefined

const compiled = (): ValidateFunction =>
  (validate ??= newAjv({ strict: false, discriminator: true, verbose: true }).compile(caseSchema))

/** What is wrong with a declaration, in one sentence; null if nothing is. TypeScript finds the same, but not everybody uses it. */
export function problemOf(
  declared: Pick<Declared, 'id' | 'definition'>,
  policy?: readonly ConsumerPolicy[],
): string | null {
  const { id, definition } = declared
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/u.test(id)) return `"${id}" is not a valid id, e.g. x-shop.claims`
  const unknown = noVariant(definition) ?? unknownVariant(definition) ?? unknownGuarantee(definition)
  if (unknown !== null) return unknown
  for (const [, , filled] of variantsOf(declared, policy)) {
    const check = compiled()
    if (!check(filled)) return sentence((check.errors ?? [])[0])
    const problem =
      incomplete(filled) ??
      unknownSection(filled) ??
      wrongSchema(filled) ??
      unknownStep(filled) ??
      provesNothing(filled)
    if (problem !== null) return problem
  }
  return null
}

/** Mistakes that the schema could not explain well. */
function incomplete({ then, observe }: Partial<Record<keyof CaseDefinition, unknown>>): string | null {
  if (then === undefined && observe === undefined) return 'the case lacks "then", or "observe" where nothing is judged'
  if (then !== undefined && observe !== undefined) return 'the case has both "then" and "observe"'
  return null
}

/** A schema of the case's own; compiled here, because a run compiles only those that it judges by. */
function wrongSchema(part: unknown): string | null {
  if (typeof part !== 'object' || part === null) return null
  if ('is' in part && part.is === 'schema' && 'schema' in part && typeof part.schema === 'object') {
    try {
      checkSchema(part.schema as JsonSchema)
    } catch (cause) {
      return (cause as Error).message
    }
  }
  return Object.values(part).reduce<string | null>((found, one) => found ?? wrongSchema(one), null)
}

function unknownSection({ sources }: CaseDefinition): string | null {
  const wrong = sources.find(
    ({ document, section }) => listedInFull.includes(document) && !(section in sectionsOf(document)),
  )
  if (!wrong) return null
  const known = Object.keys(sectionsOf(wrong.document))
  return `${wrong.document} has no section "${wrong.section}".${didYouMean(near(wrong.section, known))}`
}

/** An unknown guarantee has no values to fill in. */
function unknownGuarantee({ guarantee }: CaseDefinition): string | null {
  if (guarantee === undefined || guarantees.includes(guarantee)) return null
  return `${shown(guarantee)} is not a valid guarantee.${meant(guarantee, guarantees)}`
}

/** Without a variant there would be no check, and no message. */
function noVariant({ variants }: CaseDefinition): string | null {
  if (typeof variants !== 'object' || Object.keys(variants).length > 0) return null
  return 'variants is empty: no check would come of the case'
}

/** `variant('name')` is one of the columns of the table. */
function unknownVariant({ variants, guarantee, ...rest }: CaseDefinition): string | null {
  const used = variantNames(rest)
  if (guarantee !== undefined || used.length === 0) return null
  if (variants === undefined) return `variant() is used, but the case has no variants`
  const rows = Array.isArray(variants) ? [] : Object.values(variants as object)
  const columns = rows.flatMap((row: unknown) => (typeof row === 'object' && row !== null ? Object.keys(row) : []))
  const wrong = used.find((name) => name !== '' && !columns.includes(name))
  if (wrong !== undefined) return `no variant has the value "${wrong}".${didYouMean(near(wrong, columns))}`
  const lacking = used.find((name) => name !== '' && rows.some((row) => !Object.hasOwn(row as object, name)))
  return lacking === undefined ? null : `a variant has no value "${lacking}"`
}

function variantNames(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  if ('$' in value && value.$ === 'variant') return 'name' in value ? [String(value.name)] : []
  return Object.values(value).flatMap(variantNames)
}

/** Each reference names an existing step; controls have their own names. */
const unknownStep = ({ control, before, when, slow, then, afterwards }: CaseDefinition): string | null =>
  unknownStepIn(control) ?? unknownStepIn({ before, when, slow, then, afterwards })

function unknownStepIn(part: unknown): string | null {
  const names = members(part, 'as')
  const used = ['of', 'ref', 'keys'].flatMap((member) => members(part, member).map((of) => of.split('.')[0] ?? ''))
  const wrong = used.find((name) => name !== '' && name !== 'this' && !names.includes(name))
  if (wrong === undefined) return null
  return `no step is called "${wrong}".${didYouMean(near(wrong, names))} A step gets its name by the option "as".`
}

function members(value: unknown, name: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    key === name && typeof part === 'string' ? [part] : members(part, name),
  )
}

/** The first error of ajv, in words. */
function sentence(error: ErrorObject | undefined): string {
  if (!error) return 'the case is malformed'
  const { keyword, params, parentSchema, data, propertyName } = error as ErrorObject<string, Record<string, unknown>>
  const where = placeOf(error.instancePath)
  if (keyword === 'additionalProperties') {
    const extra = String(params['additionalProperty'])
    const known = Object.keys((parentSchema?.['properties'] ?? {}) as object)
    return `${where || 'the case'} has no member "${extra}".${meant(extra, known)}`
  }
  if (keyword === 'minItems' || keyword === 'minProperties') return `${where || 'the case'} is empty`
  if (keyword === 'required') return `${where || 'the case'} lacks "${String(params['missingProperty'])}"`
  if (keyword === 'enum')
    return `${shown(data)} is not a valid ${where}.${meant(data, params['allowedValues'] as string[])}`
  if (keyword === 'discriminator') {
    const { tag, tagValue } = params
    const kinds = (parentSchema?.['oneOf'] as Record<string, Record<string, Record<string, string>>>[]).map(
      ({ properties }) => properties?.[String(tag)]?.['const'] ?? '',
    )
    return `${shown(tagValue ?? data)} is not a valid ${where}.${meant(tagValue, kinds)}`
  }
  if (keyword === 'pattern') return unknownFact(propertyName ?? String(data))
  return `${where || 'the case'} ${error.message ?? 'is malformed'}`
}

const unknownFact = (path: string): string => {
  const known = Object.keys(facts)
  const names = near(path, known)
  return `"${path}" is not a fact.${didYouMean(names)}${names.length > 0 ? '' : ` Valid facts: ${known.join(', ')}.`}`
}

/** A suggestion, or all values if none is similar and there are few. */
function meant(given: unknown, known: readonly string[]): string {
  const names = typeof given === 'string' ? near(given, known) : []
  return names.length > 0 || known.length > 30 ? didYouMean(names) : ` Valid values: ${known.join(', ')}.`
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))

/** `/when/0/params/code` → `when[0].params.code` */
const placeOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/u.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '')
