import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js'
import { newAjv } from '../model/ajv.ts'
import { lazy } from '../model/lazy.ts'
import { readPackageJson } from '../model/package.ts'
import type { JsonSchema, WireSchema } from '../model/json-schema.ts'

/** @param validateSchema whether schemas are validated first; compiling the meta-schema takes a tenth of a second. */
const strictAjv = (validateSchema: boolean) => (): Ajv2020 =>
  newAjv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true, validateSchema })
/** For the schemas of this package, which its tests check. */
const ours = lazy(strictAjv(false))
/** For those of users' contracts. */
const theirs = lazy(strictAjv(true))

/** By name and by text, because each variant of a case has its own copy. */
const known = new Map<string, ValidateFunction>()

function compiled(schema: WireSchema | JsonSchema): ValidateFunction {
  const key = typeof schema === 'string' ? schema : JSON.stringify(schema)
  const validator =
    known.get(key) ?? (typeof schema === 'string' ? ours().compile(wireSchema(schema)) : theirs().compile(schema))
  known.set(key, validator)
  return validator
}

const wireSchema = (name: WireSchema): JsonSchema =>
  readPackageJson(`fixtures/schemas/${name}.schema.json`) as JsonSchema

/** @throws Error that says what is wrong with the schema. */
export function checkSchema(schema: JsonSchema): void {
  try {
    compiled(schema)
  } catch (cause) {
    throw new Error(`not a valid JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

// A set of 10,000 bad keys has as many problems.
const mostProblems = 10

/** The problems of a document, sorted, without values, the first ten; empty where it is valid. */
export function validate(schema: WireSchema | JsonSchema, document: unknown): string[] {
  const validator = compiled(schema)
  if (validator(document)) return []
  const problems = (validator.errors ?? [])
    .map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}`)
    .sort()
  const more = problems.length - mostProblems
  return more > 0 ? [...problems.slice(0, mostProblems), `${String(more)} more`] : problems
}
