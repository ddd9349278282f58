import type { Json } from './verdict.ts'
export type WireSchema = 'token-response' | 'token-error' | 'jwks'

/** A JSON Schema (draft 2020-12). Its `title` is what a message calls it. */
export interface JsonSchema {
  readonly [keyword: string]: Json
}
