// Pieces of a closed JSON Schema.

export type Schema = Readonly<Record<string, unknown>>

export const text = { type: 'string', minLength: 1 }
export const anyText = { type: 'string' }
export const count = { type: 'number' }
export const flag = { type: 'boolean' }
export const anything = {}
export const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` })
export const oneOf = (...values: readonly string[]): Schema => ({ enum: values })
export const nullable = (schema: Schema): Schema => ({ if: { type: 'null' }, then: {}, else: schema })
export const list = (items: Schema): Schema => ({ type: 'array', minItems: 1, items })
export const listed = (item: Schema): Schema => ({ if: { type: 'array' }, then: list(item), else: item })
export const mapOf = (values: Schema, names: Schema = {}): Schema => ({
  type: 'object',
  propertyNames: names,
  additionalProperties: values,
})

/** An object with these members and no others; a `?` marks one that may be missing. */
export function closed(members: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(members).map(([name, schema]) => [name.replace(/\?$/u, ''), schema] as const)
  return {
    type: 'object',
    required: Object.keys(members).filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(entries),
    additionalProperties: false,
  }
}

/** One of several objects, distinguished by a member. */
export const union = (tag: string, kinds: Readonly<Record<string, Readonly<Record<string, Schema>>>>): Schema => ({
  type: 'object',
  required: [tag],
  discriminator: { propertyName: tag },
  oneOf: Object.entries(kinds).map(([kind, members]) => closed({ [tag]: { const: kind }, ...members })),
})
