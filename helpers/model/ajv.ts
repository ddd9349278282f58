import { createRequire } from 'node:module'
import type { Ajv2020, Options } from 'ajv/dist/2020.js'

const require = createRequire(import.meta.url)

/** A validator that knows the formats of JSON Schema. Loaded when one is first asked for: most runs compile no schema. */
export function newAjv(options: Options = {}): Ajv2020 {
  const library = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  const addFormats = require('ajv-formats') as typeof import('ajv-formats').default
  const ajv = new library.Ajv2020(options)
  addFormats(ajv)
  return ajv
}
