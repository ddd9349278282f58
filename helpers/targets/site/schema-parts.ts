import { promisedMethods } from '../../model/promised-request.ts'

/** The name of an environment variable: secrets are in the environment, never in the file. */
export const environmentName = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/u

export const secret = {
  type: 'string',
  pattern: environmentName.source,
  description: 'An environment variable (or one from .env), as ${NAME}. The secret itself is rejected here.',
}
export const text = { type: 'string', minLength: 1 }
export const names = { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', pattern: '^[^\\s,]+$' } }
export const seconds = { type: 'integer', minimum: 1 }
export const closed = { type: 'object', additionalProperties: false } as const
/** SHA-256 in base64url without padding. */
export const thumbprint = { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' }
export const requests = {
  type: 'object',
  minProperties: 1,
  additionalProperties: {
    ...{ type: 'array', minItems: 1, uniqueItems: true },
    items: { type: 'string', pattern: `^(${promisedMethods.join('|')}) /(?!/)\\S*$` },
  },
}
