import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import jwks from '../../fixtures/schemas/jwks.schema.json' with { type: 'json' }
import tokenResponse from '../../fixtures/schemas/token-response.schema.json' with { type: 'json' }
import type { WireSchema } from './expectation.ts'

const ajv = new Ajv2020({ allErrors: true, strict: true })
const validators: Record<WireSchema, ValidateFunction> = {
  'token-response': ajv.compile(tokenResponse),
  jwks: ajv.compile(jwks),
}

/** The problems of a wire document, as sorted texts without values; empty where it is valid. */
export function validate(schema: WireSchema, document: unknown): string[] {
  const validator = validators[schema]
  if (validator(document)) return []
  return (validator.errors ?? [])
    .map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}`)
    .sort()
}
