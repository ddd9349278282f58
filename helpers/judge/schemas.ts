import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import jwks from '../../fixtures/schemas/jwks.schema.json' with { type: 'json' }
import tokenResponse from '../../fixtures/schemas/token-response.schema.json' with { type: 'json' }
import type { WireSchema } from './expectation.ts'

const ajv = new Ajv2020({ allErrors: true, strict: true })
const validators: Record<WireSchema, ValidateFunction> = {
  'token-response': ajv.compile(tokenResponse),
  jwks: ajv.compile(jwks),
}

// A set of 10,000 bad keys has as many problems.
const mostProblems = 10

/** The problems of a wire document, as sorted texts without values, the first ten; empty where it is valid. */
export function validate(schema: WireSchema, document: unknown): string[] {
  const validator = validators[schema]
  if (validator(document)) return []
  const problems = (validator.errors ?? [])
    .map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}`)
    .sort()
  const more = problems.length - mostProblems
  return more > 0 ? [...problems.slice(0, mostProblems), `${String(more)} more`] : problems
}
